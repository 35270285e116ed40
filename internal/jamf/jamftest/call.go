package jamftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// maxBody is what a request may hold that is not an upload.
const maxBody = 16 << 20

// call is a request that may be answered: it is signed in, and the server is locked for it.
type call struct {
	*Server
	r    *http.Request
	view view
	who  account
	body []byte
	file *upload // for uploads
}

// id is the number in the path, or 0 if what is there is none.
func (c *call) id() int {
	n, err := strconv.Atoi(c.r.PathValue("id"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// query is what the request asks for. A semicolon is a part of a filter, which package url does not take as it is.
func (c *call) query() url.Values {
	q, _ := url.ParseQuery(strings.ReplaceAll(c.r.URL.RawQuery, ";", "%3B")) // what cannot be read is not there
	return q
}

// decode reads a JSON object. Fields that are required must be there and not be null; fields that nobody knows are
// dropped, and remembered for Counts.
func decode[T any](c *call, required ...string) (t T, refusal *answer) {
	if kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type")); kind != "application/json" {
		return t, refuse(http.StatusUnsupportedMediaType, cause{Code: "UNSUPPORTED_MEDIA_TYPE", Description: "Content-Type '" + kind + "' is not supported"})
	}
	var have map[string]json.RawMessage
	if err := json.Unmarshal(c.body, &have); err != nil {
		return t, refuse(http.StatusBadRequest, cause{Code: "INVALID_JSON", Description: "the body is not a JSON object: " + err.Error()})
	}
	var missing []cause
	for _, name := range required {
		if raw, ok := have[name]; !ok || string(raw) == "null" {
			missing = append(missing, cause{Code: "INVALID_FIELD", Description: "must not be null", Field: name})
		}
	}
	if len(missing) > 0 {
		return t, refuse(http.StatusBadRequest, missing...)
	}
	known := jsonFields(reflect.TypeFor[T]())
	for name := range have {
		if !known[name] {
			c.traffic.drop(c.r, name)
			delete(have, name)
		}
	}
	exact, err := json.Marshal(have)
	if err == nil {
		err = json.Unmarshal(exact, &t)
	}
	if err != nil {
		field := ""
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			field = wrong.Field
		}
		return t, refuse(http.StatusBadRequest, cause{Code: "INVALID_FIELD", Description: err.Error(), Field: field})
	}
	return t, nil
}

// jsonFields are the names that a type has in JSON. Jamf tells capitals from small letters; package json does not.
func jsonFields(t reflect.Type) map[string]bool {
	known := map[string]bool{}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			maps.Copy(known, jsonFields(f.Type))
		} else if f.IsExported() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			known[name] = true
		}
	}
	return known
}

// cause is one of those that an error of the Pro API has. Its names and types are those of Jamf's ApiErrorCause.
type cause struct {
	Code        string  `json:"code"`
	Description string  `json:"description"`
	ID          *string `json:"id"`
	Field       string  `json:"field"`
}

// answer is what a request gets.
type answer struct {
	status int
	kind   string // content type; empty if there is no body
	body   []byte
	header http.Header
}

const (
	jsonType = "application/json;charset=UTF-8"
	xmlType  = "text/xml;charset=UTF-8"
	htmlType = "text/html;charset=UTF-8"
)

// object answers with JSON, spaced out as Jamf's is.
func object(status int, v any) answer {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return *refuse(http.StatusInternalServerError, cause{Code: "ENCODE", Description: err.Error()})
	}
	return answer{status: status, kind: jsonType, body: b.Bytes()}
}

// nothing answers without a body.
func nothing(status int) answer { return answer{status: status} }

// created is the answer to a POST of the Pro API.
func (c *call) created(path string, id string) answer {
	scheme := "http"
	if c.r.TLS != nil {
		scheme = "https"
	}
	return object(http.StatusCreated, struct {
		ID   string `json:"id"`
		Href string `json:"href"`
	}{id, scheme + "://" + c.r.Host + path + "/" + id})
}

// refuse is an error of the Pro API. Without a cause it has an empty list of them, as some of Jamf's have.
func refuse(status int, causes ...cause) *answer {
	zero := "0"
	for i := range causes {
		if causes[i].ID == nil {
			causes[i].ID = &zero
		}
	}
	a := object(status, struct {
		HTTPStatus int     `json:"httpStatus"`
		Errors     []cause `json:"errors"`
	}{status, append([]cause{}, causes...)})
	return &a
}

// invalid refuses a field.
func invalid(field, why string) *answer {
	return refuse(http.StatusBadRequest, cause{Code: "INVALID_FIELD", Description: why, Field: field})
}

// among refuses what is not one of some values, and tells them as Jamf does.
func among(field, value string, values ...string) *answer {
	for _, v := range values {
		if v == value {
			return nil
		}
	}
	return invalid(field, "possible values can be ["+strings.Join(values, ", ")+"]")
}

// missing is the answer where nothing has the number that the path has.
func missing(id string) answer {
	return *refuse(http.StatusNotFound, cause{Code: "INVALID_ID", Description: "no object has the id " + id, ID: &id, Field: "id"})
}

func (a answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		for _, v := range values {
			w.Header().Add(name, v)
		}
	}
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may be gone: nobody is to tell
}

// readBody reads what a request brings, up to a limit.
func readBody(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxBody {
		return nil, errors.New("the body is too large")
	}
	return b, nil
}
