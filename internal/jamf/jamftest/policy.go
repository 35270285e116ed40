package jamftest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// policies are those that Macs run. Only the Classic API knows them.
func policies() *cabinet {
	return &cabinet{
		root: "policy", plural: "policies", model: loadModel("policy"), name: []string{"general", "name"}, id: []string{"general", "id"},
		accept: acceptPolicy,
	}
}

// acceptPolicy derives the trigger, and resets a retry that goes with another frequency.
func acceptPolicy(_ *call, _ int, _, e *element) (*element, *answer) {
	general := func(name string) string { return e.text("general", name) }
	trigger := "USER_INITIATED"
	for _, name := range []string{
		"trigger_checkin", "trigger_enrollment_complete", "trigger_login", "trigger_logout", "trigger_network_state_changed", "trigger_startup",
	} {
		if general(name) == "true" {
			trigger = "EVENT"
		}
	}
	if general("trigger_other") != "" {
		trigger = "EVENT"
	}
	e = e.set(trigger, "general", "trigger")
	for _, name := range []string{"activation_date", "expiration_date"} {
		if text := e.text("general", "date_time_limitations", name); text != "" {
			if _, ok := moment(text); !ok {
				return e, conflict("Problem with general")
			}
		}
	}
	attempts, _ := strconv.Atoi(general("retry_attempts"))
	if general("frequency") != oncePerComputer || general("retry_event") == "none" || attempts < 1 || attempts > 10 {
		e = e.set("none", "general", "retry_event").set("-1", "general", "retry_attempts")
	}
	return e, nil
}

// policiesOf answers with the policies of a category.
func (c *call) policiesOf() answer {
	wanted := c.r.PathValue("category")
	return c.policies.list(func(e *element) bool {
		id, _ := strconv.Atoi(e.text("general", "category", "id"))
		r, _ := c.lookUp("category", id, "")
		return strings.EqualFold(r.name, wanted) || strconv.Itoa(id) == wanted
	})(c)
}

// The frequencies that the server tells apart. A day has 24 hours from the last run, and a month 30 days: not known. Those that count users are taken for one per computer: a Mac here has one.
const (
	oncePerComputer = "Once per computer"
	daily           = "Once every day"
	weekly          = "Once every week"
	monthly         = "Once every month"
	ongoing         = "Ongoing"
)

// instruction is a policy as a Mac gets it.
type instruction struct {
	id        int
	name      string
	checkIn   bool
	events    []string
	frequency string
	retries   int // -1 for none
	recon     bool
	scope     scope
	packages  []job
	scripts   []job
}

// job is a package or a script of a policy.
type job struct {
	id         int
	action     string
	parameters [8]string // of a script: 4 to 11
}

// instructions are the policies that are enabled at a time.
func (s *Server) instructions(v view) []instruction {
	var out []instruction
	for id, e := range s.policies.rows.all(v) {
		if e.text("general", "enabled") != "true" || expired(e, v.now) {
			continue
		}
		o := instruction{
			id: id, name: e.text("general", "name"), checkIn: e.text("general", "trigger_checkin") == "true",
			frequency: e.text("general", "frequency"), retries: -1, recon: e.text("maintenance", "recon") == "true", scope: scopeOf(e),
		}
		for event := range strings.SplitSeq(e.text("general", "trigger_other"), ",") {
			if event = strings.TrimSpace(event); event != "" {
				o.events = append(o.events, event)
			}
		}
		if e.text("general", "retry_event") != "none" {
			o.retries, _ = strconv.Atoi(e.text("general", "retry_attempts"))
		}
		if list := e.at("package_configuration", "packages"); list != nil {
			for _, p := range list.children {
				o.packages = append(o.packages, job{id: number(p), action: p.text("action")})
			}
		}
		if list := e.child("scripts"); list != nil {
			for _, p := range list.children {
				j := job{id: number(p)}
				for i := range j.parameters {
					j.parameters[i] = p.text("parameter" + strconv.Itoa(i+4))
				}
				o.scripts = append(o.scripts, j)
			}
		}
		out = append(out, o)
	}
	return out
}

func expired(e *element, now time.Time) bool {
	from, hasFrom := moment(e.text("general", "date_time_limitations", "activation_date"))
	to, hasTo := moment(e.text("general", "date_time_limitations", "expiration_date"))
	return hasFrom && now.Before(from) || hasTo && now.After(to)
}

func number(e *element) int {
	n, _ := strconv.Atoi(e.text("id")) // what is stored is a number
	return n
}

// scope says which Macs a policy or a profile is for.
type scope struct {
	all                            bool
	macs, groups                   []int
	excludedMacs, excludedFromThem []int
}

func scopeOf(e *element) scope {
	numbers := func(path ...string) (out []int) {
		if list := e.at(path...); list != nil {
			for _, c := range list.children {
				out = append(out, number(c))
			}
		}
		return out
	}
	return scope{
		e.text("scope", "all_computers") == "true",
		numbers("scope", "computers"), numbers("scope", "computer_groups"),
		numbers("scope", "exclusions", "computers"), numbers("scope", "exclusions", "computer_groups"),
	}
}

// covers tells whether a Mac is in a scope, by what it has reported last. Limitations are not looked at: they are about
// people and networks.
func (s *Server) covers(v view, in scope, m *Mac) bool {
	inGroup := func(id int) bool { return s.isMember(v, id, m) }
	if !in.all && !slices.Contains(in.macs, m.ID) && !slices.ContainsFunc(in.groups, inGroup) {
		return false
	}
	return !slices.Contains(in.excludedMacs, m.ID) && !slices.ContainsFunc(in.excludedFromThem, inGroup)
}

// InScope are the numbers of the Macs that the policy of a name is for, enabled or not. It is nil if there is no such
// policy.
func (s *Server) InScope(policy string) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.truth()
	_, e, ok := s.policies.rows.find(v, func(e *element) bool { return e.text("general", "name") == policy })
	if !ok {
		return nil
	}
	found, in := []int{}, scopeOf(e)
	for _, m := range s.macs {
		if s.covers(v, in, &m.reported) {
			found = append(found, m.live.ID)
		}
	}
	return found
}
