// Package preview serves a local page on which an administrator sees what people will see, before they do.
//
// All rests on one pure function: [Play] takes a [Desk] (the settings, a Mac, a person, and what was clicked so far) and
// gives back a [Film], which is the whole round: every moment of it, every window with what it says and how long it
// stands, and how it ends. The film is made by the real agent on the simulated Mac of package sim, from the first look to
// the end, each time that something changes. A round takes some milliseconds. So the server keeps nothing about what is
// looked at, and the slider of the page only moves through a film that is there.
//
// A click on a window of the page is one more entry in the desk, and another film.
//
// Around it are a form made from the table of keys (form.go), the windows in all languages (messages.go), the files that can
// be taken away (export.go), the sheet for the people (sheet.go), and a server that nobody but the administrator's own
// browser gets an answer from (server.go, guard.go).
package preview
