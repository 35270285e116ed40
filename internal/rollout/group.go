package rollout

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// wantedGroups are the smart groups that are declared, each after those that it asks for.
func (r *Rollout) wantedGroups() ([]jamf.SmartGroup, error) {
	declared := slices.Clone(r.jamf.Groups)
	if u := r.jamf.Uninstall; u != nil {
		declared = append(declared, r.installedGroup(*u))
	}
	var list []jamf.SmartGroup
	for _, g := range ordered(declared) {
		rows, err := g.Criteria.Rows()
		if err != nil {
			return nil, fmt.Errorf("smart group %q: %w", g.Name, err)
		}
		list = append(list, jamf.SmartGroup{
			Name: g.Name, Description: marked(g.Description, r.identifier), Criteria: jamfCriteria(rows),
		})
	}
	return list, nil
}

// installedGroup are the Macs that have the program: those that say neither that they do not, nor nothing at all.
func (r *Rollout) installedGroup(u deployment.JamfUninstall) deployment.JamfGroup {
	status := criteria.Test{
		Field: criteria.Attribute, Name: r.jamf.Attributes.AttributeName(deployment.StatusField), Operator: "is_not",
		Values: []string{NotInstalled, ""},
	}
	return deployment.JamfGroup{
		Name: u.Group, Description: "Macs that have the program.", Criteria: criteria.Node{Test: status},
	}
}

// ordered puts each group after those of its kind that it asks for. That none asks for itself was checked.
func ordered(groups []deployment.JamfGroup) []deployment.JamfGroup {
	var list []deployment.JamfGroup
	done := map[string]bool{}
	var visit func(g deployment.JamfGroup)
	visit = func(g deployment.JamfGroup) {
		if done[g.Name] {
			return
		}
		done[g.Name] = true
		for _, name := range g.Criteria.Groups() {
			for _, other := range groups {
				if other.Name == name {
					visit(other)
				}
			}
		}
		list = append(list, g)
	}
	for _, g := range groups {
		visit(g)
	}
	return list
}

func jamfCriteria(rows []criteria.Row) []jamf.Criterion {
	list := make([]jamf.Criterion, len(rows))
	for i, row := range rows {
		list[i] = jamf.Criterion{
			Name: row.Name, Priority: i, AndOr: jamf.And, Operator: row.Operator, Value: row.Value,
			OpeningParen: row.Open, ClosingParen: row.Close,
		}
		if row.Or {
			list[i].AndOr = jamf.Or
		}
	}
	return list
}

// listGroups lists all groups of both kinds, and learns what they are called.
func (r *Rollout) listGroups(ctx context.Context) ([]jamf.ComputerGroup, error) {
	groups, err := r.config.Client.ComputerGroups(ctx)
	for _, g := range groups {
		r.book.names[string(KindGroup)+" "+g.ID] = g.Name
	}
	return groups, err
}

func (r *Rollout) groupDesk() desk[jamf.SmartGroup] {
	type group = jamf.SmartGroup
	of := r.config.Client.SmartGroups()
	return desk[group]{
		kind: KindGroup, find: of.Find, create: of.Create, update: of.Update,
		name: func(v group) string { return v.Name }, id: func(v group) string { return v.ID },
		mark: func(v *group) *string { return &v.Description },
		fields: []field[group]{
			text("description", func(v *group) *string { return &v.Description }),
			{"criteria", showCriteria, func(to *group, v group) { to.Criteria = v.Criteria }},
		},
	}
}

// showCriteria shows criteria as Jamf's page has them, one a line.
func showCriteria(g jamf.SmartGroup) string {
	criteria := slices.Clone(g.Criteria)
	slices.SortStableFunc(criteria, func(a, b jamf.Criterion) int { return a.Priority - b.Priority })
	list := make([]string, len(criteria))
	for i, c := range criteria {
		var b strings.Builder
		if i > 0 {
			b.WriteString(string(c.AndOr) + " ")
		}
		if c.OpeningParen {
			b.WriteString("( ")
		}
		fmt.Fprintf(&b, "%s %s %q", c.Name, c.Operator, c.Value)
		if c.ClosingParen {
			b.WriteString(" )")
		}
		list[i] = b.String()
	}
	return strings.Join(list, "\n")
}
