package jamf

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Errors of a client, wrapped in what was being done.
var (
	// ErrUnknownOutcome says that a request that must not be repeated got no answer, and that looking did not tell
	// whether it was carried out.
	ErrUnknownOutcome = errors.New("the answer was lost, and it is unknown whether the server did it")
	// ErrNotVisible says that something was created, and that the server that was asked afterwards does not know it yet.
	ErrNotVisible = errors.New("it was created, but the server does not show it")
	// ErrMalformed says that an answer was not what Jamf's API answers.
	ErrMalformed = errors.New("the answer makes no sense")
	// ErrTooLarge says that an answer was larger than any that is needed.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrRefused says that a value was refused here, before it was sent, because the server would take it for another.
	ErrRefused = errors.New("refused")
)

// APIError is an answer that says no. Who said it matters: the edge in front of a server knows nothing of accounts and
// privileges, and is told from the server by the form of its answer.
type APIError struct {
	Method, Path string // of the request; the path without the server's address
	Status       int
	Problems     []Problem     // as the Pro API lists them; may be empty
	Words        string        // what was said otherwise: by the Classic API, by the edge, by a token; one line, may be empty
	Edge         bool          // the edge said it, not Jamf Pro
	EdgeID       string        // by which Jamf's support finds the request at the edge; may be empty
	Privilege    string        // which privilege is probably missing, as Jamf spells it; empty if none is, or it is unknown
	Denied       bool          // the account may not do this
	Attempts     int           // how often it was tried
	RetryAfter   time.Duration // how long it asks to be left alone; 0 if it does not
}

// Problem is one complaint of the Pro API.
type Problem struct {
	Code        string // DUPLICATE_FIELD, INVALID_PRIVILEGE, …
	Field       string // of the object that was sent; may be empty
	Description string
}

// Error implements error.
func (e *APIError) Error() string {
	text := fmt.Sprintf("%s %s: %d %s", e.Method, e.Path, e.Status, http.StatusText(e.Status))
	if words := e.words(); words != "" {
		text += ": " + words
	}
	if e.Edge {
		text += " (the edge in front of Jamf Pro said this, not Jamf Pro; it is no matter of privileges"
		if e.EdgeID != "" {
			text += "; its id is " + e.EdgeID
		}
		text += ")"
	}
	if e.Denied && e.Privilege != "" {
		text += fmt.Sprintf(" (the account probably lacks the privilege %q)", e.Privilege)
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (it asks for a pause of %s)", e.RetryAfter)
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (after %d attempts)", e.Attempts)
	}
	return text
}

func (e *APIError) words() string {
	if len(e.Problems) == 0 {
		return e.Words
	}
	said := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		words := strings.TrimSpace(p.Code + " " + p.Field)
		if p.Description != "" {
			words = strings.TrimPrefix(words+": "+p.Description, ": ")
		}
		said = append(said, words)
	}
	return strings.Join(said, "; ")
}

// ExistsError says that an object was to be created, and that there is one of its name.
type ExistsError struct{ Kind, Name, ID string }

// Error implements error.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("there is a %s %q already, with id %s", e.Kind, e.Name, e.ID)
}

// NameError says that a name does not lead to one object: only to others that differ by case, which the server does not
// tell apart, or to several.
type NameError struct {
	Kind, Name string
	Found      []string // names, or for several of the same name their ids
	Several    bool
}

// Error implements error.
func (e *NameError) Error() string {
	if e.Several {
		return fmt.Sprintf("there are %d %s named %q, with the ids %s", len(e.Found), plural(e.Kind), e.Name, strings.Join(e.Found, ", "))
	}
	return fmt.Sprintf("there is no %s %q, but one that differs by case, which the server takes for the same: %q", e.Kind, e.Name, e.Found)
}

// answered finds what the server said in an error.
func answered(err error) (*APIError, bool) {
	var e *APIError
	ok := errors.As(err, &e)
	return e, ok
}

func (e *APIError) has(code string) bool {
	for _, p := range e.Problems {
		if strings.EqualFold(p.Code, code) {
			return true
		}
	}
	return false
}

// IsNotFound tells that the server knows no such object, or no such path.
func IsNotFound(err error) bool {
	e, ok := answered(err)
	return ok && e.Status == http.StatusNotFound && !e.Edge
}

// IsDuplicate tells that the name is taken.
func IsDuplicate(err error) bool {
	var exists *ExistsError
	if errors.As(err, &exists) {
		return true
	}
	e, ok := answered(err)
	if !ok || e.Edge {
		return false
	}
	// Group names answer 422, whose code is not known for sure; a field called name tells enough.
	named := e.Status == http.StatusUnprocessableEntity && len(e.Problems) > 0 && strings.EqualFold(e.Problems[0].Field, "name")
	return e.has("DUPLICATE_FIELD") || named ||
		e.Status == http.StatusConflict && strings.Contains(strings.ToLower(e.Words), "duplicate name")
}

// IsPrivilege tells that the account may not do this.
func IsPrivilege(err error) bool {
	e, ok := answered(err)
	return ok && e.Denied
}

// HasDependencies tells that an object cannot be deleted because others use it. What the server says names them.
func HasDependencies(err error) bool {
	e, ok := answered(err)
	return ok && e.has("HAS_DEPENDENCIES")
}

// IsEdge tells that the edge in front of the server said no, and not the server.
func IsEdge(err error) bool {
	e, ok := answered(err)
	return ok && e.Edge
}

// IsTimeout tells that the server, or what is in front of it, took too long.
func IsTimeout(err error) bool {
	if e, ok := answered(err); ok {
		return e.Status == http.StatusRequestTimeout || e.Status == http.StatusGatewayTimeout
	}
	var lost *LostError
	return errors.As(err, &lost) && lost.Timeout
}
