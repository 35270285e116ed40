// Package agent takes one turn: it takes the lock, loads the settings and the state, asks package enforce what to do,
// saves the state, does it, and goes on until it is told to wait.
//
// The order within a turn is the safety of the program: the state that enforce decided on is on disk before its action
// is carried out. A turn that is killed at any point repeats an action at worst, and never loses a deadline.
//
// Around the turn are the commands that people type: Status, Explain and Doctor only look, Reset forgets the round, and
// Uninstall removes the program.
package agent
