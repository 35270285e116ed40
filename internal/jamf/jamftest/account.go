package jamftest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Client is an API client, as made in Jamf Pro under API Roles and Clients.
type Client struct {
	ID, Secret string
	Privileges []string      // as Jamf spells them; nil is all
	Lifetime   time.Duration // of its tokens; 0 is a minute
}

// User is somebody who signs in with a password.
type User struct {
	Name, Password string
	Privileges     []string // as Jamf spells them; nil is all
	Expired        bool     // the password has expired: USER_EXPIRED_PASSWORD
}

// account is who makes a request.
type account struct {
	id         int
	name       string
	kind       string // authenticationType
	privileges []string
	all        bool // holds all privileges
}

func (a account) may(privilege string) bool { return a.all || slices.Contains(a.privileges, privilege) }

// enter tells who makes the request, and whether they may.
func (c *call) enter(rt route) *answer {
	if rt.open {
		return nil
	}
	if !c.has(Authentication) {
		c.who = account{id: 1, name: "anybody", kind: "JSS", all: true}
		return nil
	}
	t, ok := c.bearer()
	if !ok {
		if classic(c.r.URL.Path) {
			return page(http.StatusUnauthorized, "")
		}
		return refuse(http.StatusUnauthorized, cause{Code: "INVALID_TOKEN", Description: "Unauthorized"})
	}
	c.who = t.who
	if classic(c.r.URL.Path) {
		return c.enterClassic(rt)
	}
	for _, privilege := range split(rt.needs) {
		if !c.who.may(privilege) {
			return forbidden(privilege)
		}
	}
	return nil
}

func forbidden(privilege string) *answer {
	return refuse(http.StatusForbidden, cause{Code: "INVALID_PRIVILEGE", Description: "Forbidden: " + privilege})
}

// enterClassic refuses as the Classic API does. A write that is not allowed is a conflict, not an error of its own.
func (c *call) enterClassic(rt route) *answer {
	what, fixed := strings.CutPrefix(rt.needs, "=")
	for _, kind := range split(what) {
		privilege := kind
		if !fixed {
			privilege = c.verb() + " " + kind
		}
		if c.who.may(privilege) {
			return nil
		}
	}
	status := http.StatusConflict
	if c.r.Method == http.MethodGet {
		status = http.StatusUnauthorized
	}
	return page(status, "Not authorized for a "+strings.ToLower(what)+" "+c.r.Method)
}

// verb is the first word of the privilege that a method needs.
func (c *call) verb() string {
	switch c.r.Method {
	case http.MethodPost:
		return "Create"
	case http.MethodPut:
		return "Update"
	case http.MethodDelete:
		return "Delete"
	}
	return "Read"
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ", ")
}

// authorization answers GET /api/v1/auth.
func (c *call) authorization() answer {
	type preferences struct {
		DateFormat           string `json:"dateFormat"`
		DisableRelativeDates bool   `json:"disableRelativeDates"`
		Language             string `json:"language"`
		Region               string `json:"region"`
		Timezone             string `json:"timezone"`
	}
	type who struct {
		AccessLevel      string              `json:"accessLevel"`
		CurrentSiteID    string              `json:"currentSiteId"`
		Email            string              `json:"email"`
		GroupIDs         []string            `json:"groupIds"`
		ID               string              `json:"id"`
		MultiSiteAdmin   bool                `json:"multiSiteAdmin"`
		Preferences      preferences         `json:"preferences"`
		PrivilegeSet     string              `json:"privilegeSet"`
		PrivilegesBySite map[string][]string `json:"privilegesBySite"`
		RealName         string              `json:"realName"`
		Username         string              `json:"username"`
	}
	set, held := "CUSTOM", c.who.privileges
	if c.who.all {
		set, held = "ADMINISTRATOR", c.privileges()
	}
	return object(http.StatusOK, struct {
		Account            who     `json:"account"`
		AccountGroups      []empty `json:"accountGroups"`
		AuthenticationType string  `json:"authenticationType"`
		Sites              []empty `json:"sites"`
	}{who{
		AccessLevel: "FullAccess", CurrentSiteID: "-1", GroupIDs: []string{}, ID: strconv.Itoa(c.who.id), PrivilegeSet: set,
		Preferences:      preferences{"MM/dd/yyyy", false, "en", "Europe", "Etc/GMT"},
		PrivilegesBySite: map[string][]string{"-1": append([]string{}, held...)},
		RealName:         c.who.name, Username: c.who.name,
	}, []empty{}, c.who.kind, []empty{}})
}

// empty is what a list of nothing is a list of.
type empty struct{}

// rolePrivileges answers GET /api/v1/api-role-privileges.
func (c *call) rolePrivileges() answer {
	return object(http.StatusOK, struct {
		Privileges []string `json:"privileges"`
	}{c.privileges()})
}

// privileges lists the names that a role can have: those that a route needs, and some that nothing here needs.
func (s *Server) privileges() []string {
	var all []string
	for _, rt := range s.routes() {
		switch kinds, fixed := strings.CutPrefix(rt.needs, "="); {
		case !classic(rt.path), fixed:
			all = append(all, split(kinds)...)
		default:
			for _, kind := range split(kinds) {
				all = append(all, "Create "+kind, "Read "+kind, "Update "+kind, "Delete "+kind)
			}
		}
	}
	for _, kind := range []string{"Computers", "Buildings", "Departments", "Sites", "Mobile Devices"} {
		all = append(all, "Create "+kind, "Read "+kind, "Update "+kind, "Delete "+kind)
	}
	all = append(all, mobilePrivileges()...)
	all = append(all, "Read Self Service", "Delete Static Computer Groups", "Delete Categories")
	slices.Sort(all)
	return slices.Compact(all)
}

// mobilePrivileges are those that Jamf's schema names for update plans beside those for computers.
func mobilePrivileges() []string {
	return []string{"Read Mobile Devices", "Send Mobile Device Remote Command to Download and Install iOS Update"}
}
