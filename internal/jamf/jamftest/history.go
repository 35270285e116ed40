package jamftest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// historyModel is what the history of a Mac has in it. Only the policy logs are kept here; the others are empty.
func historyModel() *model {
	text := func(names ...string) (list []*model) {
		for _, n := range names {
			list = append(list, &model{name: n})
		}
		return list
	}
	entry := &model{name: "policy_log", children: append(
		[]*model{{name: "policy_id", kind: "int"}},
		append(text("policy_name", "username", "date_time"), append([]*model{{name: "date_time_epoch", kind: "int"}}, text("date_time_utc", "status")...)...)...,
	)}
	root := &model{name: "computer_history", children: []*model{
		{name: "general", children: append([]*model{{name: "id", kind: "int"}}, text("name", "udid", "serial_number", "mac_address")...)},
		{name: "policy_logs", list: true, children: []*model{entry}},
	}}
	for list, item := range map[string]string{
		"computer_usage_logs": "usage_log", "audits": "audit", "casper_remote_logs": "casper_remote_log",
		"screen_sharing_logs": "screen_sharing_log", "casper_imaging_logs": "casper_imaging_log", "commands": "command",
		"user_location": "location", "mac_app_store_applications": "installed",
	} {
		root.children = append(root.children, &model{name: list, list: true, children: []*model{{name: item}}})
	}
	return root
}

// history answers with the history of a Mac, or with its policy logs.
func (c *call) history() answer {
	m := c.macByPath()
	if m == nil {
		return *notFound()
	}
	logs := branch("policy_logs")
	for _, l := range m.logs {
		logs.children = append(logs.children, branch(
			"policy_log",
			leaf("policy_id", strconv.Itoa(l.policy)), leaf("policy_name", l.name), leaf("username", m.live.Username),
			leaf("date_time", l.at.Format("2006/01/02 at 3:04 PM")), leaf("date_time_epoch", strconv.FormatInt(l.at.UnixMilli(), 10)),
			leaf("date_time_utc", l.at.UTC().Format("2006-01-02T15:04:05.000-0700")), leaf("status", l.status),
		))
	}
	model := historyModel()
	e := model.empty().with(branch("general",
		leaf("id", strconv.Itoa(m.live.ID)), leaf("name", m.live.Name), leaf("udid", m.live.UDID), leaf("serial_number", m.live.Serial),
		leaf("mac_address", ""))).with(logs)
	if subset := c.r.PathValue("subset"); subset != "" {
		e = part(e, subset)
	}
	return c.answerClassic(model, e)
}

// macByPath finds the Mac that a Classic path names.
func (c *call) macByPath() *machine {
	value := c.r.PathValue("value")
	key := c.r.PathValue("key")
	if key == "id" {
		n, _ := strconv.Atoi(value)
		return c.mac(n)
	}
	for _, m := range c.macs {
		if have := map[string]string{"name": m.live.Name, "udid": m.live.UDID, "serialnumber": m.live.Serial}[key]; strings.EqualFold(have, value) && have != "" {
			return m
		}
	}
	return nil
}

// flushPolicy forgets what a policy has done before some time, so that it is due again.
func (c *call) flushPolicy() answer {
	before, ok := intervalBefore(c.r.PathValue("interval"), c.now)
	if !ok || c.r.PathValue("log") != "policy" {
		return *conflict("Unable to flush: no such interval or log")
	}
	return c.flush(c.id(), before, nil)
}

// flushByBody does the same for what a body names, which may be some Macs only.
func (c *call) flushByBody() answer {
	e, refusal := c.xml("logflush")
	if refusal != nil {
		return *refusal
	}
	before, ok := intervalBefore(e.text("interval"), c.now)
	id, err := strconv.Atoi(e.text("log_id"))
	if !ok || err != nil || e.text("log") != "policy" {
		return *conflict("Unable to flush: no such interval or log")
	}
	var only []int
	if list := e.child("computers"); list != nil {
		only = []int{}
		for _, k := range list.children {
			only = append(only, number(k))
		}
	}
	return c.flush(id, before, only)
}

// flush forgets for some Macs; nil is all of them.
func (c *call) flush(policy int, before time.Time, only []int) answer {
	if _, ok := c.policies.rows.get(c.view, policy); !ok {
		return *notFound()
	}
	for _, m := range c.macs {
		if only != nil && !slices.Contains(only, m.live.ID) {
			continue
		}
		m.logs = slices.DeleteFunc(m.logs, func(l entry) bool { return l.policy == policy && !l.at.After(before) })
		if last, ran := m.runs[policy]; ran && !last.at.After(before) {
			delete(m.runs, policy)
		}
	}
	return answer{status: http.StatusOK, kind: xmlType, body: branch("logflush", leaf("log", "policy"), leaf("log_id", strconv.Itoa(policy))).render()}
}

// intervalBefore reads an interval such as "Three Months": what is older goes.
func intervalBefore(text string, now time.Time) (time.Time, bool) {
	count, unit, _ := strings.Cut(strings.ReplaceAll(text, "+", " "), " ")
	n := slices.Index([]string{"Zero", "One", "Two", "Three", "", "", "Six"}, count)
	if n < 0 || count == "" {
		return now, false
	}
	switch unit {
	case "Days":
		return now.AddDate(0, 0, -n), true
	case "Weeks":
		return now.AddDate(0, 0, -7*n), true
	case "Months":
		return now.AddDate(0, -n, 0), true
	case "Years":
		return now.AddDate(-n, 0, 0), true
	}
	return now, false
}
