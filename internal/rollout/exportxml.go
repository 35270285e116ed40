package rollout

import (
	"encoding/xml"
	"fmt"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// The Classic API's XML, with names where requests of this program have numbers.

type xmlNamed struct {
	Name string `xml:"name"`
}

type xmlScope struct {
	AllComputers bool       `xml:"all_computers"`
	Groups       []xmlNamed `xml:"computer_groups>computer_group"`
	Excluded     []xmlNamed `xml:"exclusions>computer_groups>computer_group"`
}

func xmlScopeOf(s jamf.Scope) xmlScope {
	return xmlScope{Groups: xmlNames(s.Groups), Excluded: xmlNames(s.ExcludedGroups)}
}

func xmlNames(list []jamf.Reference) []xmlNamed {
	var names []xmlNamed
	for _, r := range list {
		names = append(names, xmlNamed{r.Name})
	}
	return names
}

func xmlCategory(r jamf.Reference) *xmlNamed {
	if r.Name == "" {
		return nil
	}
	return &xmlNamed{r.Name}
}

type xmlPayloads struct {
	Text string `xml:",cdata"`
}

type xmlProfileGeneral struct {
	Name          string      `xml:"name"`
	Description   string      `xml:"description"`
	Category      *xmlNamed   `xml:"category"`
	Distribution  string      `xml:"distribution_method"`
	UserRemovable bool        `xml:"user_removable"`
	Level         string      `xml:"level"`
	Redeploy      string      `xml:"redeploy_on_update"`
	Payloads      xmlPayloads `xml:"payloads"`
}

type xmlProfile struct {
	XMLName xml.Name          `xml:"os_x_configuration_profile"`
	General xmlProfileGeneral `xml:"general"`
	Scope   xmlScope          `xml:"scope"`
}

type xmlPolicy struct {
	XMLName xml.Name `xml:"policy"`
	General struct {
		Name          string    `xml:"name"`
		Enabled       bool      `xml:"enabled"`
		CheckIn       bool      `xml:"trigger_checkin"`
		Enrollment    bool      `xml:"trigger_enrollment_complete"`
		Login         bool      `xml:"trigger_login"`
		NetworkChange bool      `xml:"trigger_network_state_changed"`
		Startup       bool      `xml:"trigger_startup"`
		Event         string    `xml:"trigger_other"`
		Frequency     string    `xml:"frequency"`
		RetryEvent    string    `xml:"retry_event"`
		RetryAttempts string    `xml:"retry_attempts"`
		Category      *xmlNamed `xml:"category"`
	} `xml:"general"`
	Scope       xmlScope           `xml:"scope"`
	SelfService bool               `xml:"self_service>use_for_self_service"`
	Packages    []xmlPolicyPackage `xml:"package_configuration>packages>package"`
	Scripts     []xmlPolicyScript  `xml:"scripts>script"`
	Recon       bool               `xml:"maintenance>recon"`
}

type xmlPolicyPackage struct {
	Name   string `xml:"name"`
	Action string `xml:"action"`
}

type xmlPolicyScript struct {
	Name     string `xml:"name"`
	Priority string `xml:"priority"`
}

// xmlPolicyOf is a policy that is turned off.
func xmlPolicyOf(p jamf.Policy) xmlPolicy {
	var x xmlPolicy
	g := &x.General
	g.Name, g.Event, g.Category = p.Name, p.Triggers.Custom, xmlCategory(p.Category)
	g.CheckIn, g.Enrollment, g.Login = p.Triggers.CheckIn, p.Triggers.EnrollmentComplete, p.Triggers.Login
	g.NetworkChange, g.Startup = p.Triggers.NetworkStateChanged, p.Triggers.Startup
	g.Frequency, g.RetryEvent, g.RetryAttempts = string(p.Frequency), string(p.Retry.Event), "-1"
	if p.Retry.Event != jamf.RetryNever {
		g.RetryAttempts = fmt.Sprint(p.Retry.Attempts)
	}
	x.Scope, x.Recon = xmlScopeOf(p.Scope), p.UpdateInventory
	for _, of := range p.Packages {
		x.Packages = append(x.Packages, xmlPolicyPackage{of.Name, string(of.Action)})
	}
	for _, of := range p.Scripts {
		x.Scripts = append(x.Scripts, xmlPolicyScript{of.Name, string(of.Time)})
	}
	return x
}
