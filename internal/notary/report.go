package notary

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// ErrNoLog says that there is no log of a submission, or none yet.
var ErrNoLog = errors.New("the notary has no log of this submission; while it works there is none")

const maxLog = 16 << 20

// Report is the notary's log of a submission.
type Report struct {
	Status  string // such as "Accepted"
	Summary string // in words
	Code    int    // zero is good
	Name    string // of the file
	// SHA256 is that of the file that the notary looked at, in hex. It says whether that was the one that was meant.
	SHA256 string
	Issues []Issue
	Raw    []byte // as it was fetched, in JSON
}

// Issue is something that the notary found in a package. What does not apply is empty.
type Issue struct {
	Severity     string // "error" or "warning"
	Code         string
	Path         string // in the package
	Message      string
	URL          string // of Apple's documentation
	Architecture string
}

// Log fetches the log of a submission that has a verdict. If there is none the error is an [ErrNoLog].
func (c *Client) Log(ctx context.Context, id string) (Report, error) {
	report, err := c.log(ctx, id)
	if err != nil {
		return Report{}, fmt.Errorf("read log: %w", err)
	}
	return report, nil
}

func (c *Client) log(ctx context.Context, id string) (Report, error) {
	if err := checkIdentifier(id); err != nil {
		return Report{}, err
	}
	// The log may come a little after the verdict.
	a, err := c.get(ctx, c.submissions(id, "logs"), http.StatusNotFound)
	if statusOf(err) == http.StatusNotFound {
		return Report{}, fmt.Errorf("%w: %w", ErrNoLog, err)
	}
	if err != nil {
		return Report{}, err
	}
	at, err := c.decodeLogAddress(a)
	if err != nil {
		return Report{}, err
	}
	// Whoever has this address may read the log: it carries its own credentials, and gets none of ours.
	r := request{method: http.MethodGet, address: at.String(), header: http.Header{}, limit: maxLog, secrets: []string{at.String(), at.RawQuery}}
	for _, values := range at.Query() {
		r.secrets = append(r.secrets, values...)
	}
	a, err = c.retrier().again(ctx, 0, func() (answer, error) { return r.send(ctx, c.Transport, c.Now) })
	if err != nil {
		return Report{}, err
	}
	return decodeReport(a)
}

// decodeLogAddress reads where the log is. That must be as safe a way as the one to the notary.
func (c *Client) decodeLogAddress(a answer) (*url.URL, error) {
	said, err := decode[struct {
		Data struct {
			Attributes struct {
				URL string `json:"developerLogUrl"`
			} `json:"attributes"`
		} `json:"data"`
	}](a)
	if err != nil {
		return nil, err
	}
	notary, err := parseAddress(or(c.Endpoints.Notary, NotaryAddress))
	if err != nil {
		return nil, err
	}
	at, err := parseAddress(said.Data.Attributes.URL)
	if err != nil || at.Scheme != notary.Scheme || at.User != nil {
		return nil, fmt.Errorf("%w: it does not say where the log is", ErrAnswer)
	}
	return at, nil
}

func decodeReport(a answer) (Report, error) {
	said, err := decode[struct {
		Status  string `json:"status"`
		Summary string `json:"statusSummary"`
		Code    int    `json:"statusCode"`
		Name    string `json:"archiveFilename"`
		SHA256  string `json:"sha256"`
		Issues  []struct {
			Severity     string `json:"severity"`
			Code         any    `json:"code"` // null, a number or a text
			Path         string `json:"path"`
			Message      string `json:"message"`
			URL          string `json:"docUrl"`
			Architecture string `json:"architecture"`
		} `json:"issues"`
	}](a)
	if err != nil {
		return Report{}, err
	}
	if said.Status == "" {
		return Report{}, fmt.Errorf("%w: the log has no status", ErrAnswer)
	}
	const line = 2000
	report := Report{
		Status: plain(said.Status, line), Summary: plain(said.Summary, line), Code: said.Code, Name: plain(said.Name, line),
		SHA256: plain(said.SHA256, line), Raw: a.body,
	}
	for _, i := range said.Issues {
		issue := Issue{
			Severity: plain(i.Severity, line), Path: plain(i.Path, line), Message: plain(i.Message, line),
			URL: plain(i.URL, line), Architecture: plain(i.Architecture, line),
		}
		if i.Code != nil {
			issue.Code = plain(fmt.Sprint(i.Code), line)
		}
		report.Issues = append(report.Issues, issue)
	}
	return report, nil
}
