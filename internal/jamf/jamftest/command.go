package jamftest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// command is one of MDM's. A Mac completes it when it is in touch the next time.
type command struct {
	uuid      string
	mac       int
	kind      string
	sent      time.Time
	completed time.Time
}

// byManagementID finds a Mac by the number that MDM has for it.
func (s *Server) byManagementID(id string) *machine {
	for _, m := range s.macs {
		if strings.EqualFold(m.live.ManagementID, id) {
			return m
		}
	}
	return nil
}

func (c *call) queue(m *machine, kind string) *command {
	one := &command{uuid: c.uuid(), mac: m.live.ID, kind: kind, sent: c.now}
	c.commands = append(c.commands, one)
	return one
}

type commandRequest struct {
	ClientData []struct {
		ManagementID string `json:"managementId"`
	} `json:"clientData"`
	CommandData *struct {
		CommandType string `json:"commandType"`
	} `json:"commandData"`
}

// sendCommand queues a command for some Macs. Without what it needs, the server falls over.
func (c *call) sendCommand() answer {
	in, refusal := decode[commandRequest](c)
	switch {
	case refusal != nil:
		return *refusal
	case in.CommandData == nil:
		return *refuse(http.StatusInternalServerError)
	case in.CommandData.CommandType == "" || len(in.ClientData) == 0:
		return *invalid("commandData.commandType", "must not be null")
	}
	type row struct {
		ID   string `json:"id"`
		Href string `json:"href"`
	}
	rows := []row{}
	for _, client := range in.ClientData {
		m := c.byManagementID(client.ManagementID)
		if m == nil {
			return *refuse(http.StatusBadRequest, cause{Code: "INVALID_ID", Description: "no such client", Field: "clientData.managementId"})
		}
		one := c.queue(m, in.CommandData.CommandType)
		rows = append(rows, row{one.uuid, "/api/v2/mdm/commands?filter=uuid==" + one.uuid})
	}
	return object(http.StatusCreated, rows)
}

// listCommands lists commands. Without a filter it does not.
func (c *call) listCommands() answer {
	if strings.TrimSpace(c.query().Get("filter")) == "" {
		return *refuse(http.StatusBadRequest)
	}
	p, refusal := c.paging([]string{
		"uuid", "clientManagementId", "command", "status", "clientType", "dateSent", "validAfter", "dateCompleted", "profileId",
		"profileIdentifier", "active",
	}, "dateSent:asc")
	if refusal != nil {
		return *refusal
	}
	fields := func(one *command) func(string) string {
		return func(name string) string { return c.commandField(one, name) }
	}
	found := sorted(c.commands, func(one *command) bool { return p.filter(fields(one)) }, func(a, b *command) int {
		return p.compare(fields(a), fields(b))
	})
	out := paged{TotalCount: len(found), Results: []any{}}
	for _, one := range pick(p, found) {
		shown := map[string]any{
			"uuid": one.uuid, "dateSent": stamp(one.sent), "commandState": strings.ToUpper(c.commandField(one, "status")),
			"commandType": one.kind, "client": map[string]string{"managementId": c.commandField(one, "clientManagementId"), "clientType": computerType},
		}
		if !one.completed.IsZero() {
			shown["dateCompleted"] = stamp(one.completed)
		}
		out.Results = append(out.Results, shown)
	}
	return object(http.StatusOK, out)
}

func (c *call) commandField(one *command, name string) string {
	switch name {
	case "uuid":
		return one.uuid
	case "clientManagementId":
		return c.mac(one.mac).live.ManagementID
	case "command":
		return one.kind
	case "status":
		if one.completed.IsZero() {
			return "Pending"
		}
		return "Acknowledged"
	case "clientType":
		return computerType
	case "dateSent":
		return stamp(one.sent)
	case "dateCompleted":
		if !one.completed.IsZero() {
			return stamp(one.completed)
		}
	case "active":
		return strconv.FormatBool(one.completed.IsZero())
	}
	return ""
}

// blankPush wakes Macs. Those that nobody knows come back.
func (c *call) blankPush() answer {
	in, refusal := decode[struct {
		ClientManagementIDs []string `json:"clientManagementIds"`
	}](c, "clientManagementIds")
	if refusal != nil {
		return *refusal
	}
	wrong := []string{}
	for _, id := range in.ClientManagementIDs {
		if m := c.byManagementID(id); m != nil {
			c.queue(m, "BLANK_PUSH")
		} else {
			wrong = append(wrong, id)
		}
	}
	return object(http.StatusOK, map[string][]string{"errorUuids": wrong})
}

// statusItems answers with what a Mac says of declarative management.
func (c *call) statusItems() answer {
	m := c.byManagementID(c.r.PathValue("id"))
	if m == nil {
		return missing(c.r.PathValue("id"))
	}
	type item struct {
		Key            string `json:"key"`
		Value          string `json:"value"`
		LastUpdateTime string `json:"lastUpdateTime"`
	}
	state, version, build, reason := "none", "", "", ""
	if p := m.plan; p != nil {
		switch is, _ := c.state(p, c.now); {
		case is == planFailed:
			state = "failed"
		case is == planCompleted:
		case c.now.After(p.made.Add(c.installs(p))):
			state = "installing"
		default:
			state = "waiting"
		}
		if state != "none" {
			version, build, reason = p.target.Version, p.target.Build, "declaration"
		}
	}
	items := []item{}
	for _, pair := range [][2]string{
		{"device.identifier.udid", m.live.UDID},
		{"device.operating-system.version", m.live.Version},
		{"device.operating-system.build-version", m.live.Build},
		{"softwareupdate.install-state", state},
		{"softwareupdate.install-reason", reason},
		{"softwareupdate.pending-version.os-version", version},
		{"softwareupdate.pending-version.build-version", build},
	} {
		items = append(items, item{pair[0], pair[1], m.live.LastContact.Format(localTime)})
	}
	key := c.r.PathValue("key")
	if key == "" {
		return object(http.StatusOK, map[string]any{"statusItems": items})
	}
	for _, one := range items {
		if one.Key == key {
			return object(http.StatusOK, one)
		}
	}
	return missing(key)
}

func (c *call) syncDeclarations() answer {
	m := c.byManagementID(c.r.PathValue("id"))
	if m == nil {
		return missing(c.r.PathValue("id"))
	}
	c.queue(m, "DECLARATIVE_MANAGEMENT")
	return nothing(http.StatusNoContent)
}

// classicCommand queues a command of the Classic API.
func (c *call) classicCommand() answer {
	e := branch("computer_command")
	name := c.r.PathValue("command")
	for text := range strings.SplitSeq(c.r.PathValue("ids"), ",") {
		n, _ := strconv.Atoi(text)
		m := c.mac(n)
		if m == nil {
			return *notFound()
		}
		one := c.queue(m, name)
		e.children = append(e.children, branch(
			"command", leaf("name", name), leaf("command_uuid", one.uuid), leaf("computer_id", strconv.Itoa(n)),
		))
	}
	return answer{status: http.StatusCreated, kind: xmlType, body: e.render()}
}
