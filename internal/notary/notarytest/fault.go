package notarytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Fault answers a request in the place of the service.
type Fault func(http.ResponseWriter, *http.Request)

// Answer answers with a status, a content type and a body.
func Answer(status int, kind, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Refused answers as the notary does when it does not want to.
func Refused(status int, code, title, detail string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{
			{"id": "1", "status": fmt.Sprint(status), "code": code, "title": title, "detail": detail},
		}})
	}
}

// Expired says that the token has expired.
func Expired() Fault {
	return Refused(http.StatusUnauthorized, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid.",
		"Provide a properly configured and signed bearer token, and make sure that it has not expired.")
}

// Agreement says that Apple waits for a signature under its terms.
func Agreement() Fault {
	return Refused(http.StatusForbidden, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "A required agreement is missing or has expired.",
		"This request requires an in-effect agreement that has not been signed or has expired.")
}

// Throttled says that there were too many requests, and when to come back: seconds, a date, or nothing.
func Throttled(after string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// Broken answers with a status and nothing else.
func Broken(status int) Fault {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// Garbled answers with JSON that ends too early.
func Garbled() Fault {
	return Answer(http.StatusOK, "application/json", `{"data":{"id":"2efe2717-52ef`)
}

// Page answers with a page for browsers, as the portals of networks do.
func Page() Fault {
	return Answer(http.StatusOK, "text/html; charset=utf-8", "<html><body>Please sign in to Example Guest</body></html>")
}

// Elsewhere points to another address.
func Elsewhere(address string) Fault {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, address, http.StatusTemporaryRedirect)
	}
}

// Cut closes the connection after some bytes of the request's body, without an answer.
func Cut(after int64) Fault {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, after)
		if hijacker, ok := w.(http.Hijacker); ok {
			if connection, _, err := hijacker.Hijack(); err == nil {
				_ = connection.Close()
			}
		}
	}
}

// Silent takes the request's body and never answers; it ends when the client leaves.
func Silent() Fault {
	return func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			<-r.Context().Done()
		}
	}
}

// Blabbing refuses and repeats all that it was sent: the worst that a service could do to a credential.
func Blabbing(status int) Fault {
	return func(w http.ResponseWriter, r *http.Request) {
		var said strings.Builder
		_, _ = fmt.Fprintf(&said, "%s ", r.URL)
		for name, values := range r.Header {
			_, _ = fmt.Fprintf(&said, "%s=%s ", name, strings.Join(values, ","))
		}
		Refused(status, "BLAB", "You said", said.String())(w, r)
	}
}
