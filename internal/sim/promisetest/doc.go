// Package promisetest holds plays to the promises of docs/promises.md.
//
// A [Play] is a scenario played on a Mac in memory, with all that could be seen of it: what the Mac's journal tells,
// what was decided, and when each turn began and ended. [Promises] lists the sixteen promises, each with a function that
// looks for a breach of it in a play, whatever happened there. Nothing here looks into the agent: a play may as well be
// one of a daemon that runs as a process of its own.
//
// [Random] draws plays, for tests that try to break a promise.
package promisetest
