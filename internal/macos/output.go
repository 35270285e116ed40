package macos

import (
	"fmt"
	"path/filepath"
	"strings"
)

// failure words how a tool ended, for a caller that is not content with it.
func (o Output) failure(path string) error {
	name := filepath.Base(path)
	switch {
	case o.TimedOut:
		return fmt.Errorf("%s: timed out after %s", name, o.Awake.Round(1e9))
	case o.Code < 0:
		return fmt.Errorf("%s: ended by a signal", name)
	case strings.TrimSpace(o.Text()) == "":
		return fmt.Errorf("%s: exit status %d, and it printed nothing", name, o.Code)
	default:
		return fmt.Errorf("%s: exit status %d: %s", name, o.Code, brief(o.Text()))
	}
}

// brief is the beginning of a text, on one line, for a message.
func brief(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	const most = 160
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
