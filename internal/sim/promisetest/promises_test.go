package promisetest_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

type play = promisetest.Play

// The table of docs/promises.md has the same promises, in the same words.
func TestTheDocumentationHasTheVeryPromises(t *testing.T) {
	page, err := os.ReadFile("../../../docs/promises.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (P\d+) \| (.+?) \| `).FindAllStringSubmatch(string(page), -1)
	promises := promisetest.Promises()
	if len(rows) != len(promises) || len(promises) != 16 {
		t.Fatalf("%d promises are documented, and %d judged", len(rows), len(promises))
	}
	for i, p := range promises {
		if number, sentence := rows[i][1], rows[i][2]; number != p.Number || sentence != p.Sentence {
			t.Errorf("documented is %s: %s\njudged is %s: %s", number, sentence, p.Number, p.Sentence)
		}
	}
}

func TestTheScenariosKeepAllPromises(t *testing.T) {
	for _, s := range sim.Scenarios() {
		promisetest.New(s).ToEnd(t.Context()).Hold(t)
	}
}

// whole is a play with all there is to judge: deferrals, a final warning, an installation, a polite and a forced restart.
func whole(t *testing.T) *play {
	s := sim.Scenarios()[0]
	s.Settings = map[string]any{"MaxDeferralTime": int64(2 * 3600), "DeferralPeriod": int64(2400), "PromptTimeout": int64(600)}
	return promisetest.New(s).ToEnd(t.Context())
}

// entry finds the first entry of a kind that holds a text.
func entry(p *play, kind sim.EntryKind, text string) *sim.Entry {
	i := slices.IndexFunc(p.Journal, func(e sim.Entry) bool { return e.Kind == kind && strings.Contains(e.Text, text) })
	return &p.Journal[i]
}

// decision finds the first decision of a type.
func decision[A enforce.Action](p *play) *promisetest.Decision {
	i := slices.IndexFunc(p.Decisions, func(d promisetest.Decision) bool { _, ok := d.Action.(A); return ok })
	return &p.Decisions[i]
}

// drop takes entries out of the journal, but for decisions, which have their list beside it.
func drop(p *play, gone func(sim.Entry) bool) {
	for i, e := range p.Journal {
		if gone(e) {
			p.Journal[i] = sim.Entry{At: e.At, Kind: sim.KindSystem, Text: "Nothing."}
		}
	}
}

func windows(sort func(*sim.Window) bool) func(sim.Entry) bool {
	return func(e sim.Entry) bool { return e.Kind == sim.KindWindow && sort(e.Window) }
}

// A promise whose breach nobody would notice is worth nothing, so each is broken, in every way that is looked for.
func TestABrokenPromiseIsNoticed(t *testing.T) {
	broken := map[string]int{}
	for _, d := range doctored() {
		t.Run(d.promise+"/"+d.name, func(t *testing.T) {
			promises := promisetest.Promises()
			i := slices.IndexFunc(promises, func(p promisetest.Promise) bool { return p.Number == d.promise })
			p := whole(t)
			if broken := promises[i].Broken(p); len(broken) > 0 {
				t.Fatalf("broken as it is: %q", broken)
			}
			d.do(p)
			if broken := promises[i].Broken(p); !strings.Contains(strings.Join(broken, "\n"), d.says) {
				t.Errorf("unnoticed, but for %q", broken)
			}
		})
		broken[d.promise]++
	}
	for _, p := range promisetest.Promises() {
		if broken[p.Number] == 0 {
			t.Errorf("%s is never broken", p.Number)
		}
	}
}
