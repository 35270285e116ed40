package jamftest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// plan is a managed software update of one Mac. It is made once and never changed: what state it is in follows from the
// time.
type plan struct {
	uuid    string
	mac     int
	config  planConfig
	made    time.Time
	forced  time.Time // when the Mac is to install; zero for at once
	target  Release
	reasons []string // why it is refused
}

// planConfig is what a plan is to do, in Jamf's words.
type planConfig struct {
	UpdateAction              string  `json:"updateAction"`
	VersionType               string  `json:"versionType"`
	SpecificVersion           string  `json:"specificVersion"`
	BuildVersion              *string `json:"buildVersion"`
	MaxDeferrals              *int    `json:"maxDeferrals"`
	ForceInstallLocalDateTime *string `json:"forceInstallLocalDateTime"`
}

type planDevice struct {
	DeviceID   string `json:"deviceId"`
	ObjectType string `json:"objectType"`
}

type planForDevices struct {
	Devices []planDevice `json:"devices"`
	Config  planConfig   `json:"config"`
}

type planForGroup struct {
	Group struct {
		GroupID    string `json:"groupId"`
		ObjectType string `json:"objectType"`
	} `json:"group"`
	Config planConfig `json:"config"`
}

// What Jamf's words are for here.
const (
	computerType      = "COMPUTER"
	computerGroupType = "COMPUTER_GROUP"
	actionSchedule    = "DOWNLOAD_INSTALL_SCHEDULE"
	actionDefer       = "DOWNLOAD_INSTALL_ALLOW_DEFERRAL"
	typeSpecific      = "SPECIFIC_VERSION"
	typeCustom        = "CUSTOM_VERSION"
	typeMinor         = "LATEST_MINOR"
	noVersion         = "NO_SPECIFIC_VERSION"
)

func (c *call) planDevices() answer {
	in, refusal := decode[planForDevices](c, "devices", "config")
	if refusal == nil {
		refusal = c.checkConfig(&in.Config)
	}
	if refusal == nil && len(in.Devices) == 0 {
		refusal = invalid("devices", "must not be empty")
	}
	if refusal != nil {
		return *refusal
	}
	var macs []*machine
	for _, d := range in.Devices {
		if refusal := among("devices.objectType", d.ObjectType, computerType, "MOBILE_DEVICE", "APPLE_TV"); refusal != nil {
			return *refusal
		}
		n, _ := strconv.Atoi(d.DeviceID)
		m := c.mac(n)
		if m == nil || d.ObjectType != computerType {
			return *refuse(http.StatusBadRequest, cause{Code: "INVALID_DEVICE", Description: "no such device", ID: &d.DeviceID, Field: "devices"})
		}
		macs = append(macs, m)
	}
	return c.planFor(macs, in.Config)
}

// planGroup plans for those who are in the group now. Who joins it later has no plan.
func (c *call) planGroup() answer {
	in, refusal := decode[planForGroup](c, "group", "config")
	if refusal == nil {
		refusal = among("group.objectType", in.Group.ObjectType, computerGroupType, "MOBILE_DEVICE_GROUP")
	}
	if refusal == nil {
		refusal = c.checkConfig(&in.Config)
	}
	if refusal != nil {
		return *refusal
	}
	id, _ := strconv.Atoi(in.Group.GroupID)
	if _, ok := c.groups.get(c.view, id); !ok || in.Group.ObjectType != computerGroupType {
		return missing(in.Group.GroupID)
	}
	var macs []*machine
	for _, n := range c.members(c.view, id) {
		if m := c.mac(n); m != nil {
			macs = append(macs, m)
		}
	}
	return c.planFor(macs, in.Config)
}

// checkConfig checks what a plan is to do. A word that nobody knows counts as left out.
func (c *call) checkConfig(in *planConfig) *answer {
	if !c.toggle.at(c.now) {
		// With which words a real server refuses is not known.
		return refuse(http.StatusServiceUnavailable, cause{Code: "FEATURE_DISABLED", Description: "Managed Software Update Plans are off"})
	}
	for _, word := range []struct {
		field string
		is    *string
		known []string
	}{
		{"config.updateAction", &in.UpdateAction, []string{
			"DOWNLOAD_ONLY", "DOWNLOAD_INSTALL", actionDefer, "DOWNLOAD_INSTALL_RESTART", actionSchedule, "UNKNOWN",
		}},
		{"config.versionType", &in.VersionType, []string{"LATEST_MAJOR", typeMinor, "LATEST_ANY", typeSpecific, typeCustom, "UNKNOWN"}},
	} {
		if !slices.Contains(word.known, *word.is) {
			return invalid(word.field, "must not be null")
		}
	}
	named := in.VersionType == typeSpecific || in.VersionType == typeCustom
	has := in.SpecificVersion != "" && in.SpecificVersion != noVersion
	if !has {
		in.SpecificVersion = noVersion
	}
	var err error
	if in.ForceInstallLocalDateTime != nil {
		_, err = time.Parse(localTime, *in.ForceInstallLocalDateTime)
	}
	for _, refusal := range []*answer{
		demand(has == named, "config.specificVersion", "goes with SPECIFIC_VERSION and CUSTOM_VERSION, and only with them"),
		demand(in.BuildVersion == nil || in.VersionType == typeCustom, "config.buildVersion", "goes with CUSTOM_VERSION"),
		demand(err == nil, "config.forceInstallLocalDateTime", "must be like 2026-12-04T18:00:00"),
		demand((in.ForceInstallLocalDateTime != nil) == (in.UpdateAction == actionSchedule), "config.forceInstallLocalDateTime",
			"goes with DOWNLOAD_INSTALL_SCHEDULE, and only with it"),
		demand(in.UpdateAction != actionDefer || in.MaxDeferrals != nil && *in.MaxDeferrals >= 0 && *in.MaxDeferrals < 100,
			"config.maxDeferrals", "must be from 0 to 99"),
	} {
		if refusal != nil {
			return refusal
		}
	}
	return nil
}

