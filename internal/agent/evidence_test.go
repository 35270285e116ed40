package agent_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/journal"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func TestALostStateComesBackFromTheJournal(t *testing.T) {
	calm := playOut(t, deferringDaily())
	p, last := watched(t, deferringDaily(), func(p *promisetest.Play, n int) {
		if n%5 == 4 { // and with it the values, so that the journal is all there is
			for _, path := range []string{agent.StatePath, macos.PreferencesPath(agent.Identifier)} {
				if err := p.Remove(path); err != nil {
					t.Error(err)
				}
			}
		}
	})
	p.Removed(t)
	if p.Tally.Ended.Sub(calm.Tally.Ended).Abs() > 21*time.Minute || p.Tally.Prompts != calm.Tally.Prompts {
		t.Errorf("%+v, without %+v", p.Tally, calm.Tally)
	}
	if n := notices(t, last); len(n) < 5 || !strings.HasPrefix(n[0], "the state of the round was gone; the journal says that its deadline is 2026-12-01") {
		t.Errorf("%q", n)
	}
}

func TestWhatSomebodyChangesIsNoticed(t *testing.T) {
	hour := time.Hour
	for name, row := range map[string]struct {
		plan   []sim.Event
		change func(p *promisetest.Play, n int)
		notice string
	}{
		"a later deadline": {
			plan:   []sim.Event{{At: 2 * hour, Do: sim.Write, Key: promisetest.ForcedAfter, Value: 90 * hour}},
			notice: "preference AppleSoftwareUpdatesForcedAfter was set to 2026-12-04 05:00:00 +0000, which is refused; 2026-12-01 ",
		},
		"an earlier deadline": {
			plan:   []sim.Event{{At: 2 * hour, Do: sim.Write, Key: promisetest.ForcedAfter, Value: 3 * hour}},
			notice: "preference AppleSoftwareUpdatesForcedAfter was set to 2026-11-30 14:00:00 +0000, and is obeyed",
		},
		"a longer deferral": {
			plan:   []sim.Event{{At: 2 * hour, Do: sim.Write, Key: promisetest.DeferredUntil, Value: 12 * hour}},
			notice: "preference AppleSoftwareUpdatesDeferredUntil was set to 2026-11-30 23:00:00 +0000, which is refused; 2026-11-30 15:",
		},
		"a clock set back": {
			plan:   []sim.Event{{At: 2 * hour, Do: sim.SetClock, For: -5 * hour}},
			notice: "the clock was set back by 5h0m0s; deadline and deferral went back with it",
		},
		"a missing job": {
			change: func(p *promisetest.Play, n int) {
				switch job := agent.LaunchDaemonPath(agent.Identifier); n {
				case 4:
					_ = p.Remove(job)
				case 8:
					p.Put(job, []byte("<plist/>"), 0o644)
				}
			},
			notice: "/Library/LaunchDaemons/com.github.mpanighetti.install-or-defer.plist is missing, so no turn is started after the next restart; install the package again",
		},
		"a value that is removed": {
			change: func(p *promisetest.Play, n int) {
				if n == 4 {
					_ = p.Remove(macos.PreferencesPath(agent.Identifier))
				}
			},
			notice: "preference AppleSoftwareUpdatesForcedAfter was removed; 2026-12-01 ",
		},
		"a word in the journal": {
			change: func(p *promisetest.Play, n int) {
				if data, _ := p.File(agent.JournalPath); n == 20 {
					p.Put(agent.JournalPath, []byte(strings.Replace(string(data), "the person deferred", "nobody was there", 1)), 0o644)
				}
			},
			notice: "the journal was changed from outside: the line after line ",
		},
		"a journal that is gone": {
			change: func(p *promisetest.Play, n int) {
				if n == 20 {
					_ = p.Remove(agent.JournalPath)
				}
			},
			notice: "the journal was changed from outside: it does not hold line ",
		},
		"a journal that is cut": {
			change: func(p *promisetest.Play, n int) {
				if data, _ := p.File(agent.JournalPath); n == 20 {
					p.Put(agent.JournalPath, data[:len(data)/2], 0o644)
				}
			},
			notice: "the journal was changed from outside: it does not hold line ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, last := watched(t, deferringDaily(row.plan...), row.change)
			found := notices(t, last)
			if n := len(slices.DeleteFunc(slices.Clone(found), func(text string) bool { return !strings.HasPrefix(text, row.notice) })); n != 1 {
				t.Errorf("noticed %d times: %q", n, found)
			}
		})
	}
}

func TestResetIsToldAndAnInstallationThatForgetsIsHeard(t *testing.T) {
	for name, forget := range map[string]func(p *promisetest.Play){
		"the command": func(p *promisetest.Play) {
			if err := p.Agent(p.Host()).Reset(t.Context()); err != nil {
				t.Error(err)
			}
		},
		"the package": func(p *promisetest.Play) {
			for _, path := range []string{agent.StatePath, macos.PreferencesPath(agent.Identifier)} {
				if err := p.Remove(path); err != nil {
					t.Error(err)
				}
			}
			p.Put(agent.ResetPath, nil, 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var last journal.Check
			p := promisetest.New(deferringDaily())
			p.Meddle = func(n int) {
				if n == 30 {
					forget(p)
				}
				if c := written(p); len(c.Lines) > 0 {
					last = c
				}
			}
			p.ToEnd(t.Context())
			p.Removed(t)
			resets := slices.DeleteFunc(linesOf(t, last), func(l journalLine) bool { return l.Action != "reset" })
			if len(resets) != 1 || p.Tally.Ended.Sub(sim.CommonStart()) < 33*time.Hour {
				t.Errorf("%d resets are told, and it ends %v", len(resets), p.Tally.Ended)
			}
		})
	}
}

const lockPath = agent.SupportFolder + "/turn.lock"

func TestFilesThatOthersCanWriteAreNotTrusted(t *testing.T) {
	for name, path := range map[string]string{
		"folder": agent.SupportFolder, "program": agent.BinaryPath, "state": agent.StatePath, "journal": agent.JournalPath,
		"LaunchDaemon": agent.LaunchDaemonPath(agent.Identifier), "build settings": agent.BuildPath, "older journal": oldJournalPath,
		"report": agent.ReportPath, "reset mark": agent.ResetPath, "window mark": agent.SupportFolder + "/window.pid", "lock": lockPath,
	} {
		modes := []fs.FileMode{0o666, 0o664, 0o622}
		if path == lockPath {
			modes = append(modes, 0o644, 0o640, 0o604)
		}
		for _, mode := range modes {
			t.Run(fmt.Sprint(name, mode), func(t *testing.T) {
				p := promisetest.New(deferringDaily())
				p.Meddle = func(n int) {
					if n == 2 {
						data, _ := p.File(path)
						if path == agent.BuildPath { // it has nothing to say here
							data = []byte(`<?xml version="1.0"?><plist version="1.0"><dict/></plist>`)
						}
						if path == agent.SupportFolder {
							mode |= fs.ModeDir
						}
						p.Put(path, data, mode)
					}
				}
				p.ToEnd(t.Context())
				if len(p.Turns) < 4 || p.Turns[2].Err == nil || !strings.Contains(p.Turns[2].Err.Error(), "cannot be trusted") {
					t.Fatalf("the turn is taken: %v", p.Turns[2].Err)
				}
				if !p.Said("The fix: sudo chown root:wheel \""+path+"\"; sudo chmod ") || len(p.Tools(p.Turns[2])) > 1 {
					t.Errorf("it runs %q", p.Tools(p.Turns[2]))
				}
			})
		}
	}
}
