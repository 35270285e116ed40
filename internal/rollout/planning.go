package rollout

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Options are what a plan may do beyond what is safe to do by itself.
type Options struct {
	Adopt  bool // take over objects that were there before, as they are declared
	Resume bool // turn the policy on again, after a rollback
	Copied bool // the file is on the distribution point already, which takes no uploads
	Prune  bool // delete what was made here and is not declared any more
}

// Plan reads the server and lists what differs from the declaration. It writes nothing.
func (r *Rollout) Plan(ctx context.Context, o Options) (*Plan, error) {
	plan := &Plan{Server: r.config.Server, Identifier: r.identifier, Changes: []Change{}, Refusals: []Refusal{}, Notes: []string{}, Leftovers: []Change{}}
	account, err := r.config.Client.Account(ctx)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if missing := account.Missing(r.readPrivileges()); len(missing) > 0 {
		plan.lack(missing, account.Name)
		return plan, nil
	}
	s, items, err := r.survey(ctx, plan)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	plan.items = items
	for _, it := range items {
		s.compare(it, o)
	}
	if err := s.planPackage(ctx, o); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	s.planUninstall(items, o)
	if err := s.planForgotten(ctx, o); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	s.planPolicy(o)
	s.noteFrequency()
	s.noteReach()
	s.noteSoak()
	s.planLeftovers(items, o)
	if missing := account.Missing(writePrivileges(plan.Changes)); len(missing) > 0 {
		plan.lack(missing, account.Name)
	}
	return plan, nil
}

func (p *Plan) lack(privileges []string, account string) {
	p.Refusals = append(p.Refusals, Refusal{
		Problem: fmt.Sprintf("the account %q lacks the privileges %s", account, strings.Join(privileges, ", ")),
		Fix:     "add them to its API role in Jamf Pro, under Settings > API roles and clients",
	})
}

// foreign tells that an object was there before this program.
func (r *Rollout) foreign(it *item) bool {
	e := r.state.entry(it.key)
	known := e != nil && (e.ID == it.id || e.ID == "" && e.Pending)
	return it.exists && !it.marked && !known
}

// compare plans what makes an object what it is to be.
func (s *survey) compare(it *item, o Options) {
	if it.wanted == nil {
		return // its name is refused
	}
	last := s.state.entry(it.key)
	if !it.exists {
		s.plan.Changes = append(s.plan.Changes, Change{Kind: it.kind, Name: it.name, Action: Create, Fields: it.differences(last)})
		return
	}
	fields := it.differences(last)
	if len(fields) == 0 {
		return
	}
	change := Change{Kind: it.kind, Name: it.name, ID: it.id, Action: Update, Fields: fields}
	if s.foreign(it) {
		if !o.Adopt {
			var names []string
			for _, f := range fields {
				names = append(names, f.Field)
			}
			s.plan.refuse(it.key, "there is one already that was not made here, and it differs in "+strings.Join(names, ", "),
				"--adopt makes it what is declared, or write another name")
			return
		}
		change.Adopts = true
	}
	s.plan.Changes = append(s.plan.Changes, change)
}

// planPolicy plans that the policy is turned on, at the end: if it was made here and never turned on yet, or if somebody asks
// for it after a rollback. A rollback stops the rollout, and not one policy: one that is made anew, or under another name,
// stays off as well.
func (s *survey) planPolicy(o Options) {
	if s.jamf.Policy == nil {
		return
	}
	k := key{KindPolicy, s.jamf.Policy.Name}
	last := s.state.entry(k)
	s.plan.on = s.there && s.policy.Enabled
	change := Change{Kind: k.kind, Name: k.name, ID: s.policy.ID, Action: Enable}
	never := !s.there || last != nil && last.Arm
	switch {
	case s.there && s.policy.Enabled:
	case o.Resume || never && s.state.Stopped == nil:
		s.plan.Changes = append(s.plan.Changes, change)
	case s.state.Stopped != nil && !s.there:
		s.plan.note("policy %q is made, and stays off: a rollback stopped the rollout on %s; --resume turns it on", k.name, stamp(*s.state.Stopped))
	case s.state.Stopped != nil:
		s.plan.note("policy %q was turned off by a rollback on %s; --resume turns it on again", k.name, stamp(*s.state.Stopped))
	default:
		s.plan.note("policy %q is off, and not by this program; --resume turns it on", k.name)
	}
}

// stamp is a time for people.
func stamp(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// planUninstall plans that the policy which removes the program is turned off, when the rollout is resumed, and else tells
// that it is on.
func (s *survey) planUninstall(items []*item, o Options) {
	switch {
	case !s.removing:
	case !o.Resume:
		s.plan.note("policy %q is on: it removes the program from Macs that have it", s.jamf.Uninstall.Name)
	default:
		for _, it := range items {
			if it.key == (key{KindPolicy, s.jamf.Uninstall.Name}) {
				s.plan.Changes = slices.Insert(s.plan.Changes, 0, Change{Kind: it.kind, Name: it.name, ID: it.id, Action: Switch})
			}
		}
	}
}

// noteReach tells that a new package goes to all Macs at once which the rollout has reached: stages are for going on, and
// somebody may want to begin again with few.
func (s *survey) noteReach() {
	for _, c := range s.plan.Changes {
		if s.stage > 0 && s.renews(c) {
			s.plan.note("the new package goes to all Macs up to stage %s; whoever wants to begin with few goes back to stage %s before",
				s.plan.Stage, s.jamf.Stages[0].Name)
		}
	}
}

// noteSoak tells that the soak time of the present stage begins anew.
func (s *survey) noteSoak() {
	if s.state.Stage == nil || s.jamf.Policy == nil || s.jamf.Stages[s.stage].Soak == 0 {
		return
	}
	again := s.plan.on && s.state.Stopped != nil
	for _, c := range s.plan.Changes {
		again = again || s.renews(c) || c.Action == Enable
	}
	if again {
		s.plan.note("the soak time of stage %s begins anew with this apply", s.plan.Stage)
	}
}

// noteFrequency tells where the settings do not suit how often the policy runs.
func (s *survey) noteFrequency() {
	if s.jamf.Policy == nil {
		return
	}
	d := s.config.Deployment
	context := settings.LintContext{ResetOnInstall: d.Package.ResetOnInstall, LogoInPackage: d.Logo != ""}
	without := settings.Check(d.Values(), context)
	context.PolicyFrequency = deployment.InJamf(deployment.JamfFrequencies(), s.jamf.Policy.Frequency)
	for _, f := range settings.Check(d.Values(), context) {
		if f.Severity != settings.Remarkable && !slices.Contains(without, f) {
			s.plan.note("%s", f.Message)
		}
	}
}

// planLeftovers lists what was made here and is not declared any more, last things first.
func (s *survey) planLeftovers(items []*item, o Options) {
	declared := map[key]bool{}
	for _, it := range items {
		declared[it.key] = true
	}
	var left []key
	for text, e := range s.state.Objects {
		k, _ := parseKey(text)
		if !declared[k] && e.Created && !e.Pending {
			left = append(left, k)
		}
	}
	if _, known := s.wantedPackage(); !known {
		left = slices.DeleteFunc(left, func(k key) bool { return k.kind == KindPackage })
	}
	slices.SortFunc(left, func(a, b key) int { return byKind(b, a) })
	for _, k := range left {
		change := Change{Kind: k.kind, Name: k.name, ID: s.state.entry(k).ID, Action: Remove}
		if o.Prune {
			s.plan.Changes = append(s.plan.Changes, change)
			continue
		}
		s.plan.Leftovers = append(s.plan.Leftovers, change)
	}
}
