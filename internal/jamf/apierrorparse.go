package jamf

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWords is how much of a complaint is repeated, in characters. More than that is not read by anybody.
const maxWords = 300

// readError reads an answer that says no. It takes any bytes. secrets are hidden in what it repeats.
func readError(sent call, got answer, secrets *secrets) *APIError {
	e := &APIError{Method: sent.method, Path: secrets.hide(sent.plain()), Status: got.status}
	repeat := secrets.line
	text := strings.TrimSpace(strings.ToValidUTF8(string(got.body), "\uFFFD"))
	switch {
	case strings.HasPrefix(text, "{"):
		e.readJSON(got.body, repeat)
	case isHTML(text) && strings.Contains(text, "Status page"): // the Classic API's
		e.Words = repeat(classicWords(text))
	case isHTML(text):
		e.readPage(text, got.header, repeat)
	default:
		e.Words = repeat(text)
	}
	if got.status >= 300 && got.status < 400 {
		e.Words = repeat(redirected(got.header))
	}
	e.Denied = e.has("INVALID_PRIVILEGE") || !e.Edge && isClassicDenial(got.status, e.Words)
	if e.Denied {
		e.Privilege = privilege(sent.method, sent.plain())
	}
	return e
}

// readJSON reads the form of the Pro API, {"httpStatus":…,"errors":[…]}, and that of a token (RFC 6749),
// {"error":"invalid_client","error_description":…}.
func (e *APIError) readJSON(body []byte, repeat func(string) string) {
	var said struct {
		Errors []struct {
			Code, Field, Description text
		}
		Error            text
		ErrorDescription text `json:"error_description"`
		Message          text
	}
	if err := json.Unmarshal(body, &said); err != nil {
		e.Words = repeat(string(body))
		return
	}
	for _, p := range said.Errors {
		problem := Problem{Code: repeat(string(p.Code)), Field: repeat(string(p.Field)), Description: repeat(string(p.Description))}
		if problem != (Problem{}) {
			e.Problems = append(e.Problems, problem)
		}
	}
	words := []string{string(said.Error), string(said.ErrorDescription), string(said.Message)}
	e.Words = repeat(strings.Join(words, " "))
}

// readPage reads a page in HTML that is not the Classic API's. Jamf's edge adds x-amz-cf-id to every answer, also to
// those that it only passes on, so that header alone tells nothing.
func (e *APIError) readPage(page string, header http.Header, repeat func(string) string) {
	e.Words = repeat(visible(page))
	id := header.Get("X-Amz-Cf-Id")
	if id == "" && !strings.Contains(strings.ToLower(page), "cloudfront") {
		return
	}
	e.Edge, e.EdgeID = true, repeat(id)
}

func isHTML(text string) bool {
	start := strings.ToLower(text[:min(len(text), 200)])
	return strings.HasPrefix(start, "<!doctype html") || strings.Contains(start, "<html")
}

// classicWords finds the one line of a Classic error page that says something: <p>Error: …</p>.
func classicWords(page string) string {
	const begin, end = "<p>Error:", "</p>"
	_, rest, found := strings.Cut(page, begin)
	if !found {
		return strings.TrimPrefix(oneLine(visible(page)), "Status page ")
	}
	words, _, _ := strings.Cut(rest, end)
	return html.UnescapeString(strings.TrimSpace(words))
}

// visible is what a browser would show of a page, roughly.
func visible(page string) string {
	tags := regexp.MustCompile(`(?is)<(style|script)\b.*?</(style|script)>|<[^>]*>`)
	return html.UnescapeString(tags.ReplaceAllString(page, " "))
}

// isClassicDenial knows the ways in which the Classic API says that an account may not do something, which come with
// status 401 and 409 alike.
func isClassicDenial(status int, words string) bool {
	return (status == http.StatusUnauthorized || status == http.StatusConflict || status == http.StatusForbidden) &&
		strings.Contains(strings.ToLower(words), "not authorized")
}

// redirected says where a server wants us to go, without what may be secret in an address.
func redirected(header http.Header) string {
	place := header.Get("Location")
	if i := strings.IndexAny(place, "?#"); i >= 0 {
		place = place[:i]
	}
	return "it redirects to " + place + ", which is not followed; is the address of the server right?"
}

// oneLine makes a text fit for a message: one line, no control characters that a terminal would obey, not too long.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= maxWords {
		return text
	}
	return string([]rune(text)[:maxWords]) + "…"
}

// oneLineKept is a text without control characters and without space around it; spaces within stay.
func oneLineKept(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text))
}
