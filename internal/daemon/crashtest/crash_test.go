//go:build linux

package crashtest

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func TestMain(m *testing.M) {
	// What is left of a daemon that was killed becomes ours, so that somebody takes note when it ends.
	const prSetChildSubreaper = 36
	if _, _, err := syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0); err != 0 {
		panic(err)
	}
	os.Exit(m.Run())
}

// What is played in memory and what is played with processes is the same, word for word.
func TestProcessesDoWhatIsDoneInMemory(t *testing.T) {
	program := build(t)
	for _, s := range sim.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			memory := promisetest.New(s).ToEnd(t.Context())
			if len(memory.Turns) > 20 && !prooftest.Full() {
				return
			}
			processes := newRig(t, program).run(s, mishap{kind: none})
			if diff := cmp.Diff(memory.Journal, processes.Journal, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%.3000s", diff)
			}
			if diff := cmp.Diff(memory.Decisions, processes.Decisions, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%.3000s", diff)
			}
			if memory.Log.String() != processes.Log.String() {
				t.Errorf("in memory\n%s\nin processes\n%s", memory.Log.String(), processes.Log.String())
			}
			processes.Hold(t)
		})
	}
}

// Whatever happens to the daemon, and wherever, it goes on and keeps what it promises. It is killed at every point, and has
// another mishap at every step that changes a file, each in its turn.
func TestMishaps(t *testing.T) {
	program := build(t)
	for n, s := range sim.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, program)
			calm := promisetest.New(s).ToEnd(t.Context())
			kills, steps := r.points(s, calm)
			for i := range steps {
				steps[i].kind = others()[(n+i)%len(others())]
			}
			tally := map[kind]int{}
			for _, m := range slices.Concat(sample(kills, 3), sample(steps, 2)) {
				if r.judge(s, m, calm); t.Failed() {
					return
				}
				tally[m.kind]++
			}
			for kind, n := range tally {
				prooftest.Count(t, kind.counted(), n)
			}
		})
	}
}

// Mishaps that are named by INSTALL_OR_DEFER_MISHAP, such as "kill:stubborn/3.17", to look at one again.
func TestNamedMishap(t *testing.T) {
	name := os.Getenv("INSTALL_OR_DEFER_MISHAP")
	if name == "" {
		t.Skip("none is named")
	}
	m, err := parse(name)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario(t, m.scenario)
	r := newRig(t, build(t))
	r.judge(s, m, promisetest.New(s).ToEnd(t.Context()))
	t.Log(r.play.Story())
}

func scenario(t *testing.T, name string) sim.Scenario {
	t.Helper()
	for _, s := range sim.Scenarios() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no scenario %q", name)
	return sim.Scenario{}
}

// run plays a scenario with a mishap.
func (r *rig) run(s sim.Scenario, m mishap) *promisetest.Play {
	r.Helper()
	m.scenario = s.Name
	r.mishap, r.play, r.all = m, promisetest.New(s), map[int][]string{}
	r.play.Take, r.play.Hindered = r.turn, slices.Contains([]kind{full, readOnly, failing}, m.kind)
	r.play.ToEnd(r.Context())
	r.sweep()
	return r.play
}

// judge plays a scenario with a mishap, and holds it to the promises, and to what comes of it without one.
func (r *rig) judge(s sim.Scenario, m mishap, calm *promisetest.Play) {
	r.Helper()
	p := r.run(s, m)
	broken := p.Broken()
	restarts := p.Tally.Restarts - len(p.Entries(sim.KindSystem, "Somebody restarts the Mac."))
	if m.power() && restarts > calm.Tally.Restarts { // else it has saved one
		restarts--
	}
	if restarts != calm.Tally.Restarts {
		broken = append(broken, fmt.Sprintf("%d restarts, and %d without the mishap", restarts, calm.Tally.Restarts))
	}
	for _, doubt := range []string{"changed from outside", "was removed; ", "was set to ", "was set back", "is missing, so"} {
		if p.Said(doubt) && !calm.Said(doubt) {
			broken = append(broken, "it takes the mishap for the deed of a person: "+doubt)
		}
	}
	if p.Tally.Removed != calm.Tally.Removed || !slices.Equal(p.Remaining(), calm.Remaining()) {
		broken = append(broken, fmt.Sprintf("removed: %t, offered: %q, left: %q", p.Tally.Removed, p.Remaining(), p.Leftovers()))
	}
	if len(broken) > 0 {
		r.Errorf("%s, at %q:\n%s\n%s", r.mishap, r.all[m.turn][m.point-1:], strings.Join(broken, "\n"), p.Story())
	}
}

// points lists the points of the first turn of each sort, and those of them that are steps.
func (r *rig) points(s sim.Scenario, calm *promisetest.Play) (all, steps []mishap) {
	r.Helper()
	for _, turn := range turns(calm) {
		r.run(s, mishap{kind: count, turn: turn})
		for i, name := range r.all[turn] {
			m := mishap{kill, s.Name, turn, i + 1}
			all = append(all, m)
			if first, _, _ := strings.Cut(name, " "); !slices.Contains([]string{"before", "during", "after"}, first) {
				steps = append(steps, m)
			}
		}
	}
	return all, steps
}

// turns lists the first turn of each sort: those that run the same tools and take the same decisions are of one. In a
// sample it is the one that does the most, and one other.
func turns(calm *promisetest.Play) (list []int) {
	sorts := map[string]bool{}
	long := func(i int) int { return calm.Turns[i].To - calm.Turns[i].From }
	for i, turn := range calm.Turns {
		var sort strings.Builder
		for _, e := range calm.Journal[turn.From:turn.To] {
			if e.Kind == sim.KindTool || e.Kind == sim.KindDecision {
				name, _, _ := strings.Cut(e.Text, ":")
				sort.WriteString(name + "\n")
			}
		}
		if !sorts[sort.String()] {
			sorts[sort.String()] = true
			list = append(list, i)
		}
	}
	if !prooftest.Full() && len(list) > 2 {
		slices.SortFunc(list, func(i, j int) int { return long(j) - long(i) })
		list = []int{list[0], list[1+hash(calm.Scenario().Name)%(len(list)-1)]}
	}
	return list
}

// sample takes so many of a list, always the same, and spread over it. A proof takes them all.
func sample(list []mishap, most int) (some []mishap) {
	step := (len(list) + most - 1) / most
	if prooftest.Full() || step <= 1 {
		return list
	}
	for i := hash(list[0].scenario) % step; i < len(list); i += step {
		some = append(some, list[i])
	}
	return some
}

func hash(text string) int {
	h := fnv.New32a()
	fmt.Fprint(h, text)
	return int(h.Sum32() >> 1)
}
