package jamf

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// LostError is a request without an answer.
type LostError struct {
	Method, Path string
	Sent         bool // it may have reached the server
	Timeout      bool
	Attempts     int
	Cause        string // one line, without secrets
	err          error
}

// Error implements error.
func (e *LostError) Error() string {
	text := fmt.Sprintf("%s %s: %s", e.Method, e.Path, e.Cause)
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (after %d attempts)", e.Attempts)
	}
	return text
}

// Unwrap finds the end of a context beneath, and nothing that was not cleaned of secrets.
func (e *LostError) Unwrap() error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.err, known) {
			return known
		}
	}
	return nil
}

// lose makes an error of what the network said. The address of the server goes, the path is said already.
func (c *Client) lose(sent call, reached bool, err error) *LostError {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	var network net.Error
	return &LostError{
		Method: sent.method, Path: c.secrets.hide(sent.plain()), Sent: reached,
		Timeout: errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout(),
		Cause:   c.secrets.line(err.Error()), err: err,
	}
}

// passing tells that trying again may help. A certificate that is not trusted stays so.
func passing(err error) bool {
	var certificate *tls.CertificateVerificationError
	var lost *LostError
	if errors.As(err, &lost) {
		return !errors.As(lost.err, &certificate) && !errors.Is(lost.err, context.Canceled)
	}
	e, ok := answered(err)
	return ok && passingStatus(e.Status)
}

func passingStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// doubtful tells that a request which must not be repeated may have been carried out all the same: it reached the server
// and no answer came back, or one of a server that broke down over it. 429 is a clear no.
func doubtful(err error) bool {
	if isUnsent(err) {
		return false
	}
	var lost *LostError
	if errors.As(err, &lost) {
		return lost.Sent
	}
	e, ok := answered(err)
	return ok && passingStatus(e.Status) && !throttled(err)
}

// throttled tells that the server has turned a request away without looking at it, since there are too many.
func throttled(err error) bool {
	e, ok := answered(err)
	return ok && e.Status == http.StatusTooManyRequests
}
