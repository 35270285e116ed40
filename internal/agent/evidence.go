package agent

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// This file notices what somebody has changed behind the program's back, and writes it down with what was done about it.
// Somebody with administrator rights can do all of that, and is not kept from it; it is to be seen.

const actionReset = "reset"

// lost takes up a round whose state is gone, from the journal. An installation that was to forget the round has said so.
func (t *turn) lost() {
	now := t.agent.Host.Clock.Now()
	if _, err := t.agent.Host.Lister.Stat(ResetPath); err == nil {
		t.journal.add(entry{At: now.UTC(), Action: actionReset, After: "the package was installed that is to forget the round"})
		t.log.say("The round is forgotten, as the package is set to.")
		if err := t.agent.Host.Tree.Remove(ResetPath); err != nil {
			t.log.say("%v", err)
		}
		return
	}
	check, err := readJournal(t.agent.Host, oldJournalPath, JournalPath)
	if err != nil {
		t.log.say("Journal not read: %v.", err)
	}
	if wish, ok := remembered(check); ok {
		t.memory = wish
		t.notice("the state of the round was gone; the journal says that its deadline is %s", t.at(wish.ForcedAfter))
	}
}

// evidence compares the state before and after the first decision of a turn with what was found on the Mac.
func (t *turn) evidence(e enforce.TurnStarted, before enforce.State) {
	now := t.state
	for _, value := range []struct {
		key                    string
		found, before, written time.Time
		counts                 time.Time
	}{
		{forcedKey, e.Wish.ForcedAfter, before.Mirror.Found.ForcedAfter, before.Mirror.Written.ForcedAfter, now.Deadline},
		{deferredKey, e.Wish.DeferredUntil, before.Mirror.Found.DeferredUntil, before.Mirror.Written.DeferredUntil, now.DeferredUntil},
	} {
		switch {
		case before.Deadline.IsZero() || value.found.Equal(value.before) || value.found.Equal(value.written):
		case value.found.IsZero() && !value.counts.IsZero():
			t.notice("preference %s was removed; %s counts on", value.key, t.at(value.counts))
		case value.found.IsZero():
		case value.found.Equal(value.counts):
			t.notice("preference %s was set to %s, and is obeyed", value.key, t.at(value.found))
		default:
			t.notice("preference %s was set to %s, which is refused; %s counts", value.key, t.at(value.found), t.at(value.counts))
		}
	}
	if by := now.SetBack - before.SetBack; by > 0 {
		t.notice("the clock was set back by %s; deadline and deferral went back with it", by.Round(time.Second))
	}
	job := LaunchDaemonPath(t.config.Identifier)
	_, err := t.agent.Host.Lister.Stat(job)
	if missing := err != nil; missing != t.stored.NoJob {
		t.stored.NoJob = missing
		if missing {
			t.notice("%s is missing, so no turn is started after the next restart; install the package again", job)
		} else {
			t.notice("%s is back", job)
		}
	}
}

func (t *turn) at(when time.Time) string {
	if when.IsZero() {
		return "none"
	}
	return when.In(t.zone()).Format("2006-01-02 15:04:05 -0700")
}

// ourFiles are the files that this program trusts.
func ourFiles(identifier string) []ourFile {
	return []ourFile{
		{name: "folder", path: SupportFolder, mode: fs.ModeDir | 0o755, required: true},
		{name: "program", path: BinaryPath, mode: 0o755, required: true},
		{name: "build settings", path: BuildPath, mode: 0o644},
		{name: "state file", path: StatePath, mode: 0o644},
		{name: "journal", path: JournalPath, mode: 0o644},
		{name: "older journal", path: oldJournalPath, mode: 0o644},
		{name: "report", path: ReportPath, mode: 0o644},
		{name: "reset mark", path: ResetPath, mode: 0o644},
		{name: "window mark", path: windowPath, mode: 0o600},
		ourLock(),
		{name: "LaunchDaemon", path: LaunchDaemonPath(identifier), mode: 0o644, required: true, launchd: true},
	}
}

// ourLock is the file that is locked during a turn. Who can open it, and be it to read, can lock it.
func ourLock() ourFile { return ourFile{name: "lock", path: lockPath, mode: 0o600, private: true} }

// fault says why a file of ours cannot be trusted; nothing if it can.
func (f ourFile) fault(entry macos.Entry) string {
	switch perm := entry.Mode.Perm(); {
	case perm&0o002 != 0, perm&0o020 != 0:
		return fmt.Sprintf("can be written by others than root (mode %04o)", perm)
	case entry.UID != 0 || entry.GID != 0:
		return fmt.Sprintf("belongs to user %d and group %d, not to root:wheel", entry.UID, entry.GID)
	case f.private && perm&0o077 != 0:
		return fmt.Sprintf("can be opened by others than root, who could hold it locked (mode %04o)", perm)
	}
	return ""
}

// fix is the command that puts owner and mode right.
func (f ourFile) fix() string {
	return fmt.Sprintf("sudo chown root:wheel %q; sudo chmod %o %q", f.path, f.mode.Perm(), f.path)
}

// trusted refuses to go on with files that others than root could have changed: what they hold may be anybody's will.
func (a *Agent) trusted(log *logLines, files ...ourFile) error {
	for _, f := range files {
		entry, err := a.Host.Lister.Stat(f.path)
		if err != nil || entry.Mode&fs.ModeSymlink != 0 {
			continue // who reads it says what is wrong
		}
		if fault := f.fault(entry); fault != "" {
			log.say("No turn is taken: %s %s. The fix: %s", f.path, fault, f.fix())
			return fmt.Errorf("%w: %s %s", ErrUntrusted, f.path, fault)
		}
	}
	return nil
}
