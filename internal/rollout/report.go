package rollout

import (
	"context"
	"fmt"
	"time"
)

// Counts are how many Macs there are of each outcome.
type Counts struct {
	InScope      int `json:"in_scope"` // all of them
	Compliant    int `json:"compliant"`
	Pending      int `json:"pending"`
	Deferred     int `json:"deferred"`
	Enforcing    int `json:"enforcing"`
	Failed       int `json:"failed"`
	Waiting      int `json:"waiting"`
	Unknown      int `json:"unknown"`
	NotReporting int `json:"not_reporting"`
}

// of is the count of an outcome.
func (c *Counts) of(o Outcome) *int {
	switch o {
	case Compliant:
		return &c.Compliant
	case Pending:
		return &c.Pending
	case Deferred:
		return &c.Deferred
	case Enforcing:
		return &c.Enforcing
	case Failed:
		return &c.Failed
	case Waiting:
		return &c.Waiting
	case NotReporting:
		return &c.NotReporting
	case Unknown:
	}
	return &c.Unknown
}

// Of is the count of an outcome.
func (c Counts) Of(o Outcome) int { return *c.of(o) }

func (c *Counts) add(o Outcome) {
	c.InScope++
	*c.of(o)++
}

func (c *Counts) merge(other Counts) {
	c.InScope += other.InScope
	for _, o := range Outcomes() {
		*c.of(o) += *other.of(o)
	}
}

// Reporting are those that have reported lately.
func (c Counts) Reporting() int { return c.InScope - c.NotReporting }

// Telling are those of which it is known how they are: neither waiting for the program, nor unknown, nor not reporting.
func (c Counts) Telling() int { return c.Reporting() - c.Waiting - c.Unknown }

// StageReport is how the Macs of a stage are doing.
type StageReport struct {
	Name    string `json:"name"`
	Reached bool   `json:"reached"` // the policy is for it
	Counts
}

// Report is how the Macs of a rollout are doing.
type Report struct {
	At         time.Time     `json:"at"` // by the server's clock
	Server     string        `json:"server"`
	Policy     string        `json:"policy"`       // on, off, or none
	MaxAgeDays int           `json:"max_age_days"` // a Mac whose inventory is older does not report
	Stages     []StageReport `json:"stages"`
	Total      Counts        `json:"total"`        // of the stages that are reached
	Outside    Counts        `json:"outside"`      // have the program, and are in no stage
	NotInScope int           `json:"not_in_scope"` // all others
	Days       *Days         `json:"days,omitempty"`
	Reasons    []Reason      `json:"reasons"`
	Notes      []string      `json:"notes"`
}

// StatusOptions say what a status is about.
type StatusOptions struct {
	MaxAge  time.Duration // of an inventory that tells anything; 0 for a week
	History *History      // earlier snapshots; nil for none
	After   time.Time     // of a snapshot: when the one before it was taken; zero for none
}

// usualMaxAge is after how long without an inventory a Mac does not report.
const usualMaxAge = 7 * 24 * time.Hour

// Status counts how the Macs are doing. It goes through the inventory once, and holds one page of it, and one line of each
// earlier snapshot.
func (r *Rollout) Status(ctx context.Context, o StatusOptions) (*Report, error) {
	report, err := r.status(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("read status: %w", err)
	}
	return report, nil
}

func (r *Rollout) status(ctx context.Context, o StatusOptions) (*Report, error) {
	if o.MaxAge <= 0 {
		o.MaxAge = usualMaxAge
	}
	w, notes, err := r.check(ctx, o.MaxAge)
	if err != nil {
		return nil, err
	}
	t := &tally{watch: w, report: &Report{
		At: w.now, Server: r.config.Server, MaxAgeDays: int(o.MaxAge / (24 * time.Hour)), Notes: append([]string{}, notes...),
		Policy: map[bool]string{true: "on", false: "off"}[w.on],
	}}
	if w.stage < 0 {
		t.report.Policy = "none"
	}
	for i, s := range r.jamf.Stages {
		t.report.Stages = append(t.report.Stages, StageReport{Name: s.Name, Reached: i <= w.stage})
	}
	if t.past, err = o.History.begin(w.now); err != nil {
		return nil, err
	}
	if err := r.census(ctx, w, t.count); err != nil {
		return nil, err
	}
	return t.finish(o.History != nil), nil
}

// tally counts sightings.
type tally struct {
	*watch
	report  *Report
	past    *past
	days    dayCounts
	reasons reasonCounts
}

func (t *tally) count(s Sighting) error {
	story, err := t.past.of(s.ID)
	if err != nil {
		return err
	}
	s = story.complete(s)
	story.add(s)
	t.days.add(story)
	switch {
	case s.Stage != "":
		for i := range t.report.Stages {
			if t.report.Stages[i].Name == s.Stage {
				t.report.Stages[i].add(s.Outcome)
			}
		}
		if s.InScope {
			t.report.Total.add(s.Outcome)
			t.reasons.add(s.reasons)
		}
	case s.Status != "" && s.Status != NotInstalled:
		t.report.Outside.add(s.Outcome)
	default:
		t.report.NotInScope++
	}
	return nil
}

func (t *tally) finish(history bool) *Report {
	r := t.report
	r.Reasons = t.reasons.most()
	if history {
		r.Days = t.days.summary(len(t.past.cursors) + 1)
		return r
	}
	r.Notes = append(r.Notes, "days to compliance are not known without earlier snapshots")
	for _, s := range t.jamf.Stages {
		if t.leaving(s.Groups) {
			r.Notes = append(r.Notes, fmt.Sprintf("stage %s is for Macs that lack an update: those that have it leave the stage, and are counted only with earlier snapshots", s.Name))
		}
	}
	return r
}

// leaving tells whether all groups of a stage are such that Macs leave them with the update.
func (t *tally) leaving(groups []string) bool {
	needy := oursOf(t.needy)
	for _, g := range groups {
		if !needy[g] {
			return false
		}
	}
	return true
}
