package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// survey reads all that is declared from the server, in an order in which what refers to something comes after it.
type survey struct {
	*Rollout
	plan   *Plan
	groups []jamf.ComputerGroup
	policy jamf.Policy // that installs the package, as the server has it
	there  bool        // there is such a policy
	stage  int         // that it is in

	record   jamf.Package // of the package, as the server has it
	recorded bool
	removing bool // the policy that removes the program is on
}

// items are all objects that are declared.
func (s *survey) items() ([]*item, error) {
	var list []*item
	if s.jamf.Category != "" {
		list = append(list, newItem(s.Rollout, s.categoryDesk(), jamf.Category{Name: s.jamf.Category, Priority: usualPriority}))
	}
	if s.jamf.Uninstall != nil {
		list = append(list, newItem(s.Rollout, s.scriptDesk(), s.wantedScript()))
	}
	attributes, err := s.wantedAttributes()
	if err != nil {
		return nil, err
	}
	for _, a := range attributes {
		list = append(list, newItem(s.Rollout, s.attributeDesk(), a))
	}
	groups, err := s.wantedGroups()
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		list = append(list, newItem(s.Rollout, s.groupDesk(), g))
	}
	if p, ok := s.wantedPackage(); ok && s.jamf.Policy != nil {
		d := s.packageDesk()
		d.settle = func(_ *jamf.Package, found jamf.Package, exists bool) { s.record, s.recorded = found, exists }
		list = append(list, newItem(s.Rollout, d, p))
	}
	if s.jamf.Profile != nil {
		p, err := s.wantedProfile()
		if err != nil {
			return nil, err
		}
		list = append(list, newItem(s.Rollout, s.profileDesk(p), p))
	}
	return append(list, s.policyItems()...), nil
}

// policyItems are the policies.
func (s *survey) policyItems() []*item {
	var list []*item
	if s.jamf.Policy != nil {
		wanted := s.wantedPolicy()
		d := s.policyDesk(wanted)
		d.settle = s.settleStage
		list = append(list, newItem(s.Rollout, d, wanted))
	}
	if s.jamf.Uninstall != nil {
		wanted := s.wantedUninstall()
		d := s.policyDesk(wanted)
		d.settle = func(_ *jamf.Policy, found jamf.Policy, exists bool) { s.removing = exists && found.Enabled }
		list = append(list, newItem(s.Rollout, d, wanted))
	}
	return list
}

// look reads the objects. What is wrong with a name is a refusal; everything else that is wrong is an error.
func (s *survey) look(ctx context.Context, items []*item) error {
	if err := s.lookAtGroups(ctx); err != nil {
		return err
	}
	if err := s.lookAtAttributes(ctx); err != nil {
		return err
	}
	for _, it := range items {
		err := it.look(ctx)
		var wrong *jamf.NameError
		if errors.As(err, &wrong) {
			s.plan.refuse(it.key, wrong.Error(), nameFix(wrong))
			continue
		}
		if err != nil {
			return err
		}
		if it.exists {
			s.book.add(it.key, it.id)
		} else if it.kind == KindGroup && s.listed(it.name) {
			s.plan.refuse(it.key, "there is a static group of this name", "write another name, or rename the static group in Jamf Pro")
		}
	}
	return nil
}

func nameFix(wrong *jamf.NameError) string {
	if wrong.Several {
		return "rename all but one of them in Jamf Pro"
	}
	return fmt.Sprintf("write %q in the file, or rename that one in Jamf Pro", wrong.Found[0])
}

// lookAtGroups lists all groups, of which there are two kinds with names in common, and finds those that are referred to.
func (s *survey) lookAtGroups(ctx context.Context) error {
	if len(s.referred())+len(s.jamf.Groups) == 0 && s.jamf.Uninstall == nil {
		return nil
	}
	var err error
	if s.groups, err = s.listGroups(ctx); err != nil {
		return err
	}
	for _, name := range s.referred() {
		if !s.declares(name) {
			s.findGroup(name)
		}
	}
	return nil
}

