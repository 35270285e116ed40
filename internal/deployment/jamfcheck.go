package deployment

import (
	"fmt"
	"slices"
	"strings"
)

// jamfCheck reads and compares what stands under jamf.
type jamfCheck struct {
	*reader
	jamf            *Jamf
	at              map[string]place // of sections
	groupPlaces     []place
	attributePlaces []namedPlace
	scoped          []namedPlace // groups that stages name
}

// stage reads a stage.
func (c *jamfCheck) stage(e entry, path string) JamfStage {
	var s JamfStage
	c.fields(e, path, map[string]func(entry, string){
		"name": func(f entry, at string) { s.Name = c.jamfName(f, at) },
		"groups": func(f entry, at string) {
			s.Groups = each(c.reader, f, at, func(item entry, at string) string {
				name := c.jamfName(item, at)
				c.scoped = append(c.scoped, namedPlace{item.at, at, name})
				return name
			})
		},
		"soak": func(f entry, at string) { s.Soak = c.span(f, at, 365) },
		"gate": func(f entry, at string) { s.Gate = c.gate(f, at) },
	})
	if s.Name == "" {
		c.add(e.at, path, "has no name; write name: …")
	}
	if len(s.Groups) == 0 {
		c.add(e.at, path, "has no groups; write groups: [Test Macs]")
	}
	if s.Gate != (JamfGate{}) {
		c.at["gate"] = e.at
	}
	return s
}

func (c *jamfCheck) gate(e entry, path string) JamfGate {
	var g JamfGate
	percent := func(into **int) func(entry, string) {
		return func(f entry, at string) {
			n := c.number(f, at, 0, 100)
			*into = &n
		}
	}
	c.fields(e, path, map[string]func(entry, string){
		"min_reporting_percent": percent(&g.MinReporting), "max_failed_percent": percent(&g.MaxFailed),
		"min_finished_percent": percent(&g.MinFinished),
	})
	return g
}

// check compares the sections with each other.
func (c *jamfCheck) check() {
	j := c.jamf
	if j.Policy != nil && len(j.Stages) == 0 {
		c.add(c.at["policy"], "jamf.policy", "has no stages, so that it would be for no Mac; write stages: with at least one")
	}
	if j.Policy == nil && len(j.Stages) > 0 {
		c.add(c.at["stages"], "jamf.stages", "are of a policy, and there is none; write policy: {}")
	}
	if j.Profile != nil && len(j.Profile.Groups)+len(j.Stages) == 0 {
		c.add(c.at["profile"], "jamf.profile", "is for no Mac; write groups:, or stages: with a policy")
	}
	if j.Uninstall != nil && !j.Attributes.Has(StatusField) {
		c.add(c.at["uninstall"], "jamf.uninstall", "needs to know which Macs have the program; write extension_attributes: {} with the field status")
	}
	if _, gated := c.at["gate"]; gated && !j.Attributes.Has(StatusField) {
		c.add(c.at["stages"], "jamf.stages", "have a gate, which needs to know how Macs are; write extension_attributes: {} with the field status")
	}
	if j.Policy != nil && j.Uninstall != nil {
		c.different("jamf.uninstall.name", j.Policy.Name, j.Uninstall.Name)
		c.different("jamf.uninstall.event", j.Policy.Event, j.Uninstall.Event)
	}
	c.groupNames()
	c.stageNames()
	c.attributeNames()
	c.cycles()
}

func (c *jamfCheck) different(key, policy, uninstall string) {
	if policy != "" && strings.EqualFold(policy, uninstall) {
		c.add(c.at["uninstall"], key, "is that of the policy, too")
	}
}

// groupNames refuses names that Jamf Pro takes for the same.
func (c *jamfCheck) groupNames() {
	seen := map[string]string{}
	if c.jamf.Uninstall != nil {
		seen[strings.ToLower(c.jamf.Uninstall.Group)] = "the group of jamf.uninstall"
	}
	for i, g := range c.jamf.Groups {
		key, path := strings.ToLower(g.Name), fmt.Sprintf("jamf.groups[%d]", i)
		if other, twice := seen[key]; twice && g.Name != "" {
			c.add(c.groupPlaces[i], path+".name", "%q is taken by %s; Jamf Pro does not tell capital letters from small ones", g.Name, other)
		}
		seen[key] = path
		for _, asked := range g.Criteria.Groups() {
			if near := c.almost(asked); near != "" {
				c.add(c.groupPlaces[i], path+".criteria", "%q differs by case from the group that is declared; write %q", asked, near)
			}
		}
	}
}

// almost is the name of a declared group that a name differs from by case only.
func (c *jamfCheck) almost(name string) string {
	for _, g := range c.declared() {
		if g != name && strings.EqualFold(g, name) {
			return g
		}
	}
	return ""
}

func (c *jamfCheck) stageNames() {
	names, groups := map[string]bool{}, map[string]string{}
	for i, s := range c.jamf.Stages {
		if key := strings.ToLower(s.Name); key != "" && names[key] {
			c.add(c.at["stages"], fmt.Sprintf("jamf.stages[%d].name", i), "%q is the name of another stage, too", s.Name)
		} else {
			names[key] = true
		}
		for _, g := range s.Groups {
			if other, twice := groups[strings.ToLower(g)]; twice && g != "" {
				c.add(c.at["stages"], fmt.Sprintf("jamf.stages[%d].groups", i), "%q is in stage %s already", g, other)
			}
			groups[strings.ToLower(g)] = s.Name
		}
	}
	for _, s := range c.scoped {
		if near := c.almost(s.name); near != "" {
			c.add(s.at, s.path, "%q differs by case from the group that is declared; write %q", s.name, near)
		}
	}
}

// declared are the names of the groups that are made.
func (c *jamfCheck) declared() []string {
	var names []string
	for _, g := range c.jamf.Groups {
		names = append(names, g.Name)
	}
	if c.jamf.Uninstall != nil {
		names = append(names, c.jamf.Uninstall.Group)
	}
	return names
}

// attributeNames refuses names that are almost those of our own attributes.
func (c *jamfCheck) attributeNames() {
	if c.jamf.Attributes == nil {
		return
	}
	for _, p := range c.attributePlaces {
		for _, f := range AttributeFields() {
			ours := c.jamf.Attributes.AttributeName(f.Name)
			switch {
			case p.name != ours && strings.EqualFold(p.name, ours):
				c.add(p.at, p.path, "differs by case from an extension attribute of ours; write %q", ours)
			case p.name == ours && !c.jamf.Attributes.Has(f.Name):
				c.add(p.at, p.path, "%q is not made; write %s among the fields of extension_attributes", ours, f.Name)
			}
		}
	}
}

// cycles refuses groups that ask for each other.
func (c *jamfCheck) cycles() {
	const open, done = 1, 2
	state := map[string]int{}
	byName := map[string]JamfGroup{}
	for _, g := range c.jamf.Groups {
		byName[g.Name] = g
	}
	var visit func(name string) bool
	visit = func(name string) bool {
		g, ours := byName[name]
		if !ours || state[name] == done {
			return false
		}
		if state[name] == open {
			return true
		}
		state[name] = open
		round := slices.ContainsFunc(g.Criteria.Groups(), visit)
		state[name] = done
		return round
	}
	for i, g := range c.jamf.Groups {
		if visit(g.Name) {
			c.add(c.groupPlaces[i], fmt.Sprintf("jamf.groups[%d].criteria", i), "asks for a group that asks for this one")
		}
	}
}
