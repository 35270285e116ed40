package agent

import (
	"context"
	"fmt"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// logLines collects the lines of a turn's log and hands them over together, so that a turn with nothing to do costs one
// process.
type logLines struct {
	agent *Agent
	lines []string
	file  bool // also write [LogPath]
}

// say adds a line. Control characters, a line break among them, become spaces: a line is a line.
func (l *logLines) say(format string, args ...any) {
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(fmt.Sprintf(format, args...), "\uFFFD"))
	l.lines = append(l.lines, line)
	if l.agent.Lines != nil {
		_, _ = fmt.Fprintln(l.agent.Lines, line)
	}
}

// flush hands over what was collected. It is called before anything that takes long.
func (l *logLines) flush(ctx context.Context) {
	lines := l.lines
	l.lines = nil
	if len(lines) == 0 {
		return
	}
	host := l.agent.Host
	macos.Logger{Host: host}.Lines(ctx, "install-or-deferd", lines)
	if l.file {
		stamp := host.Clock.Now().Format("2006-01-02 15:04:05 -0700 ")
		appendLog(host, stamp+strings.Join(lines, "\n"+stamp)+"\n")
	}
}

// appendLog adds to the diagnostic log, which keeps its newer half when it has grown too large. The log is not worth a
// failure, so there is no error.
func appendLog(host macos.Host, text string) {
	const most = 512 << 10
	entry, err := host.Lister.Stat(LogPath)
	if err != nil || entry.Size <= most {
		_ = host.Ledger.Append(LogPath, []byte(text), 0o644)
		return
	}
	old, err := host.Tree.Read(LogPath, 2*most)
	if err == nil {
		old = old[len(old)/2:]
	}
	_ = host.Tree.Write(LogPath, append(old, text...), 0o644)
}
