//go:build unix

package crashtest

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/daemon"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// socket is where the test listens, as its processes see it.
const socket = "/socket"

// hello is the first thing that a process says.
type hello struct {
	PID   int
	PPID  int    // of a tool, that of the daemon which has started it
	Tool  string // its path; empty for the daemon
	Args  []string
	Stdin string
}

// request is what the daemon asks. One of its fields is set, and Lines beside it.
type request struct {
	Lines    string         // what the agent has said since the last request
	Step     *daemon.Step   // may it be taken?
	Sleep    time.Duration  // let that much time pass
	Run      *macos.Command // a tool is about to be run
	Ran      bool           // and has ended
	Start    *macos.Command // a tool is about to be started
	Started  bool           // and stands
	Failed   bool           // or could not be started
	Decision *decision
	End      *end // the turn has ended
}

// reply is what the test answers.
type reply struct {
	Now    time.Time
	Errno  int          // for a step: why it is refused
	Output macos.Output // for a tool: what it is to print; for Ran: the rest of it
	Hang   bool         // for a tool: it does not end by itself, and its time is up
	Stand  bool         // for a tool: it stands until it is ended
	Built  time.Time    // for hello
}

// end is how a turn ended.
type end struct {
	Error  string
	Locked bool // another turn was under way
	Budget bool
}

// decision is a decision of the agent.
type decision struct {
	agent.Decision
	Type   string
	Detail json.RawMessage // the action
}

func pack(d agent.Decision) (decision, error) {
	detail, err := json.Marshal(d.Action)
	packed := decision{d, reflect.TypeOf(d.Action).Name(), detail}
	packed.Action = nil
	return packed, err
}
