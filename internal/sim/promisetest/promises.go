package promisetest

import (
	"strings"
)

// Promise is one of the promises of docs/promises.md.
type Promise struct {
	Number   string // "P1"
	Sentence string
	// Broken lists the breaches of the promise that a play shows, in words; none where there are none, or where the
	// play is one on which the promise cannot be judged.
	Broken func(*Play) []string
}

// Promises lists all promises. Some can be judged in part only on what could be seen of a play: P13 by what the play
// writes itself, P12 by what runs when, P16 by whether there is a reason. The rest of these is for tests that know more.
func Promises() []Promise {
	return []Promise{
		{"P1", "Before the deadline nothing is installed by force and nothing restarts by our doing, unless the person clicks the install button.", (*Play).unforced},
		{"P2", "After the deadline enforcement begins within one `StartInterval` of time that the Mac is awake, its tools work, and it has the power and the space for it. Where only the person can install, enforcement is a reminder that returns.", (*Play).inTime},
		{"P3", "Whoever is at the console sees a final warning for at least `UpdateDelay` before a forced install. With nobody logged in there is nobody to warn; with people logged in and none of them at the console nothing is forced. Where no tool can show a window in three turns in a row, it is done without ([ADR 11](adr/0011-a-broken-window-does-not-stop-enforcement.md)).", (*Play).warnedFirst},
		{"P4", "A deferral lasts as long as it was said to last, unless the deadline ends it. No two prompts come closer together than that.", (*Play).deferredInFull},
		{"P5", "The deadline only moves earlier. A policy that runs again, a reinstall, a restart, an edited preference, a failed look, a closed lid or a clock set back does not move it later; when the clock steps back, deadline and deferral step back with it.", (*Play).neverLater},
		{"P6", "While the clock cannot be right (it shows a time before this build was made) no deadline is set.", (*Play).plausibly},
		{"P7", "A restart happens only when an installed update needs one. When the tool asks for a shut down instead, the Mac is shut down.", (*Play).restartsNeeded},
		{"P8", "Between the polite restart and the forced one lies at least `HardRestartDelay`, and the person is told when the forced one comes.", (*Play).patient},
		{"P9", "Updates that turn up right after a restart belong to the same round, under the same deadline.", (*Play).oneRound},
		{"P10", "What a management profile defers, and major upgrades, are not installed, not counted and not shown, unless the settings allow them.", (*Play).inScope},
		{"P11", "The daemon removes itself only when nothing is left to enforce. Then no file, job or preference of it remains.", (*Play).cleanly},
		{"P12", "Two turns never overlap. The second leaves at once and says why.", (*Play).apart},
		{"P13", "A preference or saved value of the wrong type, sign, size or text is replaced by its default and reported by name. It does not stop enforcement, and it is never executed.", (*Play).undeterred},
		{"P14", "Killed at any instruction, the daemon goes on at its next turn. Nothing is lost, and nobody is asked twice within one deferral; a prompt whose answer was lost with the daemon is asked again.", (*Play).continued},
		{"P15", "A tool that hangs is stopped at its limit. Every turn ends.", (*Play).ending},
		{"P16", "The same settings, state and events lead to the same decision, and `explain` prints the reason for it.", (*Play).explained},
	}
}

// Broken lists the breaches of all promises that a play shows, each with the number of the promise.
func (p *Play) Broken() []string {
	var list []string
	for _, promise := range Promises() {
		for _, breach := range promise.Broken(p) {
			list = append(list, promise.Number+": "+breach)
		}
	}
	return list
}

// Hold demands what every play has to keep, whatever happens in it.
func (p *Play) Hold(t Reporter) {
	t.Helper()
	if broken := p.Broken(); len(broken) > 0 {
		t.Errorf("%s: %s", p.Scenario().Name, strings.Join(broken, "\n"))
		t.Log(p.Story())
	}
}
