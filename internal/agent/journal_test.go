package agent_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/journal"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

const oldJournalPath = "/Library/Application Support/install-or-defer/journal.1.jsonl"

// journalLine is a line of the journal, as a reader sees it.
type journalLine struct {
	After, Action, Why, Notice string
	Deadline                   time.Time
	Deferrals                  int
	Updates                    []string
}

// written reads the journal as it is now, without what was put aside, unless there is nothing else.
func written(p *promisetest.Play) journal.Check {
	old, _ := p.File(oldJournalPath)
	data, _ := p.File(agent.JournalPath)
	if len(data) > 0 {
		return journal.Read(data)
	}
	return journal.Read(old)
}

func linesOf(t testing.TB, c journal.Check) []journalLine {
	t.Helper()
	var lines []journalLine
	for _, l := range c.Lines {
		var line journalLine
		if err := json.Unmarshal(l.Raw, &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// notices lists the notices of the journal that was last seen before the program was removed.
func notices(t testing.TB, c journal.Check) []string {
	t.Helper()
	var texts []string
	for _, l := range linesOf(t, c) {
		if l.Notice != "" {
			texts = append(texts, l.Notice)
		}
	}
	return texts
}

// watched plays a scenario, and keeps the journal of each turn's beginning and of the end.
func watched(t *testing.T, s sim.Scenario, before func(p *promisetest.Play, n int)) (p *promisetest.Play, last journal.Check) {
	t.Helper()
	p = promisetest.New(s)
	p.Meddle = func(n int) {
		if before != nil {
			before(p, n)
		}
		if c := written(p); len(c.Lines) > 0 {
			last = c
		}
	}
	p.ToEnd(t.Context())
	p.Hold(t)
	return p, last
}

func TestTheJournalTellsEveryPromptAnswerAndDeferral(t *testing.T) {
	p, last := watched(t, deferringDaily(), nil)
	p.Removed(t)
	if last.Broken != "" || last.Torn != 0 || last.Lines[0].N != 1 {
		t.Fatalf("it is not whole: %+v", last)
	}
	prompts, answers := 0, 0
	for _, l := range linesOf(t, last) {
		if l.Action == "prompt" {
			prompts++
			if len(l.Updates) != 2 || l.Deadline.IsZero() {
				t.Errorf("a prompt is told without what it was about: %+v", l)
			}
		}
		if l.After == "the person deferred" {
			answers++
			if l.Deferrals != answers {
				t.Errorf("deferral %d is told as %d", answers, l.Deferrals)
			}
		}
	}
	if prompts != p.Tally.Prompts || answers != p.Tally.Prompts {
		t.Errorf("%d prompts and %d answers are told of %d", prompts, answers, p.Tally.Prompts)
	}
	if n := notices(t, last); len(n) > 0 {
		t.Errorf("there is nothing to notice: %q", n)
	}
}

func TestATurnWithNothingDueAddsNothing(t *testing.T) {
	sizes := map[int]int{}
	_, _ = watched(t, deferringDaily(), func(p *promisetest.Play, n int) {
		data, _ := p.File(agent.JournalPath)
		sizes[n] = len(data)
	})
	if sizes[2] == 0 || sizes[2] != sizes[6] {
		t.Errorf("%d bytes, and then %d", sizes[2], sizes[6])
	}
}

func TestAChangedJournalGoesOnFromTheHeadThatWasKnown(t *testing.T) {
	seen := 0
	p, last := watched(t, deferringDaily(), func(p *promisetest.Play, n int) {
		if n == 20 {
			seen = written(p).Head().N
			_ = p.Remove(agent.JournalPath)
		}
	})
	p.Removed(t)
	if last.Broken != "" || last.Lines[0].N < seen {
		t.Errorf("it goes on with line %d after %d: %q", last.Lines[0].N, seen, last.Broken)
	}
}

// brokenLedger cannot be written.
type brokenLedger struct{}

func (brokenLedger) Append(string, []byte, fs.FileMode) error { return fs.ErrPermission }

func (brokenLedger) Tail(string, int64) ([]byte, error) { return nil, fs.ErrPermission }

func TestAJournalThatCannotBeWrittenStopsNothing(t *testing.T) {
	p := promisetest.New(deferringDaily())
	p.Play(t.Context(), func(c ctx, host macos.Host) error {
		host.Ledger = brokenLedger{}
		p.Turns = append(p.Turns, promisetest.Turn{})
		return p.Agent(host).Turn(c)
	})
	p.Removed(t)
	if !p.Said("Journal not written") {
		t.Error("it is not said")
	}
}

// unsyncedLedger writes a part of what it is to write, and fails. It does so once.
type unsyncedLedger struct {
	macos.Ledger
	part   func(data []byte) []byte
	failed *bool
}

func (u unsyncedLedger) Append(name string, data []byte, mode fs.FileMode) error {
	if *u.failed {
		return u.Ledger.Append(name, data, mode)
	}
	*u.failed = true
	return errors.Join(u.Ledger.Append(name, u.part(data), mode), syscall.EIO)
}

func TestAJournalThatWasWrittenAndNotSyncedGoesOnBehindIt(t *testing.T) {
	for name, part := range map[string]func([]byte) []byte{
		"nothing is written":  func([]byte) []byte { return nil },
		"half of it":          func(data []byte) []byte { return data[:len(data)/2] },
		"all, and not synced": func(data []byte) []byte { return data },
	} {
		t.Run(name, func(t *testing.T) {
			p := promisetest.New(deferringDaily())
			failed := false
			p.Take = func(c ctx, host macos.Host) error {
				if len(p.Turns) > 3 {
					host.Ledger = unsyncedLedger{host.Ledger, part, &failed}
				}
				return p.Agent(host).Turn(c)
			}
			p.ToEnd(t.Context())
			p.Hold(t)
			p.Removed(t)
			if !failed || p.Said("changed from outside") {
				t.Error(p.Log.String())
			}
		})
	}
}

func TestTheJournalStaysSmallAndWholeOverManyPrompts(t *testing.T) {
	s := deferringDaily()
	s.Limit = 66 * 24 * time.Hour
	s.Settings = map[string]any{"MaxDeferralTime": int64(60 * 24 * 3600), "DeferralPeriod": int64(1800), "PromptTimeout": int64(600)}
	s.Plan = []sim.Event{{At: 0, Do: sim.LogIn}}
	s.Person = answering(sim.Act{Do: sim.Defer})
	most, lines, broken := 0, 0, ""
	p := promisetest.New(s)
	p.Meddle = func(n int) {
		if n%100 != 0 {
			return
		}
		size := 0
		for _, path := range []string{agent.JournalPath, oldJournalPath, agent.StatePath, agent.ReportPath} {
			data, _ := p.File(path)
			size += len(data)
		}
		old, _ := p.File(oldJournalPath)
		data, _ := p.File(agent.JournalPath)
		c := journal.Read(old, data)
		most, lines, broken = max(most, size), c.Head().N, broken+c.Broken
	}
	p.ToEnd(t.Context())
	p.Removed(t)
	if most > 600<<10 || lines < 5_000 || broken != "" {
		t.Errorf("%d bytes at most, %d lines, broken: %q", most, lines, broken)
	}
}
