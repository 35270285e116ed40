package jamftest

import (
	"net/http"
	"time"
)

// toggle is the switch for plans. It moves some time after it was set.
type toggle struct {
	on      bool      // before that
	wanted  bool      // after that
	started time.Time // zero if it has never been set
	moves   time.Time
	total   int // plans that go when it is switched off
	stopped bool
}

// at tells where it is at a time.
func (t toggle) at(now time.Time) bool {
	if t.started.IsZero() || t.stopped || now.Before(t.moves) {
		return t.on
	}
	return t.wanted
}

// settle lets take effect what has become due while time went by.
func (s *Server) settle() {
	if t := s.toggle; !t.started.IsZero() && !t.stopped && !s.now.Before(t.moves) && t.on != t.wanted {
		s.toggle.on = t.wanted
		if !t.wanted { // everybody's plans go
			s.plans = nil
			for _, m := range s.macs {
				m.plan = nil
			}
		}
	}
	for _, command := range s.commands {
		if m := s.mac(command.mac); m != nil && command.completed.IsZero() && m.live.LastContact.After(command.sent) {
			command.completed = m.live.LastContact
		}
	}
}

type toggleAnswer struct {
	Toggle                       bool `json:"toggle"`
	ForceInstallLocalDateEnabled bool `json:"forceInstallLocalDateEnabled"`
	CustomVersionEnabled         bool `json:"customVersionEnabled"`
	DSSEnabled                   bool `json:"dssEnabled"`
	RecipeEnabled                bool `json:"recipeEnabled"`
}

func (c *call) readToggle() answer {
	return object(http.StatusOK, toggleAnswer{c.toggle.at(c.now), true, true, true, false})
}

// setToggle starts to move the switch. The answer tells where it was, not where it goes.
func (c *call) setToggle() answer {
	in, refusal := decode[toggleAnswer](c, "toggle")
	if refusal != nil {
		return *refusal
	}
	now := c.toggle.at(c.now)
	c.toggle = toggle{on: now, wanted: in.Toggle, started: c.now, moves: c.now, total: len(c.plans)}
	if c.has(Planning) {
		c.toggle.moves = c.now.Add(c.options.ToggleDelay)
	} else {
		now = in.Toggle
	}
	c.settle()
	return object(http.StatusOK, toggleAnswer{now, true, true, true, false})
}

func (c *call) abandonToggle() answer {
	if c.now.Before(c.toggle.moves) {
		c.toggle.stopped = true
	}
	return nothing(http.StatusNoContent)
}

type toggleStatus struct {
	StartTime       *string `json:"startTime"`
	EndTime         *string `json:"endTime"`
	ElapsedTime     *int    `json:"elapsedTime"`
	State           string  `json:"state"`
	TotalRecords    int     `json:"totalRecords"`
	Processed       int     `json:"processedRecords"`
	PercentComplete float64 `json:"percentComplete"`
	Formatted       string  `json:"formattedPercentComplete"`
	ExitState       string  `json:"exitState"`
	ExitMessage     string  `json:"exitMessage"`
}

func (c *call) toggleStatus() answer {
	t := c.toggle
	idle := toggleStatus{State: "NEVER_RAN", ExitState: "UNKNOWN", Formatted: "0 / 0 -> 0% Complete"}
	is := idle
	if !t.started.IsZero() {
		is = t.status(c.now)
	}
	on, off := idle, is
	if t.wanted {
		on, off = is, idle
	}
	return object(http.StatusOK, struct {
		ToggleOn  toggleStatus `json:"toggleOn"`
		ToggleOff toggleStatus `json:"toggleOff"`
	}{on, off})
}

func (t toggle) status(now time.Time) toggleStatus {
	begun := t.started.Format(localTime)
	out := toggleStatus{StartTime: &begun, TotalRecords: t.total, State: "RUNNING", ExitState: "EXECUTING", Formatted: "0% Complete"}
	elapsed := int(now.Sub(t.started) / time.Second)
	switch {
	case t.stopped:
		out.State, out.ExitState = "NOT_RUNNING", "STOPPED"
	case !now.Before(t.moves):
		ended := t.moves.Format(localTime)
		elapsed = int(t.moves.Sub(t.started) / time.Second)
		out.EndTime, out.State, out.ExitState, out.Processed = &ended, "NOT_RUNNING", "COMPLETED", t.total
		out.PercentComplete, out.Formatted = 100, "100% Complete"
	}
	out.ElapsedTime = &elapsed
	return out
}
