package rollout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// wantedPolicy is the policy that installs the package. What stage it is in follows from the server's.
func (r *Rollout) wantedPolicy() jamf.Policy {
	p := r.jamf.Policy
	wanted := jamf.Policy{
		Name: p.Name, Category: jamf.Reference{Name: r.jamf.Category},
		Triggers:  triggers(p.Triggers, p.Event),
		Frequency: jamf.Frequency(deployment.InJamf(deployment.JamfFrequencies(), p.Frequency)),
		Retry:     jamf.Retry{Event: jamf.RetryNever}, UpdateInventory: p.UpdateInventory,
		Scope: jamf.Scope{ExcludedGroups: named(p.Exclusions)},
	}
	if p.Retries > 0 {
		wanted.Retry = jamf.Retry{Event: jamf.RetryOnCheckIn, Attempts: p.Retries}
	}
	if of, ok := r.wantedPackage(); ok {
		wanted.Packages = []jamf.PolicyPackage{{Name: of.Name, Action: jamf.PackageInstall}}
	}
	return wanted
}

// wantedUninstall is the policy that removes the program.
func (r *Rollout) wantedUninstall() jamf.Policy {
	u := r.jamf.Uninstall
	return jamf.Policy{
		Name: u.Name, Category: jamf.Reference{Name: r.jamf.Category}, Triggers: triggers([]string{"check_in"}, u.Event),
		Frequency: jamf.Frequency(deployment.InJamf(deployment.JamfFrequencies(), u.Frequency)),
		Retry:     jamf.Retry{Event: jamf.RetryNever},
		// A Mac that has removed the program leaves the group by that, so that the policy does not run again.
		UpdateInventory: true,
		Scope:           jamf.Scope{Groups: named([]string{u.Group})},
		Scripts:         []jamf.PolicyScript{{Name: u.Name, Time: jamf.RunAfter}},
	}
}

func triggers(words []string, event string) jamf.Triggers {
	has := func(word string) bool { return slices.Contains(words, word) }
	return jamf.Triggers{
		CheckIn: has("check_in"), EnrollmentComplete: has("enrollment"), Login: has("login"), Startup: has("startup"),
		NetworkStateChanged: has("network_change"), Custom: event,
	}
}

// policyDesk deals with policies. Whether one is enabled is no field: see [Rollout.Apply].
func (r *Rollout) policyDesk(wanted jamf.Policy) desk[jamf.Policy] {
	type policy = jamf.Policy
	of := r.config.Client.Policies()
	last := r.state.entry(key{KindPolicy, wanted.Name})
	return desk[policy]{
		kind: KindPolicy, find: of.Find, create: of.Create, update: of.Update,
		name: func(v policy) string { return v.Name }, id: func(v policy) string { return v.ID },
		fields: slices.Concat([]field[policy]{
			{"triggers", showTriggers, func(to *policy, v policy) { to.Triggers = v.Triggers }},
			{"frequency", func(v policy) string { return string(v.Frequency) }, func(to *policy, v policy) { to.Frequency = v.Frequency }},
			{"retry", showRetry, func(to *policy, v policy) { to.Retry = v.Retry }},
			{"update inventory", func(v policy) string { return fmt.Sprint(v.UpdateInventory) }, func(to *policy, v policy) { to.UpdateInventory = v.UpdateInventory }},
			{"self service", func(v policy) string { return fmt.Sprint(v.SelfService) }, func(to *policy, v policy) { to.SelfService = v.SelfService }},
		}, referenceField(r, func(v *policy) *jamf.Reference { return &v.Category }),
			r.packagesField(wanted), r.scriptsField(wanted),
			scopeFields(r, oursOf(r.allGroups(), namesOf(wanted.Scope.Groups), last.groups()),
				oursOf(namesOf(wanted.Scope.ExcludedGroups), last.without()), func(v *policy) *jamf.Scope { return &v.Scope })),
		ready: func(v policy) (policy, error) { return r.readyPolicy(v) },
	}
}

func showTriggers(p jamf.Policy) string {
	var list []string
	for _, t := range []struct {
		name string
		on   bool
	}{
		{"check_in", p.Triggers.CheckIn},
		{"enrollment", p.Triggers.EnrollmentComplete},
		{"login", p.Triggers.Login},
		{"startup", p.Triggers.Startup},
		{"network_change", p.Triggers.NetworkStateChanged},
	} {
		if t.on {
			list = append(list, t.name)
		}
	}
	if p.Triggers.Custom != "" {
		list = append(list, "event "+p.Triggers.Custom)
	}
	return strings.Join(list, "\n")
}

func showRetry(p jamf.Policy) string {
	if p.Retry.Event == jamf.RetryNever || p.Retry.Event == "" {
		return "never"
	}
	return fmt.Sprintf("%s, %d times", p.Retry.Event, p.Retry.Attempts)
}

// packagesField are the packages of ours in a policy. Others stay.
func (r *Rollout) packagesField(wanted jamf.Policy) []field[jamf.Policy] {
	if len(wanted.Packages) == 0 {
		return nil
	}
	pattern := r.packagePattern()
	name := func(p jamf.PolicyPackage) string {
		return r.book.name(KindPackage, jamf.Reference{ID: p.ID, Name: p.Name})
	}
	return []field[jamf.Policy]{{
		name: "package",
		show: func(v jamf.Policy) string {
			var list []string
			for _, p := range v.Packages {
				if n := name(p); pattern.MatchString(n) {
					list = append(list, fmt.Sprintf("%s (%s)", n, p.Action))
				}
			}
			return lines(list)
		},
		set: func(into *jamf.Policy, wanted jamf.Policy) {
			foreign := slices.DeleteFunc(slices.Clone(into.Packages), func(p jamf.PolicyPackage) bool { return pattern.MatchString(name(p)) })
			into.Packages = slices.Concat(foreign, wanted.Packages)
		},
	}}
}

// scriptsField is our script in a policy. Others stay.
func (r *Rollout) scriptsField(wanted jamf.Policy) []field[jamf.Policy] {
	if len(wanted.Scripts) == 0 {
		return nil
	}
	name := func(s jamf.PolicyScript) string {
		return r.book.name(KindScript, jamf.Reference{ID: s.ID, Name: s.Name})
	}
	ours := wanted.Scripts[0].Name
	return []field[jamf.Policy]{{
		name: "script",
		show: func(v jamf.Policy) string {
			var list []string
			for _, s := range v.Scripts {
				if name(s) == ours {
					list = append(list, fmt.Sprintf("%s (%s)", ours, s.Time))
				}
			}
			return lines(list)
		},
		set: func(into *jamf.Policy, wanted jamf.Policy) {
			foreign := slices.DeleteFunc(slices.Clone(into.Scripts), func(s jamf.PolicyScript) bool { return name(s) == ours })
			into.Scripts = slices.Concat(foreign, wanted.Scripts)
		},
	}}
}

// readyPolicy puts numbers to the names in a policy.
func (r *Rollout) readyPolicy(p jamf.Policy) (jamf.Policy, error) {
	p.Packages, p.Scripts = slices.Clone(p.Packages), slices.Clone(p.Scripts)
	for i, of := range p.Packages {
		ref, err := r.book.reference(KindPackage, of.Name)
		if err != nil {
			return p, err
		}
		p.Packages[i].ID = ref.ID
	}
	for i, of := range p.Scripts {
		ref, err := r.book.reference(KindScript, of.Name)
		if err != nil {
			return p, err
		}
		p.Scripts[i].ID = ref.ID
	}
	return p, r.resolve(&p.Category, &p.Scope)
}
