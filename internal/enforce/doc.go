// Package enforce decides what happens next to a Mac's pending updates.
//
// It is the core of install-or-defer, and it is pure: no clock, no files, no processes. A caller tells [Step] what
// happened (an [Event]), at what time, under which [Policy], and in which [State]; Step answers with the next state and
// with one [Action] to carry out. The caller saves the state, carries the action out, and comes back with the event
// that came of it, until the action is [Wait], which ends the turn.
//
//	TurnStarted ─→ Look ─→ Looked ─→ Download ─→ Downloaded ─→ Prompt ─→ Answered ─→ Wait
//	                 │                                            └→ Install ─→ Installed ─→ AskRestart …
//	                 └→ nothing to enforce: Finish
//
// A round begins with the first conclusive look that finds a required update, and ends with the first that finds none.
// Its deadline is set once, when it begins, and from then on only ever moves earlier.
//
// The promises P1 to P16 that this package keeps are listed in docs/promises.md; each has a test of that name.
package enforce
