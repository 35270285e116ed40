package reliability_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/reliability"
)

func TestCountsOfOneNameAreAddedUp(t *testing.T) {
	counts, err := reliability.Add([]byte("{\"name\":\"plays\",\"count\":3}\n{\"name\":\"crashes\",\"count\":1}\n{\"name\":\"plays\",\"count\":40}\n"))
	if diff := cmp.Diff([]reliability.Count{{Name: "crashes", Count: 1}, {Name: "plays", Count: 43}}, counts); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, bad := range []string{"plays 3\n", `{"count":3}`, `{"name":"plays","count":-1}`, `{"name":"plays","count":1}` + "\n\n"} {
		if counts, err := reliability.Add([]byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, counts)
		}
	}
}

func proof() reliability.Proof {
	return reliability.Proof{
		Date: "2026-12-03", Go: "go1.26.0", Extent: "It played everything in full.",
		Counts: []reliability.Count{
			{Name: "plays at random", Count: 7200},
			{Name: "histories of one Mac's decisions", Count: 1234567},
			{Name: "kills of an apply", Count: 12},
			{Name: "things of no kind", Count: 5},
		},
		Mutants: []reliability.Tally{{Folder: "internal/enforce", Mutants: 100, Killed: 90, Equivalent: 8, Accepted: 2}},
		Faults: []reliability.Faults{{
			Mac: "A Mac", Round: "The person defers.", Plays: 1098, Unused: []string{"sudo", "uname"},
			Passing: []reliability.Row{{Tools: []string{"arch", "jamf"}, Cells: 9, Outcome: "all as without it", Seen: "the usual windows", Late: "within 20 minutes"}},
			Lasting: []reliability.Row{
				{Tools: []string{"jamf"}, Phases: []string{"a look", "a prompt"}, Kinds: []string{"hang", "exit", "missing"}, Cells: 6, Outcome: "done", Seen: "nothing", Late: "late"},
				{Tools: []string{"jamf"}, Rest: true, Cells: 3, Outcome: "all as without it", Seen: "the usual windows", Late: "within 20 minutes"},
			},
		}},
	}
}

func TestThePageSaysAllThatTheProofHolds(t *testing.T) {
	page := proof().Page()
	for _, want := range []string{
		"The last run was on 2026-12-03, with go1.26.0.\nIt played everything in full.\n",
		"| Histories of one Mac's decisions | 1\u00a0234\u00a0567 |\n",
		"| Plays at random | 7\u00a0200 |\n",
		"| Kills of an apply | 12 |\n",
		"Other counts.\n\n| | |\n|---|--:|\n| Things of no kind | 5 |\n",
		"| `internal/enforce` | 100 | 90 | 8 | 2 |\n",
		"1\u00a0098\nrounds, one for each cell.",
		"| `arch`, `jamf` | misbehaves in any way | any phase | all as without it | the usual windows | within 20 minutes | 9 |\n",
		"| `jamf` | hangs, fails or is missing | a look or a prompt | done | nothing | late | 6 |\n",
		"| `jamf` | misbehaves otherwise | any phase | all as without it | the usual windows | within 20 minutes | 3 |\n",
		"### A Mac\n\nThe person defers.\n", "not in its tables: `sudo`, `uname`.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("it does not hold %q:\n%s", want, page)
		}
	}
}

func TestThePageSaysWhatWasNotPlayed(t *testing.T) {
	p := proof()
	p.Extent = "It was a sample."
	if page := p.Page(); !strings.Contains(page, "with go1.26.0.\nIt was a sample.\n") || strings.Contains(page, "in full.\n") {
		t.Error(page[:1000])
	}
}

// A table has the same number of columns in each of its rows, and no text is left out of a form.
func TestThePageIsInForm(t *testing.T) {
	columns := 0
	for _, line := range strings.Split(proof().Page(), "\n") {
		n := 0
		if strings.HasPrefix(line, "|") {
			n = strings.Count(line, "|")
		}
		if columns > 0 && n > 0 && n != columns || strings.Contains(line, "%!") {
			t.Errorf("%q", line)
		}
		columns = n
	}
	if !regexp.MustCompile(`(?s)^# Reliability\n.*\n## What was tried\n.*\n## Would the tests notice a mistake\?\n.*\n## When a tool misbehaves\n`).MatchString(proof().Page()) {
		t.Error("a part is missing")
	}
}

func TestAProofIsReadAsItWasWritten(t *testing.T) {
	folder := t.TempDir()
	file, page := filepath.Join(folder, "p.json"), filepath.Join(folder, "p.md")
	if err := proof().Write(file, page); err != nil {
		t.Fatal(err)
	}
	got, err := reliability.Read(file)
	if diff := cmp.Diff(proof(), got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := reliability.Read(page); err == nil {
		t.Error("a page is read as a proof")
	}
}
