package rollout

import (
	"fmt"
	"time"
)

// Gate is what has to hold before the next stage begins, and whether it does.
type Gate struct {
	Stage  string  `json:"stage"` // that is to be left
	Checks []Check `json:"checks"`
}

// Check is one condition of a gate. What is not known does not hold.
type Check struct {
	Name     string `json:"name"`
	Holds    bool   `json:"holds"`
	Measured string `json:"measured"`
	Required string `json:"required"`
}

// Holds tells whether all conditions do.
func (g Gate) Holds() bool {
	for _, c := range g.Checks {
		if !c.Holds {
			return false
		}
	}
	return true
}

// gate judges a stage by a report.
func (r *Rollout) gate(stage int, report *Report, history bool) Gate {
	declared := r.jamf.Stages[stage]
	g := Gate{Stage: declared.Name, Checks: []Check{}}
	if declared.Soak > 0 {
		g.Checks = append(g.Checks, r.soaked(declared.Name, declared.Soak, report.At))
	}
	var sum Counts
	for i := range report.Stages {
		if i <= stage {
			sum.merge(report.Stages[i].Counts)
		}
	}
	add := func(name string, percent *int, part, of int, atLeast bool) {
		if percent == nil {
			return
		}
		c := Check{Name: name, Required: fmt.Sprintf("at most %d %%", *percent), Holds: of > 0 && part*100 <= *percent*of}
		if atLeast {
			c.Required, c.Holds = fmt.Sprintf("at least %d %%", *percent), of > 0 && part*100 >= *percent*of
		}
		if c.Measured = share(part, of); of == 0 && sum.InScope > 0 {
			c.Measured = "not known: no Mac has told how it is"
		}
		g.Checks = append(g.Checks, c)
	}
	add("reporting", declared.Gate.MinReporting, sum.Reporting(), sum.InScope, true)
	add("failed", declared.Gate.MaxFailed, sum.Failed, sum.Telling(), false)
	add("finished", declared.Gate.MinFinished, sum.Compliant, sum.InScope, true)
	if last := len(g.Checks) - 1; declared.Gate.MinFinished != nil && !history && r.hidden(stage) {
		g.Checks[last].Holds = false
		g.Checks[last].Measured = "not known without earlier snapshots: Macs that are finished leave the groups"
	}
	return g
}

// hidden tells whether Macs leave some stage up to this one when they are finished, so that they cannot be counted.
func (r *Rollout) hidden(stage int) bool {
	t := tally{watch: r.watch(time.Time{}, 0)}
	for i, s := range r.jamf.Stages {
		if i <= stage && t.leaving(s.Groups) {
			return true
		}
	}
	return false
}

// share is a part of a whole for people.
func share(part, of int) string {
	if of == 0 {
		return "no Macs"
	}
	const tenths = 1000
	n := (part*tenths + of/2) / of
	return fmt.Sprintf("%d.%d %% (%d of %d)", n/10, n%10, part, of)
}

func (r *Rollout) soaked(stage string, soak time.Duration, now time.Time) Check {
	c := Check{Name: "soak", Required: "at least " + span(soak)}
	mark := r.state.Stage
	if mark == nil || mark.Name != stage {
		c.Measured = "not known: the state does not say since when the stage lasts"
		return c
	}
	if r.state.Stopped != nil {
		c.Measured = "not known: a rollback stopped the rollout, and somebody else has turned it on again; apply begins to count anew"
		return c
	}
	lasted := now.Sub(mark.Since)
	c.Holds, c.Measured = lasted >= soak, span(lasted)
	return c
}

// span is a duration for people, in days and hours, or in less where it is short.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "no time"
	case d < time.Hour:
		return d.Truncate(time.Second).String()
	case d < day:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%day < time.Hour:
		return fmt.Sprintf("%dd", d/day)
	}
	return fmt.Sprintf("%dd %dh", d/day, d%day/time.Hour)
}
