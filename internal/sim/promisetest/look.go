package promisetest

import (
	"encoding/json"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Reporter is a test, or a random one.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Log(args ...any)
}

// State is the state on disk; the zero state where there is none.
func (p *Play) State(t Reporter) (s enforce.State) {
	t.Helper()
	if data, ok := p.File(agent.StatePath); ok {
		if err := json.Unmarshal(data, &s); err != nil {
			t.Errorf("read state: %v", err)
		}
	}
	return s
}

// Values are the local preference values.
func (p *Play) Values(t Reporter) map[string]any {
	t.Helper()
	values, err := macos.ReadList(p.Host(), macos.PreferencesPath(agent.Identifier))
	if err != nil {
		t.Errorf("read preferences: %v", err)
	}
	return values
}

// Removed demands that the work is done and all is gone.
func (p *Play) Removed(t Reporter) {
	t.Helper()
	if left := p.Leftovers(); !p.Tally.Removed || len(left) > 0 {
		t.Errorf("not removed: %+v, %q left", p.Tally, left)
	}
}
