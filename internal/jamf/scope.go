package jamf

import (
	"fmt"
	"slices"
	"strings"
)

// Scope says which computers a policy or a profile is for. Jamf replaces the scope it is sent as a whole, so what is in
// Others goes back as it came.
type Scope struct {
	AllComputers   bool
	Groups         []Reference // computer groups, by id; the names are for people
	Computers      []Reference
	ExcludedGroups []Reference
	Others         []string // what else limits or widens it, such as "buildings: 2", for a warning; not written
}

// readScope reads a <scope>.
func readScope(e *element) Scope {
	return Scope{
		AllComputers:   e.is("all_computers"),
		Groups:         references(e.child("computer_groups"), "computer_group"),
		Computers:      references(e.child("computers"), "computer"),
		ExcludedGroups: references(e.child("exclusions", "computer_groups"), "computer_group"),
		Others:         otherScope(e),
	}
}

func references(list *element, name string) []Reference {
	var found []Reference
	for _, e := range list.all(name) {
		found = append(found, e.reference())
	}
	return found
}

// otherScope tells what is in a scope besides computers and groups.
func otherScope(scope *element) []string {
	var others []string
	tell := func(prefix string, parent *element, ours ...string) {
		if parent == nil {
			return
		}
		for _, e := range parent.children {
			n := len(e.children) - len(e.all("size"))
			if n == 0 && strings.EqualFold(strings.TrimSpace(e.text), "true") {
				n = 1
			}
			if n > 0 && !slices.Contains(ours, e.name) {
				others = append(others, fmt.Sprintf("%s%s: %d", prefix, e.name, n))
			}
		}
	}
	tell("", scope, "all_computers", "computer_groups", "computers", "exclusions", "limitations", "limit_to_users")
	tell("limitations/", scope.child("limitations"))
	tell("limit_to_users/", scope.child("limit_to_users"))
	tell("exclusions/", scope.child("exclusions"), "computer_groups")
	return others
}

// same compares what is written of two scopes. Jamf keeps no order.
func (s Scope) same(other Scope) bool {
	return s.AllComputers == other.AllComputers && sameIDs(s.Groups, other.Groups) &&
		sameIDs(s.Computers, other.Computers) && sameIDs(s.ExcludedGroups, other.ExcludedGroups)
}

func sameIDs(a, b []Reference) bool { return slices.Equal(ids(a), ids(b)) }

func ids(list []Reference) []string {
	found := make([]string, 0, len(list))
	for _, r := range list {
		found = append(found, r.ID)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (s Scope) refuse() error {
	for _, list := range [][]Reference{s.Groups, s.Computers, s.ExcludedGroups} {
		for _, r := range list {
			if err := checkID(r.ID); err != nil {
				return fmt.Errorf("scope: %w", err)
			}
		}
	}
	return nil
}

// splice is a whole <scope> for writing: the server's, with our lists in the place of its own. An element of a list that
// stays is the server's very own.
func (s Scope) splice(server *element) *element {
	if server == nil {
		server = branch("scope")
	}
	was := readScope(server)
	made := server
	if server.child("all_computers") == nil || was.AllComputers != s.AllComputers {
		made = made.with(flag("all_computers", s.AllComputers))
	}
	if server.child("computers") == nil || !sameIDs(was.Computers, s.Computers) {
		made = made.with(spliceList(server.child("computers"), "computers", "computer", s.Computers))
	}
	if server.child("computer_groups") == nil || !sameIDs(was.Groups, s.Groups) {
		made = made.with(spliceList(server.child("computer_groups"), "computer_groups", "computer_group", s.Groups))
	}
	if !sameIDs(was.ExcludedGroups, s.ExcludedGroups) {
		exclusions := server.child("exclusions")
		if exclusions == nil {
			exclusions = branch("exclusions")
		}
		list := spliceList(exclusions.child("computer_groups"), "computer_groups", "computer_group", s.ExcludedGroups)
		made = made.with(exclusions.with(list))
	}
	return made
}

func spliceList(server *element, name, each string, wanted []Reference) *element {
	held := map[string]*element{}
	for _, e := range server.all(each) {
		held[e.reference().ID] = e
	}
	list := branch(name)
	for _, id := range ids(wanted) {
		if held[id] == nil {
			held[id] = branch(each, leaf("id", id))
		}
		list.children = append(list.children, held[id])
	}
	return list
}

func (s Scope) clone() Scope {
	s.Groups, s.Computers = slices.Clone(s.Groups), slices.Clone(s.Computers)
	s.ExcludedGroups, s.Others = slices.Clone(s.ExcludedGroups), slices.Clone(s.Others)
	return s
}
