package agent_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// closedHomes is a file tree in which no home can be read.
type closedHomes struct {
	macos.Tree
	because error
}

func (c closedHomes) Read(path string, limit int64) ([]byte, error) {
	if strings.HasPrefix(path, "/Users/") {
		return nil, &fs.PathError{Op: "read", Path: path, Err: c.because}
	}
	return c.Tree.Read(path, limit)
}

func TestAHomeThatCannotBeReadChangesTheLanguageAlone(t *testing.T) {
	const name = "quillfeather"
	for because, want := range map[error]int{
		macos.ErrSlow: 1, macos.ErrLink: 1, macos.ErrTooLarge: 1, fs.ErrPermission: 1, errors.New("of " + name): 1,
		fs.ErrNotExist: 0, // a person who has chosen nothing
	} {
		s := deferringDaily()
		s.Person.Name = name
		calm := playOut(t, s)
		s.Person.Languages = []string{"de"}
		p := promisetest.New(s)
		p.Take = func(ctx context.Context, host macos.Host) error {
			host.Tree = closedHomes{host.Tree, because}
			before := p.Log.Len()
			err := p.Agent(host).Turn(ctx)
			if got := strings.Count(p.Log.String()[before:], "The preferences of the person at the Mac are not used ("); got > want {
				t.Errorf("%v: it is said %d times in a turn", because, got)
			}
			return err
		}
		p.ToEnd(t.Context())
		p.Hold(t)
		p.Removed(t)
		if p.Tally != calm.Tally || len(p.Windows(promisetest.IsPrompt)) == 0 {
			t.Errorf("%v: %+v, not %+v", because, p.Tally, calm.Tally)
		}
		for i, w := range p.Windows(promisetest.IsPrompt) {
			if w.Window.Text != calm.Windows(promisetest.IsPrompt)[i].Window.Text {
				t.Errorf("%v: %q", because, w.Window.Text)
			}
		}
		if p.Said("windows are in the language of the Mac") != (want > 0) || p.Said(name) {
			t.Errorf("%v: %s", because, p.Log.String())
		}
	}
}
