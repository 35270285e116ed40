package jamftest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The states of a plan that are not on the way to another.
const (
	planFailed    = "PlanFailed"
	planCompleted = "PlanCompleted"
	ddmScheduled  = "DDMPlanScheduled"
	mdmScheduled  = "MDMPlanScheduled"
)

// grace is how long the server waits for word from a Mac that should have installed.
const grace = 24 * time.Hour

// passage is a state, and how long after the plan was made it is left.
type passage struct {
	state string
	until time.Duration
}

// state is that of a plan at a time, and why it has failed if it has.
func (s *Server) state(p *plan, at time.Time) (state string, reasons []string) {
	since := at.Sub(p.made)
	if len(p.reasons) > 0 {
		if s.has(Planning) {
			for i, state := range []string{"Init", "PendingPlanValidation", "RejectingPlan"} {
				if since < time.Duration(i+1)*s.options.PlanStep {
					return state, nil
				}
			}
		}
		return planFailed, p.reasons
	}
	for _, passage := range s.passages(p) {
		if since < passage.until {
			return passage.state, nil
		}
	}
	m := s.mac(p.mac)
	switch {
	case m == nil || m.live.Silent && since < s.installs(p)+s.options.UpdateTime+grace:
		return "CollectingDDMStatus", nil
	case m.live.Silent:
		return planFailed, []string{"NO_DEVICE_STATUS_BY_GRACE_PERIOD"}
	case m.live.Failing:
		return planFailed, []string{"DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED"}
	}
	return planCompleted, nil
}

// passages are the states that an accepted plan goes through.
func (s *Server) passages(p *plan) (list []passage) {
	step := s.options.PlanStep
	scheduling, scheduled := "SchedulingMDM", mdmScheduled
	if p.config.UpdateAction == actionSchedule {
		scheduling, scheduled = "SchedulingDDM", ddmScheduled
	}
	if s.has(Planning) {
		for i, state := range []string{"Init", "PendingPlanValidation", "AcceptingPlan", "ProcessingPlanType", "StartingPlan", scheduling} {
			list = append(list, passage{state, time.Duration(i+1) * step})
		}
	}
	due := s.installs(p)
	starting, collecting := "WaitingToStartDDMUpdate", "CollectingDDMStatus"
	if scheduled == mdmScheduled {
		starting, collecting = "SchedulingOSUpdate", "CollectingOSUpdateStatus"
	}
	return append(list,
		passage{scheduled, due}, passage{starting, due + step}, passage{collecting, due + s.options.UpdateTime - step},
		passage{"VerifyingInstallation", due + s.options.UpdateTime})
}

// installs is when the Mac starts to install, from when the plan was made.
func (s *Server) installs(p *plan) time.Duration {
	soonest := 7 * s.options.PlanStep
	if p.forced.IsZero() {
		return soonest
	}
	return max(soonest, p.forced.Sub(p.made))
}

// over tells whether a plan has come to an end.
func (s *Server) over(p *plan, at time.Time) bool {
	state, _ := s.state(p, at)
	return state == planFailed || state == planCompleted
}

// carryOut lets a Mac do what its plan says, and tells whether it has.
func (s *Server) carryOut(m *machine, at time.Time) bool {
	p := m.plan
	if p == nil || m.live.Failing || byVersion(m.live.Version, p.target.Version) >= 0 {
		return false
	}
	if at.Before(p.made.Add(s.installs(p) + s.options.UpdateTime)) {
		return false
	}
	m.live.Version, m.live.Build, m.live.Supplemental = p.target.Version, p.target.Build, p.target.Build
	return true
}

// shownPlan is a plan as it is read.
func (c *call) shownPlan(p *plan) any {
	type device struct {
		DeviceID   string `json:"deviceId"`
		ObjectType string `json:"objectType"`
		Href       string `json:"href"`
	}
	type status struct {
		State        string   `json:"state"`
		ErrorReasons []string `json:"errorReasons"`
	}
	deferrals := 0
	if p.config.MaxDeferrals != nil {
		deferrals = *p.config.MaxDeferrals
	}
	state, reasons := c.state(p, c.now)
	return struct {
		PlanUUID                  string  `json:"planUuid"`
		Device                    device  `json:"device"`
		UpdateAction              string  `json:"updateAction"`
		VersionType               string  `json:"versionType"`
		SpecificVersion           string  `json:"specificVersion"`
		BuildVersion              *string `json:"buildVersion"`
		MaxDeferrals              int     `json:"maxDeferrals"`
		ForceInstallLocalDateTime *string `json:"forceInstallLocalDateTime"`
		RecipeID                  string  `json:"recipeId"`
		Status                    status  `json:"status"`
	}{
		p.uuid,
		device{strconv.Itoa(p.mac), computerType, "/v1/computers-inventory/" + strconv.Itoa(p.mac)},
		p.config.UpdateAction, p.config.VersionType, p.config.SpecificVersion, p.config.BuildVersion, deferrals,
		p.config.ForceInstallLocalDateTime, none,
		status{state, append([]string{}, reasons...)},
	}
}

// listPlans lists plans. They are filtered by their state as if it were not within the status.
func (c *call) listPlans() answer {
	p, refusal := c.paging([]string{
		"planUuid", "device.deviceId", "device.objectType", "updateAction", "versionType", "specificVersion", "maxDeferrals", "recipeId",
		"forceInstallLocalDateTime", "state",
	}, "planUuid:asc")
	if refusal != nil {
		return *refusal
	}
	return c.pagedPlans(p, func(*plan) bool { return true })
}

