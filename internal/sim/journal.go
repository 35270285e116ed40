package sim

import (
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Entry is one thing that happened.
type Entry struct {
	At     time.Time // by the Mac's clock
	Kind   EntryKind
	Text   string
	Args   []string // for a tool: its arguments
	Window *Window  // for a window
}

// EntryKind says what an entry is about.
type EntryKind string

// The kinds.
const (
	KindTurn     EntryKind = "turn"     // launchd starts a turn
	KindTool     EntryKind = "tool"     // a tool is run; Text is its name
	KindDecision EntryKind = "decision" // enforce has decided
	KindWindow   EntryKind = "window"   // a window appears
	KindPerson   EntryKind = "person"   // a person does something
	KindSystem   EntryKind = "system"   // the Mac, the network or an administrator does something
)

// Window is what a person sees.
type Window struct {
	Style       macos.Style // of the tool that shows it
	Title, Text string
	Buttons     []string
	Locked      bool          // cannot be closed
	Standing    bool          // stands until it is taken away
	Timeout     time.Duration // after which it closes; 0 for never
	Countdown   string        // the words before a countdown to that
	Help        string        // what is told to who asks for more
}

func (m *Mac) note(kind EntryKind, text string) {
	m.Journal = append(m.Journal, Entry{At: m.Now(), Kind: kind, Text: text})
}

// Note adds a decision to the journal, for who drives the play.
func (m *Mac) Note(text string) { m.note(KindDecision, text) }

// Tally is what a play came to.
type Tally struct {
	Removed  bool      // the daemon has removed itself
	Prompts  int       // prompts shown
	Warnings int       // final warnings shown
	Restarts int       // restarts and shut downs, however they came about
	Forced   int       // of which were forced
	Turns    int       // turns started
	Ended    time.Time // by the Mac's clock
}