// localTime is how a time on a Mac is written: without a zone. Every Mac here is in UTC.
const localTime = "2006-01-02T15:04:05"

// planFor makes a plan for each Mac, also for those for which it fails at once.
func (c *call) planFor(macs []*machine, config planConfig) answer {
	type device struct {
		DeviceID   string `json:"deviceId"`
		ObjectType string `json:"objectType"`
		Href       string `json:"href"`
	}
	type row struct {
		Device device `json:"device"`
		PlanID string `json:"planId"`
		Href   string `json:"href"`
	}
	rows := []row{}
	for _, m := range macs {
		p := &plan{uuid: strings.ToUpper(c.uuid()), mac: m.live.ID, config: config, made: c.now}
		if t := config.ForceInstallLocalDateTime; t != nil {
			p.forced, _ = time.Parse(localTime, *t) // checked before
		}
		p.target, p.reasons = c.judgePlan(m, config)
		if len(p.reasons) == 0 {
			m.plan = p
		}
		c.plans = append(c.plans, p)
		rows = append(rows, row{
			device{strconv.Itoa(p.mac), computerType, "/v1/computers-inventory/" + strconv.Itoa(p.mac)},
			p.uuid, "/v1/managed-software-updates/plans/" + p.uuid,
		})
	}
	return object(http.StatusCreated, struct {
		Plans []row `json:"plans"`
	}{rows})
}

// judgePlan finds what a Mac would install, and what speaks against it.
func (c *call) judgePlan(m *machine, config planConfig) (target Release, reasons []string) {
	add := func(when bool, reason string) {
		if when {
			reasons = append(reasons, reason)
		}
	}
	target, known := c.release(m.live.Version, config)
	newer := byVersion(target.Version, m.live.Version)
	add(c.has(Planning) && m.plan != nil && !c.over(m.plan, c.now), "EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS")
	add(!m.live.Managed, "NOT_MANAGED")
	add(!m.live.Supervised, "NOT_SUPERVISED")
	add(m.live.AppleSilicon && !m.live.BootstrapToken, "APPLE_SILICON_NO_ESCROW_KEY")
	add(config.UpdateAction == actionSchedule && (byVersion(m.live.Version, "14") < 0 || !m.live.Declarative),
		"DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION")
	add(!known && config.VersionType == typeSpecific, "SPECIFIC_VERSION_UNAVAILABLE")
	add(known && newer < 0, "DOWNGRADE_NOT_SUPPORTED")
	add(known && newer == 0, "NO_UPDATES_AVAILABLE")
	return target, reasons
}

// release finds what a plan is to install on a Mac that runs a version.
func (c *call) release(version string, config planConfig) (best Release, known bool) {
	if config.VersionType == typeCustom {
		return Release{Version: config.SpecificVersion, Build: deref(config.BuildVersion)}, true
	}
	major := func(v string) string {
		first, _, _ := strings.Cut(v, ".")
		return first
	}
	for _, r := range c.options.MacOSReleases {
		fits := r.Version == config.SpecificVersion
		if config.VersionType != typeSpecific {
			fits = config.VersionType != typeMinor || major(r.Version) == major(version)
		}
		if fits && (!known || byVersion(r.Version, best.Version) > 0) {
			best, known = r, true
		}
	}
	return best, known
}

// availableUpdates answers which versions there are, the newest first.
func (c *call) availableUpdates() answer {
	versions := []string{}
	for _, r := range c.options.MacOSReleases {
		versions = append(versions, r.Version)
	}
	slices.SortFunc(versions, func(a, b string) int { return byVersion(b, a) })
	return object(http.StatusOK, map[string]any{"availableUpdates": map[string][]string{"macOS": versions, "iOS": {}}})
}
