package jamftest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// listInventory makes the operation for a version of the API. Only what is on the page is put together.
func listInventory(api int) func(*call) answer {
	return func(c *call) answer {
		wanted, refusal := c.sections(api)
		if refusal != nil {
			return *refusal
		}
		p, refusal := c.paging(inventoryFields(api), "general.name:asc")
		if refusal != nil {
			return *refusal
		}
		fields := func(m *Mac) func(string) string {
			return func(name string) string { return inventoryField(m, name) }
		}
		found := []*machine{}
		for _, m := range c.macs {
			if p.filter(fields(&m.reported)) {
				found = append(found, m)
			}
		}
		slices.SortStableFunc(found, func(a, b *machine) int { return p.compare(fields(&a.reported), fields(&b.reported)) })
		out := paged{TotalCount: len(found), Results: []any{}}
		for _, m := range pick(p, found) {
			out.Results = append(out.Results, c.inventory(m, api, wanted))
		}
		return object(http.StatusOK, out)
	}
}

func readInventory(api int) func(*call) answer {
	return func(c *call) answer {
		wanted, refusal := c.sections(api)
		if refusal != nil {
			return *refusal
		}
		return c.oneInventory(api, wanted)
	}
}

// readInventoryDetail answers with every section.
func readInventoryDetail(api int) func(*call) answer {
	return func(c *call) answer { return c.oneInventory(api, sectionNames(api)) }
}

func (c *call) oneInventory(api int, wanted []string) answer {
	m := c.mac(c.id())
	if m == nil {
		return missing(c.r.PathValue("id"))
	}
	return object(http.StatusOK, c.inventory(m, api, wanted))
}

// sections reads which sections a request wants: the general one if it does not say.
func (c *call) sections(api int) (wanted []string, refusal *answer) {
	for _, list := range c.query()["section"] {
		for name := range strings.SplitSeq(list, ",") {
			name = strings.ToUpper(strings.TrimSpace(name))
			if refusal := among("section", name, sectionNames(api)...); refusal != nil {
				return nil, refusal
			}
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 0 {
		wanted = []string{"GENERAL"}
	}
	return wanted, nil
}

// sectionNames are those of the inventory. The fourth version has dropped two.
func sectionNames(api int) []string {
	names := []string{
		"GENERAL", "DISK_ENCRYPTION", "PURCHASING", "APPLICATIONS", "STORAGE", "USER_AND_LOCATION", "CONFIGURATION_PROFILES", "PRINTERS",
		"SERVICES", "HARDWARE", "LOCAL_USER_ACCOUNTS", "CERTIFICATES", "ATTACHMENTS", "PACKAGE_RECEIPTS", "SECURITY", "OPERATING_SYSTEM",
		"LICENSED_SOFTWARE", "IBEACONS", "SOFTWARE_UPDATES", "EXTENSION_ATTRIBUTES", "CONTENT_CACHING", "GROUP_MEMBERSHIPS",
	}
	if api < 4 {
		names = append(names, "PLUGINS", "FONTS")
	}
	return names
}

// inventory is a Mac as it is answered: the sections that are wanted, and no others, unless the server is to say of them
// that they are null.
func (c *call) inventory(m *machine, api int, wanted []string) map[string]any {
	out := map[string]any{"id": strconv.Itoa(m.reported.ID), "udid": m.reported.UDID}
	for _, name := range sectionNames(api) {
		switch {
		case slices.Contains(wanted, name):
			out[camel(name)] = c.section(&m.reported, name)
		case c.options.NullSections:
			out[camel(name)] = nil
		}
	}
	return out
}

// camel turns the name of a section into that of its field.
func camel(section string) string {
	parts := strings.Split(strings.ToLower(section), "_")
	for i, p := range parts[1:] {
		parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(parts, "")
}

// inventoryFields are those that a filter may name. Values of extension attributes are not among them.
func inventoryFields(api int) []string {
	fields := []string{
		"general.name", "udid", "id", "general.assetTag", "general.platform", "general.reportDate", "general.lastEnrolledDate",
		"general.jamfBinaryVersion", "general.managementId", "general.remoteManagement.managed", "general.mdmCapable.capable",
		"general.supervised", "general.userApprovedMdm", "general.declarativeDeviceManagementEnabled",
		"hardware.make", "hardware.model", "hardware.modelIdentifier", "hardware.serialNumber", "hardware.appleSilicon",
		"operatingSystem.name", "operatingSystem.version", "operatingSystem.build", "operatingSystem.supplementalBuildVersion",
		"operatingSystem.rapidSecurityResponse", "userAndLocation.username", "userAndLocation.realname",
	}
	if api >= 4 {
		return append(fields, "general.lastCheckIn", "general.lastContact")
	}
	return append(fields, "general.lastContactTime")
}

func inventoryField(m *Mac, name string) string {
	switch name {
	case "general.name":
		return m.Name
	case "udid":
		return m.UDID
	case "id":
		return strconv.Itoa(m.ID)
	case "general.platform":
		return "Mac"
	case "general.reportDate":
		return stamp(m.LastReport)
	case "general.lastEnrolledDate":
		return stamp(m.Enrolled)
	case "general.lastCheckIn", "general.lastContact", "general.lastContactTime":
		return stamp(m.LastContact)
	case "general.jamfBinaryVersion":
		return binaryVersion
	case "general.managementId":
		return m.ManagementID
	case "hardware.make":
		return "Apple"
	case "hardware.model":
		return m.Model
	case "hardware.modelIdentifier":
		return m.ModelIdentifier
	case "hardware.serialNumber":
		return m.Serial
	case "operatingSystem.name":
		return "macOS"
	case "operatingSystem.version":
		return m.Version
	case "operatingSystem.build":
		return m.Build
	case "operatingSystem.supplementalBuildVersion":
		return m.Supplemental
	case "operatingSystem.rapidSecurityResponse":
		return m.RapidResponse
	case "userAndLocation.username", "userAndLocation.realname":
		return m.Username
	}
	return inventoryFlag(m, name)
}

func inventoryFlag(m *Mac, name string) string {
	switch name {
	case "general.remoteManagement.managed", "general.mdmCapable.capable", "general.userApprovedMdm":
		return strconv.FormatBool(m.Managed)
	case "general.supervised":
		return strconv.FormatBool(m.Supervised)
	case "general.declarativeDeviceManagementEnabled":
		return strconv.FormatBool(m.Declarative)
	case "hardware.appleSilicon":
		return strconv.FormatBool(m.AppleSilicon)
	}
	return ""
}
