package jamftest

import (
	"strconv"
	"time"
)

// groupCriterion asks for another group.
const groupCriterion = "Computer Group"

// criterionNames are those of Jamf that the server can tell the values of. An extension attribute is a criterion under
// its own name.
func criterionNames() []string {
	return []string{
		"Application Title", "Application Version", "Application Bundle ID", "Operating System Version",
		"Operating System Build", "Operating System Rapid Security Response", "Operating System Name", "Serial Number", "Computer Name", "UDID",
		"Last Inventory Update", "Last Check-in", "Last Enrollment", "Apple Silicon", "Architecture Type", "Model", "Model Identifier", "Make",
		"Supervised", "User Approved MDM", "Managed", "Bootstrap Token Escrowed", "Declarative Device Management Enabled",
		"MDM Profile Expiration Date", "FileVault 2 Status", "Jamf Binary Version", "Profile Name", "Packages Installed By Casper",
		"Packages Installed By Installer.app/SWU", "Username", "JSS Computer ID", groupCriterion,
	}
}

// valuesOf are the values that a Mac has for a criterion, as it has reported them last.
func valuesOf(m *Mac, name string) []string {
	switch name {
	case "Application Title", "Application Version", "Application Bundle ID":
		var values []string
		for _, a := range m.Applications {
			values = append(values, map[string]string{
				"Application Title": a.Name, "Application Version": a.Version, "Application Bundle ID": a.BundleID,
			}[name])
		}
		return values
	case "Packages Installed By Casper", "Packages Installed By Installer.app/SWU":
		return m.Packages
	case "Profile Name":
		return m.Profiles
	}
	if v, ok := m.Attributes[name]; ok {
		return []string{v}
	}
	return []string{valueOf(m, name)}
}

func valueOf(m *Mac, name string) string {
	switch name {
	case "Operating System Version":
		return m.Version
	case "Operating System Build":
		return m.Build
	case "Operating System Rapid Security Response":
		return m.RapidResponse
	case "Operating System Name":
		return "macOS"
	case "Serial Number":
		return m.Serial
	case "Computer Name":
		return m.Name
	case "UDID":
		return m.UDID
	case "Last Inventory Update":
		return date(m.LastReport)
	case "Last Check-in":
		return date(m.LastContact)
	case "Last Enrollment":
		return date(m.Enrolled)
	case "MDM Profile Expiration Date":
		return date(m.Enrolled.AddDate(2, 0, 0))
	case "Apple Silicon":
		return yes(m.AppleSilicon)
	case "Architecture Type":
		return m.architecture()
	case "Model":
		return m.Model
	case "Model Identifier":
		return m.ModelIdentifier
	case "Make":
		return "Apple"
	case "Username":
		return m.Username
	case "JSS Computer ID":
		return strconv.Itoa(m.ID)
	case "Jamf Binary Version":
		return binaryVersion
	case "FileVault 2 Status":
		return "Boot Encrypted"
	}
	return flagOf(m, name)
}

func flagOf(m *Mac, name string) string {
	switch name {
	case "Supervised":
		return yes(m.Supervised)
	case "Managed":
		if m.Managed {
			return "Managed"
		}
		return "Unmanaged"
	case "User Approved MDM":
		return yes(m.Managed)
	case "Bootstrap Token Escrowed":
		return yes(m.BootstrapToken)
	case "Declarative Device Management Enabled":
		if m.Declarative {
			return "Enabled"
		}
		return "Disabled"
	}
	return ""
}

func yes(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}
