package rollout

import (
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// Outcome is how a Mac is doing.
type Outcome string

// The outcomes. A Mac is compliant only where that is known.
const (
	Compliant    Outcome = "compliant"
	Pending      Outcome = "pending"   // the person is to be asked
	Deferred     Outcome = "deferred"  // the person has deferred
	Enforcing    Outcome = "enforcing" // the deadline has passed, or an installation or a restart is under way
	Failed       Outcome = "failed"
	Waiting      Outcome = "waiting"       // the program is not there yet
	Unknown      Outcome = "unknown"       // what it reports does not tell
	NotReporting Outcome = "not reporting" // its inventory is too old to tell anything
)

// Outcomes are all there are.
func Outcomes() []Outcome {
	return []Outcome{Compliant, Pending, Deferred, Enforcing, Failed, Waiting, Unknown, NotReporting}
}

// Sighting is what was seen of a Mac at one time. A snapshot is a list of these, a line of JSON each.
type Sighting struct {
	At        time.Time `json:"at"` // the same for all of one snapshot
	ID        string    `json:"id"`
	Serial    string    `json:"serial,omitempty"`
	Stage     string    `json:"stage,omitempty"` // the first one that it is in; empty for none
	InScope   bool      `json:"in_scope"`        // the policy is for that stage
	Outcome   Outcome   `json:"outcome"`
	Status    string    `json:"status,omitempty"` // as the Mac reports it
	Reason    string    `json:"reason,omitempty"`
	Blockers  string    `json:"blockers,omitempty"`
	Deadline  string    `json:"deadline,omitempty"`
	Deferrals string    `json:"deferrals,omitempty"`
	Version   string    `json:"version,omitempty"` // of macOS
	Build     string    `json:"build,omitempty"`
	Reported  time.Time `json:"reported,omitzero"`
	Contact   time.Time `json:"contact,omitzero"`

	needs   bool     // it is in a group of Macs that lack an update
	reasons []string // why it is not compliant, as far as the inventory tells
}

// watch is what is needed to judge Macs.
type watch struct {
	*Rollout
	now      time.Time
	maxAge   time.Duration // of an inventory that tells anything
	needy    []string      // groups of Macs that lack an update
	blind    bool          // some of these are not on the server, so that nothing tells which Macs lack none
	stage    int           // that the policy is in; -1 without a policy
	on       bool          // the policy is
	excluded []string      // groups that the policy is not for, by the file or on the server
}

func (r *Rollout) watch(now time.Time, maxAge time.Duration) *watch {
	w := &watch{Rollout: r, now: now, maxAge: maxAge, stage: -1}
	if r.jamf.Policy != nil {
		w.excluded = slices.Clone(r.jamf.Policy.Exclusions)
	}
	for _, g := range r.jamf.Groups {
		if g.UpdateNeeded {
			w.needy = append(w.needy, g.Name)
		}
	}
	return w
}

// attribute is the value of an extension attribute for a field of the report.
func (w *watch) attribute(c jamf.Computer, field string) string {
	if !w.jamf.Attributes.Has(field) {
		return ""
	}
	value, _ := c.Attribute(w.jamf.Attributes.AttributeName(field))
	return value
}

// see judges a Mac.
func (w *watch) see(c jamf.Computer) Sighting {
	stage := w.stageOf(c)
	s := Sighting{
		At: w.now, ID: c.ID, Serial: c.Serial, InScope: stage >= 0 && stage <= w.stage, Version: c.SystemVersion, Build: c.SystemBuild,
		Reported: c.Reported.UTC(), Contact: c.LastContact.UTC(),
		Status: w.attribute(c, deployment.StatusField), Reason: w.attribute(c, "reason"), Blockers: w.attribute(c, "blockers"),
		Deadline: w.attribute(c, "deadline"), Deferrals: w.attribute(c, "deferrals"),
		needs: inAny(c, w.needy),
	}
	if stage >= 0 {
		s.Stage = w.jamf.Stages[stage].Name
	}
	s.Outcome, s.reasons = w.judge(c, s)
	if s.Outcome != Compliant {
		s.reasons = append(s.reasons, w.obstacles(c)...)
	}
	return s
}

// stageOf is the first stage that a Mac is in, or -1. One that the policy excludes is in none.
func (w *watch) stageOf(c jamf.Computer) int {
	if inAny(c, w.excluded) {
		return -1
	}
	return slices.IndexFunc(w.jamf.Stages, func(s deployment.JamfStage) bool { return inAny(c, s.Groups) })
}

func inAny(c jamf.Computer, groups []string) bool {
	return slices.ContainsFunc(c.Groups, func(g jamf.ComputerGroup) bool { return slices.Contains(groups, g.Name) })
}

// judge tells how a Mac is doing, and why that is so where it is not compliant.
func (w *watch) judge(c jamf.Computer, s Sighting) (Outcome, []string) {
	if c.Reported.IsZero() || w.now.Sub(c.Reported) > w.maxAge {
		return NotReporting, []string{"no inventory for a while"}
	}
	because := strings.FieldsFunc(s.Blockers, func(r rune) bool { return r == ';' })
	for i := range because {
		because[i] = strings.TrimSpace(because[i])
	}
	if s.Reason != "" {
		because = append(because, s.Reason)
	}
	switch agent.Status(s.Status) {
	case agent.StatusCompliant:
		if s.needs {
			return Unknown, []string{"it says that it has all updates, and is in a group of Macs that lack one"}
		}
		if w.blind {
			return Unknown, []string{"it says that it has all updates, and the group that would tell is not on the server"}
		}
		return Compliant, nil
	case agent.StatusPending:
		return Pending, because
	case agent.StatusDeferred:
		return Deferred, because
	case agent.StatusEnforcing, agent.StatusInstalling, agent.StatusRestarting:
		return Enforcing, because
	case agent.StatusFailed:
		return Failed, because
	case agent.StatusUnknown:
		return Unknown, append(because, "it does not know its own state")
	case NotInstalled:
		return w.judgeAbsent(c, s)
	case "":
		return Unknown, []string{"it has not reported the attribute yet"}
	}
	return Unknown, []string{"it reports a status that is not known"}
}

// judgeAbsent judges a Mac without the program: it had nothing to do and has removed itself, or it has not come yet. Only the
// groups of Macs that lack an update tell the two apart, and only of a Mac whose macOS is known.
func (w *watch) judgeAbsent(c jamf.Computer, s Sighting) (Outcome, []string) {
	switch {
	case s.needs:
		return Waiting, []string{"the package has not been installed yet"}
	case w.blind:
		return Waiting, []string{"the program is not there, and the group that would tell whether an update is needed is not on the server"}
	case len(w.needy) > 0 && c.SystemVersion != "":
		return Compliant, nil
	}
	return Waiting, []string{"the program is not there, and no group tells whether an update is needed"}
}

// obstacles are what the inventory knows to stand in the way of updates.
func (w *watch) obstacles(c jamf.Computer) []string {
	var list []string
	if !c.Managed {
		list = append(list, "not managed")
	}
	if c.AppleSilicon && c.BootstrapToken == "NOT_ESCROWED" {
		list = append(list, "no bootstrap token is escrowed")
	}
	const scarce = 15_000 // megabytes, below which an update of macOS hardly fits
	if c.FreeMegabytes > 0 && c.FreeMegabytes < scarce {
		list = append(list, "less than 15 GB are free")
	}
	return list
}
