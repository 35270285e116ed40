package preview

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Choices are what the page has chosen, for a file to take away.
type Choices struct {
	Desk         Desk   `json:"desk"`
	Identifier   string `json:"identifier"`
	Organization string `json:"organization"`
	Logo         string `json:"logo"`    // where the picture is, as the file says it
	Picture      string `json:"picture"` // its content in base64, where it was chosen on the page
}

// Builder builds the installer package.
type Builder func(ctx context.Context, w io.Writer, d deployment.Deployment, logo []byte) error

// RefusedError says that settings are wrong, so that nothing is made of them.
type RefusedError struct{ Findings []finding }

// Error implements the interface error.
func (e *RefusedError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.Message
	}
	return "settings are refused: " + strings.Join(lines, "; ")
}

// ErrIdentifier says that an identifier is none.
var ErrIdentifier = errors.New("is not an identifier; write at least two parts of letters, digits and hyphens, as in com.example.updates")

// deployment is the administrator's file with what was chosen on the page.
func (c Choices) deployment(b Base) (deployment.Deployment, error) {
	var wrong []finding
	for _, f := range findings(c.Desk.Values, settings.LintContext{}) {
		if f.Severity == settings.Wrong {
			wrong = append(wrong, f)
		}
	}
	if len(wrong) > 0 {
		return deployment.Deployment{}, &RefusedError{wrong}
	}
	if err := c.checkIdentifier(); err != nil {
		return deployment.Deployment{}, err
	}
	d := b.Document.Deployment.With(c.Desk.Values)
	d.Identifier, d.Organization, d.Logo = c.Identifier, c.Organization, c.Logo
	return d, nil
}

// checkIdentifier tells whether files can be made with the identifier, or with none.
func (c Choices) checkIdentifier() error {
	if c.Identifier != "" && !settings.ValidIdentifier(c.Identifier) {
		return fmt.Errorf("identifier %.80q %w", c.Identifier, ErrIdentifier)
	}
	return nil
}

// identifierProblem is what [Choices.checkIdentifier] says, for the page.
func (c Choices) identifierProblem() string {
	if err := c.checkIdentifier(); err != nil {
		return err.Error()
	}
	return ""
}

// picture is the content of the logo.
func (c Choices) picture(b Base) ([]byte, error) {
	switch {
	case c.Logo == "":
		return nil, nil
	case c.Picture == "":
		return b.Logo, nil
	}
	data, err := base64.StdEncoding.DecodeString(c.Picture)
	if err != nil {
		return nil, fmt.Errorf("%w: picture", ErrDesk)
	}
	return data, nil
}

// export is a file that the page hands out.
type export struct {
	name, kind string
	write      func(ctx context.Context, w io.Writer, d deployment.Deployment) error
}

// exports are the files that need no more than the deployment.
func exports() map[string]export {
	whole := func(render func(d deployment.Deployment) ([]byte, error)) func(context.Context, io.Writer, deployment.Deployment) error {
		return func(_ context.Context, w io.Writer, d deployment.Deployment) error {
			data, err := render(d)
			if err != nil {
				return err
			}
			_, err = w.Write(data)
			return err
		}
	}
	return map[string]export{
		"yaml": {"install-or-defer.yaml", "application/yaml", whole(func(d deployment.Deployment) ([]byte, error) {
			return deployment.Write(d), nil
		})},
		"profile": {"install-or-defer.mobileconfig", "application/x-apple-aspen-config", whole(func(d deployment.Deployment) ([]byte, error) {
			return settings.Profile(settings.ProfileOptions{Identifier: identifier(d), Organization: d.Organization, Values: d.Values()})
		})},
		"schema": {"jamf-schema.json", "application/json", whole(func(d deployment.Deployment) ([]byte, error) {
			return settings.JamfSchema(identifier(d))
		})},
	}
}

func identifier(d deployment.Deployment) string {
	if d.Identifier == "" {
		return agent.Identifier
	}
	return d.Identifier
}
