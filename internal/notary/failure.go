package notary

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Reasons for which a service did not do what it was asked, wrapped with what is known about them.
var (
	ErrUnauthorized = errors.New("the service does not know who is asking")
	ErrAgreement    = errors.New("an agreement with Apple is missing or has expired")
	ErrAnswer       = errors.New("the answer cannot be understood")
)

// StatusError is the answer of a service that refuses.
type StatusError struct {
	Status int // of HTTP
	// What the service says, as far as it says it in a form that is known. All are printable and of bounded length.
	Code, Title, Detail string
	// Wait is how long the service asks to leave it alone; zero if it does not say.
	Wait time.Duration
}

func (e *StatusError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	for _, part := range []string{e.Title, e.Detail} {
		if part = strings.TrimRight(part, ". "); part != "" {
			text += ": " + part
		}
	}
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	return text
}

// Is makes the refusals that a person can do something about known by name.
func (e *StatusError) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrAgreement:
		return e.Status == http.StatusForbidden && strings.Contains(e.Code, "REQUIRED_AGREEMENTS")
	default:
		return false
	}
}

// refusal is what an answer that is none of success says. A page for browsers says nothing; of Amazon's answers only two
// elements are taken, since others repeat what was sent.
func refusal(a answer, now time.Time) *StatusError {
	e := &StatusError{Status: a.status, Wait: retryAfter(a.header.Get("Retry-After"), now)}
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	switch {
	case a.status >= 300 && a.status < 400:
		e.Title = "it points elsewhere"
		if to, err := url.Parse(a.header.Get("Location")); err == nil && to.Host != "" {
			e.Title = "it points to " + place(to)
		}
	case err != nil:
	case strings.HasSuffix(kind, "json"):
		e.readJSON(a.body)
	case strings.HasSuffix(kind, "xml"):
		var said struct {
			Code    string `xml:"Code"`
			Message string `xml:"Message"`
		}
		if xml.Unmarshal(a.body, &said) == nil {
			e.Code, e.Title = said.Code, said.Message
		}
	case kind == "text/plain":
		e.Title, _, _ = strings.Cut(strings.TrimSpace(string(a.body)), "\n")
	}
	return e
}

func (e *StatusError) readJSON(body []byte) {
	var said struct {
		Errors []struct { // of the notary
			Code   string `json:"code"`
			Title  string `json:"title"`
			Detail string `json:"detail"`
		} `json:"errors"`
		Code   string `json:"serverErrorCode"` // of the ticket service
		Reason string `json:"reason"`
	}
	if json.Unmarshal(body, &said) != nil {
		return
	}
	e.Code, e.Title = said.Code, said.Reason
	if len(said.Errors) > 0 {
		e.Code, e.Title, e.Detail = said.Errors[0].Code, said.Errors[0].Title, said.Errors[0].Detail
	}
}

// tidy makes what a service says fit to print, without the secrets that it was sent.
func (e *StatusError) tidy(secrets []string) {
	for _, text := range []*string{&e.Code, &e.Title, &e.Detail} {
		*text = plain(hide(*text, secrets), 300)
	}
}

// statusOf is the status of a refusal, and zero of all else.
func statusOf(err error) int {
	var refused *StatusError
	if errors.As(err, &refused) {
		return refused.Status
	}
	return 0
}

// networkError is a failure on the way to a service or back.
type networkError struct{ err error }

func (e *networkError) Error() string { return e.err.Error() }
func (e *networkError) Unwrap() error { return e.err }

// passing says whether a failure may be gone a little later. Other statuses may be so too, where the caller knows it.
func passing(err error, others ...int) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return false
	}
	var refused *StatusError
	if errors.As(err, &refused) {
		switch {
		case refused.Status == http.StatusTooManyRequests, refused.Status == http.StatusRequestTimeout, refused.Status >= 500:
			return true
		case refused.Code == "RequestTimeout": // so Amazon calls a body that stalled, under status 400
			return true
		}
		return slices.Contains(others, refused.Status)
	}
	var network *networkError
	return errors.As(err, &network)
}

// place names an address without what may be secret in it: user, password, query.
func place(u *url.URL) string {
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return plain(bare.String(), 300)
}

// parseAddress reads an address of HTTP. The error does not repeat it, as it may hold a password.
func parseAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("this is no address")
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is no address of HTTP", place(u))
	}
	return u, nil
}

// plain makes a text fit for one line of a terminal: printable, single spaces, no longer than some runes.
func plain(text string, most int) string {
	text = strings.ToValidUTF8(text, "?")
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

// hide takes secrets out of a text.
func hide(text string, secrets []string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[hidden]")
		}
	}
	return text
}

// hidden is an error without the secrets in its words. One that has none stays what it is.
func hidden(err error, secrets []string) error {
	if text := err.Error(); hide(text, secrets) != text {
		return errors.New(hide(text, secrets))
	}
	return err
}
