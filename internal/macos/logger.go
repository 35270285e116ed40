package macos

import (
	"context"
	"strings"
)

// Logger writes to the system log.
type Logger struct{ Host Host }

// Lines writes lines, through logger(1), so that a log can be filtered by that process. The log is not worth a failure,
// so there is no error: lines that cannot be written are lost.
func (l Logger) Lines(ctx context.Context, tag string, lines []string) {
	if len(lines) == 0 {
		return
	}
	text := strings.Join(lines, "\n") + "\n"
	_, _ = l.Host.Runner.Run(ctx, Command{Path: loggerPath, Args: []string{"-t", tag}, Stdin: text, Timeout: shortly})
}
