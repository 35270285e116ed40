package notary

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// ErrNoTicket says that a package was not accepted, or so short a time ago that its ticket is not there yet.
var ErrNoTicket = errors.New("the notary has no ticket for this package yet")

// TicketKey is the name of a package's ticket, given the digest of the package's table of contents.
func TicketKey(digest []byte) (string, error) {
	// The first number says that what follows is a digest, the second how it was made. A long one is cut off.
	switch len(digest) {
	case sha1.Size:
		return "2/1/" + hex.EncodeToString(digest), nil
	case sha256.Size:
		return "2/2/" + hex.EncodeToString(digest[:20]), nil
	default:
		return "", fmt.Errorf("name ticket: a digest of %d bytes is none of SHA-1 or SHA-256", len(digest))
	}
}

// Ticket fetches a ticket by its key. It needs no key of App Store Connect. While there is none it asks again until the
// patience is over, and then the error is an [ErrNoTicket]; without patience it asks once.
func (c *Client) Ticket(ctx context.Context, key string, patience time.Duration) ([]byte, error) {
	var ticket []byte
	found, err := c.retrier().watch(ctx, patience, func() (bool, error) {
		var err error
		ticket, err = c.ticket(ctx, key)
		if errors.Is(err, ErrNoTicket) {
			return false, nil
		}
		return err == nil, err
	})
	if err == nil && !found {
		err = ErrNoTicket
	}
	if err != nil {
		return nil, fmt.Errorf("fetch ticket: %w", err)
	}
	return ticket, nil
}

func (c *Client) ticket(ctx context.Context, key string) ([]byte, error) {
	if !regexp.MustCompile(`^2/[0-9]{1,3}/[0-9a-f]{40}$`).MatchString(key) {
		return nil, fmt.Errorf("%q is not the key of a ticket", plain(key, 60))
	}
	type record struct {
		Name string `json:"recordName"`
	}
	r, err := jsonRequest(http.MethodPost, or(c.Endpoints.Tickets, TicketAddress), struct {
		Records []record `json:"records"`
	}{[]record{{key}}})
	if err != nil {
		return nil, err
	}
	// This is a question, though it is a POST, and may be asked again.
	a, err := c.retrier().again(ctx, 0, func() (answer, error) { return r.send(ctx, c.Transport, c.Now) })
	if err != nil {
		return nil, err
	}
	return decodeTicket(a, key)
}

func decodeTicket(a answer, key string) ([]byte, error) {
	said, err := decode[struct {
		Records []struct {
			Name   string `json:"recordName"`
			Code   string `json:"serverErrorCode"`
			Reason string `json:"reason"`
			Fields struct {
				Ticket struct {
					Value string `json:"value"`
				} `json:"signedTicket"`
			} `json:"fields"`
		} `json:"records"`
	}](a)
	if err != nil {
		return nil, err
	}
	if len(said.Records) != 1 || said.Records[0].Name != key {
		return nil, fmt.Errorf("%w: it is not about this package", ErrAnswer)
	}
	record := said.Records[0]
	switch {
	case slices.Contains([]string{"NOT_FOUND", "TRY_AGAIN_LATER", "ZONE_BUSY", "THROTTLED"}, record.Code):
		return nil, ErrNoTicket
	case record.Code != "":
		return nil, fmt.Errorf("%s (%s)", or(plain(record.Reason, 300), "it is refused"), plain(record.Code, 60))
	}
	ticket, err := base64.StdEncoding.DecodeString(record.Fields.Ticket.Value)
	if err != nil || len(ticket) == 0 {
		return nil, fmt.Errorf("%w: it holds no ticket", ErrAnswer)
	}
	return ticket, nil
}
