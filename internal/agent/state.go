package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/journal"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// stateLimit is more than any state needs, in bytes.
const stateLimit = 1 << 20

// stored is what is on disk: the state of the round, and where the journal ends.
type stored struct {
	enforce.State
	Journal journal.Head `json:"journal,omitzero"`
	NoJob   bool         `json:"no_job,omitzero"` // the LaunchDaemon was missing, which is noted already

	Rights   []Blocker `json:"rights,omitempty"`   // who cannot authorize a new macOS
	RightsAt time.Time `json:"rights_at,omitzero"` // when that was looked up
	RightsOf int       `json:"rights_of,omitzero"` // and the user id of who was at the Mac then
}

// loadState reads the state, and tells whether there was one. One that cannot be read is reported and counts as none:
// the preference values and the journal then bring the deadline back.
func loadState(host macos.Host) (s stored, found bool, problems []string) {
	data, err := host.Tree.Read(StatePath, stateLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return stored{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil { // a part may have been read, which is no state
		return stored{}, false, []string{fmt.Sprintf("State not used: read %s: %v.", StatePath, err)}
	}
	if s.State, err = s.Checked(); err != nil {
		problems = append(problems, fmt.Sprintf("State put right: read %s: %v.", StatePath, err))
	}
	return s, true, problems
}

// save puts the state on disk, and then shows the round in the two preference values. An error means that the state is
// not on disk, so nothing may be done that rests on it.
func (t *turn) save(ctx context.Context) error {
	show := t.local.differs(t.state) && !t.local.failed
	if t.state.Mirror.Failed && t.state.Decision == enforce.WhyDeferred && t.state.Mirror.Written == wholeSeconds(t.state) {
		show = false // it was tried before, and a turn with nothing due is to be quick
	}
	if show {
		t.state.Mirror = enforce.Mirror{Found: t.local.wish, Written: wholeSeconds(t.state), Failed: t.state.Mirror.Failed}
	}
	if err := t.write(); err != nil {
		return err
	}
	if show {
		for _, problem := range t.local.show(ctx, t.agent.Host, t.state) {
			t.log.say("%s", problem)
		}
		if t.state.Mirror.Failed != t.local.failed {
			t.state.Mirror.Failed = t.local.failed
			return t.write()
		}
	}
	return nil
}

// write puts the state on disk.
func (t *turn) write() error {
	t.stored.State, t.stored.Journal = t.state, t.journal.head
	data, err := json.Marshal(t.stored)
	if err == nil {
		err = t.agent.Host.Tree.Write(StatePath, append(data, '\n'), 0o644)
	}
	if err != nil {
		t.log.say("Nothing is done, since the state cannot be saved: %v.", err)
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

// local is the two preference values of a domain.
type local struct {
	domain   string
	wish     enforce.Wish
	names    []string // names of the two values that are there
	old      []string // names of the younger framework's values that are there
	junk     []string // names of values that are not usable
	problems []string
	failed   bool // a value could not be written in this turn
}

// loadLocal reads the two values. What is not a plausible number of Unix seconds is reported and asks for nothing.
func loadLocal(host macos.Host, domain string) local {
	l := local{domain: domain}
	values, err := macos.ReadList(host, macos.PreferencesPath(domain))
	if err != nil {
		l.problems = append(l.problems, fmt.Sprintf("Not used: %v.", err))
	}
	l.wish.ForcedAfter = l.take(values, forcedKey, oldForcedKey)
	l.wish.DeferredUntil = l.take(values, deferredKey, oldDeferredKey)
	return l
}

// take reads one value, under its name or, where that is missing, under its old one.
func (l *local) take(values map[string]any, key, old string) time.Time {
	var result time.Time
	for _, name := range []string{old, key} {
		value, ok := values[name]
		if !ok {
			continue
		}
		if name == old {
			l.old = append(l.old, name)
		} else {
			l.names = append(l.names, name)
		}
		const last = 253402300799 // the end of the year 9999
		if n, isInt := value.(int64); isInt && n > 0 && n <= last {
			result = time.Unix(n, 0)
			continue
		}
		if name == key {
			l.junk = append(l.junk, name)
		}
		l.problems = append(l.problems, fmt.Sprintf("Preference %s: %.60q (%T) is not a number of Unix seconds; not used.", name, fmt.Sprint(value), value))
	}
	return result
}

// differs tells whether the values do not show the state as it is.
func (l *local) differs(s enforce.State) bool {
	if s.Deadline.IsZero() {
		return false
	}
	shown := wholeSeconds(s)
	return len(l.old) > 0 || len(l.junk) > 0 || !shown.ForcedAfter.Equal(l.wish.ForcedAfter) ||
		!shown.DeferredUntil.Equal(l.wish.DeferredUntil)
}

func wholeSeconds(s enforce.State) enforce.Wish {
	return enforce.Wish{ForcedAfter: s.Deadline.Truncate(time.Second), DeferredUntil: s.DeferredUntil.Truncate(time.Second)}
}

// show writes the values. The state is what counts, so that they cannot be written is reported and changes nothing.
func (l *local) show(ctx context.Context, host macos.Host, s enforce.State) (problems []string) {
	defaults := macos.Defaults{Host: host}
	shown := wholeSeconds(s)
	write := func(key string, t time.Time, there *time.Time) {
		var err error
		switch {
		case l.failed: // one failure a turn is enough to wait for
			return
		case t.Equal(*there) && len(l.junk) == 0 && len(l.old) == 0:
			return
		case t.IsZero() && !slices.Contains(l.names, key):
			return
		case t.IsZero():
			err = defaults.Delete(ctx, l.domain, key)
			l.names = slices.DeleteFunc(l.names, func(name string) bool { return name == key })
		default:
			err = defaults.WriteTime(ctx, l.domain, key, t)
			l.names = append(l.names, key)
		}
		if err != nil {
			l.failed = true
			problems = append(problems, fmt.Sprintf("Preference %s does not show the round: %v.", key, err))
			return
		}
		*there = t
	}
	if l.wish.ForcedAfter.After(shown.ForcedAfter) {
		problems = append(problems, fmt.Sprintf("Preference %s asked for a later deadline, which is refused.", forcedKey))
	}
	if !shown.DeferredUntil.IsZero() && l.wish.DeferredUntil.After(shown.DeferredUntil) {
		problems = append(problems, fmt.Sprintf("Preference %s asked for a longer deferral, which is refused.", deferredKey))
	}
	write(forcedKey, shown.ForcedAfter, &l.wish.ForcedAfter)
	write(deferredKey, shown.DeferredUntil, &l.wish.DeferredUntil)
	for _, key := range l.old {
		if err := defaults.Delete(ctx, l.domain, key); err != nil {
			problems = append(problems, fmt.Sprintf("Preference %s of an earlier version stays: %v.", key, err))
		}
	}
	l.old, l.junk = nil, nil
	return problems
}
