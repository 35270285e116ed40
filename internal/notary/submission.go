package notary

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// ErrNoVerdict says that the notary has not finished in the time that it was given.
var ErrNoVerdict = errors.New("the notary has not finished")

// Status is what the notary says of a submission. It may say what is not listed here.
type Status string

// What the notary is known to say.
const (
	InProgress Status = "In Progress"
	Accepted   Status = "Accepted"
	Invalid    Status = "Invalid"  // the log says why
	Rejected   Status = "Rejected" // the log says why
)

// Final says whether a status is a verdict. One that is not known is none.
func (s Status) Final() bool { return s == Accepted || s == Invalid || s == Rejected }

// Submission is a package that was taken to the notary.
type Submission struct {
	ID      string
	Name    string
	Status  Status
	Created time.Time // zero if the notary does not say
}

type submissionData struct {
	ID         string `json:"id"`
	Attributes struct {
		Name    string `json:"name"`
		Status  string `json:"status"`
		Created string `json:"createdDate"`
	} `json:"attributes"`
}

func (d submissionData) submission() (Submission, error) {
	s := Submission{ID: d.ID, Name: plain(d.Attributes.Name, 300), Status: Status(plain(d.Attributes.Status, 100))}
	if s.Created, _ = time.Parse(time.RFC3339, d.Attributes.Created); !isIdentifier(s.ID) {
		return Submission{}, fmt.Errorf("%w: the submission has no identifier", ErrAnswer)
	}
	if s.Status == "" {
		return Submission{}, fmt.Errorf("%w: the submission has no status", ErrAnswer)
	}
	return s, nil
}

func decodeSubmission(a answer) (Submission, error) {
	said, err := decode[struct {
		Data submissionData `json:"data"`
	}](a)
	if err != nil {
		return Submission{}, err
	}
	return said.Data.submission()
}

func decodeSubmissions(a answer) ([]Submission, error) {
	said, err := decode[struct {
		Data []submissionData `json:"data"`
	}](a)
	if err != nil {
		return nil, err
	}
	var list []Submission
	for _, d := range said.Data {
		s, err := d.submission()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// isIdentifier says whether a text can be part of an address as it is. The notary's are UUIDs.
func isIdentifier(id string) bool {
	return regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,99}$`).MatchString(id)
}

func checkIdentifier(id string) error {
	if !isIdentifier(id) {
		return fmt.Errorf("%q is not the identifier of a submission", plain(id, 60))
	}
	return nil
}

// Look asks how a submission stands now.
func (c *Client) Look(ctx context.Context, id string) (Submission, error) {
	s, err := c.look(ctx, id)
	if err != nil {
		return Submission{}, fmt.Errorf("look at submission: %w", err)
	}
	return s, nil
}

func (c *Client) look(ctx context.Context, id string) (Submission, error) {
	if err := checkIdentifier(id); err != nil {
		return Submission{}, err
	}
	a, err := c.get(ctx, c.submissions(id), 0)
	if err != nil {
		return Submission{}, err
	}
	s, err := decodeSubmission(a)
	if err == nil && !strings.EqualFold(s.ID, id) {
		return Submission{}, fmt.Errorf("%w: it is about another submission", ErrAnswer)
	}
	return s, err
}

// Wait looks at a submission until there is a verdict, which may be a bad one. It tells progress of each look. If there
// is none when the patience is over the error is an [ErrNoVerdict]; the notary works on, and one can wait again.
func (c *Client) Wait(ctx context.Context, id string, patience time.Duration, progress func(Submission)) (Submission, error) {
	var last Submission
	found, err := c.retrier().watch(ctx, patience, func() (bool, error) {
		s, err := c.look(ctx, id)
		if err != nil {
			return false, err
		}
		if last = s; progress != nil {
			progress(s)
		}
		return s.Status.Final(), nil
	})
	if err == nil && !found {
		err = fmt.Errorf("%w after %v: its status is %q", ErrNoVerdict, patience, last.Status)
	}
	if err != nil {
		return last, fmt.Errorf("wait for verdict: %w", err)
	}
	return last, nil
}

// List is what the team has submitted, the latest first. The notary remembers a hundred.
func (c *Client) List(ctx context.Context) ([]Submission, error) {
	a, err := c.get(ctx, c.submissions(), 0)
	var list []Submission
	if err == nil {
		list, err = decodeSubmissions(a)
	}
	if err != nil {
		return nil, fmt.Errorf("list submissions: %w", err)
	}
	return list, nil
}