func (c *call) pagedPlans(p paging, want func(*plan) bool) answer {
	fields := func(one *plan) func(string) string {
		return func(name string) string { return c.planField(one, name) }
	}
	found := sorted(c.plans, func(one *plan) bool { return want(one) && p.filter(fields(one)) }, func(a, b *plan) int {
		return p.compare(fields(a), fields(b))
	})
	out := paged{TotalCount: len(found), Results: []any{}}
	for _, one := range pick(p, found) {
		out.Results = append(out.Results, c.shownPlan(one))
	}
	return object(http.StatusOK, out)
}

func (c *call) planField(p *plan, name string) string {
	switch name {
	case "planUuid":
		return p.uuid
	case "device.deviceId":
		return strconv.Itoa(p.mac)
	case "device.objectType":
		return computerType
	case "updateAction":
		return p.config.UpdateAction
	case "versionType":
		return p.config.VersionType
	case "specificVersion":
		return p.config.SpecificVersion
	case "maxDeferrals":
		if p.config.MaxDeferrals != nil {
			return strconv.Itoa(*p.config.MaxDeferrals)
		}
		return "0"
	case "recipeId":
		return none
	case "forceInstallLocalDateTime":
		return deref(p.config.ForceInstallLocalDateTime)
	case "state":
		state, _ := c.state(p, c.now)
		return state
	}
	return ""
}

func (c *call) plan() *plan {
	for _, p := range c.plans {
		if strings.EqualFold(p.uuid, c.r.PathValue("id")) {
			return p
		}
	}
	return nil
}

func (c *call) readPlan() answer {
	p := c.plan()
	if p == nil {
		return missing(c.r.PathValue("id"))
	}
	return object(http.StatusOK, c.shownPlan(p))
}

// planPart makes the operations whose paths a pattern cannot tell apart: plans/group/{id}, plans/{id}/events and
// plans/{id}/declarations. The first needs more privileges.
func planPart(more string) func(*call) answer {
	return func(c *call) answer {
		switch part := c.r.PathValue("part"); {
		case c.r.PathValue("id") == "group":
			for _, privilege := range split(strings.TrimPrefix(more, ", ")) {
				if !c.who.may(privilege) {
					return *forbidden(privilege)
				}
			}
			c.r.SetPathValue("id", part)
			return c.groupPlans()
		case part == "events":
			return c.planEvents()
		case part == "declarations":
			return c.planDeclarations()
		}
		return *refuse(http.StatusNotFound)
	}
}

// groupPlans answers with the plans of those who are in a group now.
func (c *call) groupPlans() answer {
	if refusal := among("group-type", c.query().Get("group-type"), computerGroupType, "MOBILE_DEVICE_GROUP"); refusal != nil {
		return *refusal
	}
	if _, ok := c.groups.get(c.view, c.id()); !ok {
		return missing(c.r.PathValue("id"))
	}
	in := map[int]bool{}
	for _, n := range c.members(c.view, c.id()) {
		in[n] = true
	}
	p, _ := c.paging(nil, "planUuid:asc")
	p.filter = func(func(string) string) bool { return true }
	p.page, p.size = 0, len(c.plans)+1
	return c.pagedPlans(p, func(one *plan) bool { return in[one.mac] })
}

// planEvents answers with what has happened to a plan: JSON in a text in JSON.
func (c *call) planEvents() answer {
	p := c.plan()
	if p == nil {
		return missing(c.r.PathValue("id"))
	}
	type event struct {
		Type      string `json:"type"`
		EventTime string `json:"eventReceivedEpoch"`
	}
	events := []event{{".PlanCreatedEvent", strconv.FormatInt(p.made.UnixMilli(), 10)}}
	if state, _ := c.state(p, c.now); c.over(p, c.now) {
		events = append(events, event{"." + state + "Event", strconv.FormatInt(c.now.UnixMilli(), 10)})
	}
	text, _ := json.Marshal(map[string]any{"id": p.uuid, "events": events}) // of such a value there is always JSON
	return object(http.StatusOK, map[string]string{"events": string(text)})
}

// planDeclarations answers with the declaration that a plan has sent to the Mac, if it has.
func (c *call) planDeclarations() answer {
	p := c.plan()
	if p == nil {
		return missing(c.r.PathValue("id"))
	}
	type declaration struct {
		UUID        string `json:"uuid"`
		PayloadJSON string `json:"payloadJson"`
		Type        string `json:"type"`
		Group       string `json:"group"`
	}
	list := []declaration{}
	if p.config.UpdateAction == actionSchedule && len(p.reasons) == 0 && c.now.Sub(p.made) >= 6*c.options.PlanStep {
		payload, _ := json.Marshal(map[string]string{
			"TargetOSVersion": p.target.Version, "TargetBuildVersion": p.target.Build, "TargetLocalDateTime": p.forced.Format(localTime),
		}) // of such a value there is always JSON
		list = append(list, declaration{strings.ToLower(p.uuid), string(payload), "com.apple.configuration.softwareupdate.enforcement.specific", "CONFIGURATION"})
	}
	return object(http.StatusOK, map[string]any{"declarations": list})
}