// listed tells whether there is a group of a name, of whatever kind.
func (s *survey) listed(name string) bool {
	return slices.ContainsFunc(s.groups, func(g jamf.ComputerGroup) bool { return g.Name == name })
}

// findGroup finds a group that is not made here.
func (s *survey) findGroup(name string) {
	var ids, others []string
	for _, g := range s.groups {
		switch {
		case g.Name == name:
			ids = append(ids, g.ID)
		case strings.EqualFold(g.Name, name):
			others = append(others, g.Name)
		}
	}
	k := key{"computer group", name} // of either kind
	switch {
	case len(ids) == 1:
		s.book.add(key{KindGroup, name}, ids[0])
	case len(ids) > 1:
		wrong := &jamf.NameError{Kind: "computer group", Name: name, Found: ids, Several: true}
		s.plan.refuse(k, wrong.Error(), nameFix(wrong))
	case len(others) > 0:
		wrong := &jamf.NameError{Kind: "computer group", Name: name, Found: others}
		s.plan.refuse(k, wrong.Error(), nameFix(wrong))
	default:
		s.plan.refuse(k, "there is no such group", "make it in Jamf Pro, or declare it under groups")
	}
}

// lookAtAttributes finds the extension attributes that criteria ask for and that are not made here.
func (s *survey) lookAtAttributes(ctx context.Context) error {
	own := map[string]bool{}
	if a := s.jamf.Attributes; a != nil {
		for _, f := range a.Fields {
			own[a.AttributeName(f)] = true
		}
	}
	for _, name := range s.askedAttributes() {
		if own[name] {
			continue
		}
		k := key{KindAttribute, name}
		_, found, err := s.config.Client.ExtensionAttributes().Find(ctx, name)
		var wrong *jamf.NameError
		switch {
		case errors.As(err, &wrong):
			s.plan.refuse(k, wrong.Error(), nameFix(wrong))
		case err != nil:
			return err
		case !found:
			s.plan.refuse(k, "there is no such attribute", "make it in Jamf Pro: a criterion cannot ask for what is not there")
		}
	}
	return nil
}

// settleStage finds out which stage the policy is in, and what it is for in that.
func (s *survey) settleStage(wanted *jamf.Policy, found jamf.Policy, exists bool) {
	s.policy, s.there = found, exists
	s.stage = 0
	if exists {
		s.stage = s.reached(found)
	}
	wanted.Scope.Groups = named(s.groupsUpTo(s.stage))
	s.plan.Stage = s.jamf.Stages[s.stage].Name
	s.noteScope(found)
}

// reached is the last stage of which a group is in the scope of a policy, and the first one if none is. The server's scope
// is what counts, so that a rollout that was widened elsewhere is not narrowed.
func (r *Rollout) reached(found jamf.Policy) int {
	last := 0
	for i, stage := range r.jamf.Stages {
		own := oursOf(stage.Groups)
		if own.show(r.book, found.Scope.Groups) != "" {
			last = i
		}
	}
	return last
}

// noteScope tells what else is in the scope of the policy: it stays, and somebody should know.
func (s *survey) noteScope(found jamf.Policy) {
	policy := s.jamf.Policy.Name
	if found.Scope.AllComputers {
		s.plan.note("policy %q is for all computers, by somebody's hand: stages do not hold it back", policy)
	}
	last := s.state.entry(key{KindPolicy, policy})
	in := oursOf(s.allGroups(), last.groups())
	for _, g := range in.foreign(s.book, found.Scope.Groups) {
		s.plan.note("policy %q is also for the group %q, which is not declared: kept", policy, s.book.name(KindGroup, g))
	}
	if n := len(found.Scope.Computers); n > 0 {
		s.plan.note("policy %q is also for %d single computers: kept", policy, n)
	}
	out := oursOf(s.jamf.Policy.Exclusions, last.without())
	for _, g := range out.foreign(s.book, found.Scope.ExcludedGroups) {
		s.plan.note("policy %q excludes the group %q, which is not declared: kept", policy, s.book.name(KindGroup, g))
	}
	for _, other := range found.Scope.Others {
		s.plan.note("the scope of policy %q has %s: kept", policy, other)
	}
}
