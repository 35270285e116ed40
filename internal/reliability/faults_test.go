package reliability_test

import (
	"flag"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/reliability"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

var update = flag.Bool("update", false, "write what the tests compare with")

const (
	proofFile = "../../docs/reliability.json"
	pageFile  = "../../docs/reliability.md"
)

// Every tool misbehaves in every way in every phase, for an hour and for ever: no promise is broken, no round is stuck, and
// nothing is lost. What comes of it is in the table of the page.
func TestEveryToolMisbehavesInEveryWayInEveryPhase(t *testing.T) {
	var got []reliability.Faults
	for n, round := range rounds() {
		f := faults(t, sound(t.Context(), n))
		f.Mac, f.Round = round.mac, round.words
		prooftest.Count(t, "plays with a tool that misbehaves", f.Plays)
		got = append(got, f)
	}
	proof, err := reliability.Read(proofFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if *update && !t.Failed() {
		proof.Faults = got
		if err := proof.Write(proofFile, pageFile); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(proof.Faults, got); diff != "" {
		t.Errorf("run this test with -update, and look at what has changed:\n%s", diff)
	}
}

// faults plays all cells of a round.
func faults(t *testing.T, without *watch) reliability.Faults {
	t.Helper()
	if r, wrong := without.result(without); r != (result{same, "the usual windows", "within 20 minutes"}) || len(wrong) > 0 {
		t.Fatalf("without a fault: %+v, %s\n%s", r, wrong, without.Story())
	}
	play := func(lasting bool) (results map[cell]result) {
		results = map[cell]result{}
		for _, c := range without.cells(lasting) {
			w := c.play(t.Context(), without.opening)
			r, wrong := w.result(without)
			if len(wrong) > 0 {
				t.Errorf("%s %s in %s: %+v\n%s\n%s", c.tool, c.kind, c.phase, r, strings.Join(wrong, "\n"), w.Story())
			}
			results[c] = r
		}
		return results
	}
	passing, lasting := play(false), play(true)
	return reliability.Faults{
		Plays: len(passing) + len(lasting), Unused: without.unused(), Passing: table(passing), Lasting: table(lasting),
	}
}

// unused lists the tools that are not run in the round without a fault.
func (w *watch) unused() []string {
	var names []string
	for _, tool := range macos.Tools() {
		name := path.Base(tool)
		used := slices.ContainsFunc(w.calls, func(c call) bool { return strings.Fields(c.tool)[0] == name })
		if !used && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// The page is made from the file, so that no number on it is typed by hand.
func TestThePageIsMadeFromTheProof(t *testing.T) {
	proof, err := reliability.Read(proofFile)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(proof.Page(), string(page)); diff != "" {
		t.Errorf("the page is not what is made from the file: run make proof, or this package's tests with -update:\n%s", diff)
	}
}

// The page knows every way in which a tool may misbehave, and no other.
func TestThePageKnowsEveryKindOfFault(t *testing.T) {
	var names []string
	for _, k := range reliability.Kinds() {
		names = append(names, k.Name)
	}
	if diff := cmp.Diff(sim.FaultKinds(), names); diff != "" {
		t.Error(diff)
	}
}
