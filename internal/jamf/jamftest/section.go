package jamftest

import (
	"slices"
	"strconv"
	"time"
)

// fields is an object of JSON whose names are in the source, beside their values.
type fields = map[string]any

// section is one of the inventory. What no Mac here has is an empty list.
func (c *call) section(m *Mac, name string) any {
	switch name {
	case "GENERAL":
		return c.generalSection(m)
	case "HARDWARE":
		return c.hardwareSection(m)
	case "OPERATING_SYSTEM":
		return fields{
			"name": "macOS", "version": m.Version, "build": m.Build, "supplementalBuildVersion": m.Supplemental,
			"rapidSecurityResponse": m.RapidResponse, "activeDirectoryStatus": "Not Bound", "fileVault2Status": "BOOT_ENCRYPTED",
			"softwareUpdateDeviceId": m.ModelIdentifier, "extensionAttributes": c.attributesIn(m, name),
		}
	case "APPLICATIONS":
		list := []fields{}
		for _, a := range m.Applications {
			list = append(list, fields{
				"name": a.Name, "path": a.Path, "version": a.Version, "bundleId": a.BundleID, "macAppStore": false, "sizeMegabytes": 12,
				"updateAvailable": false, "externalVersionId": "0",
			})
		}
		return list
	case "SECURITY":
		return securitySection(m)
	case "EXTENSION_ATTRIBUTES":
		return c.attributesIn(m, name)
	case "GROUP_MEMBERSHIPS":
		return c.groupsOf(m)
	case "CONFIGURATION_PROFILES":
		return c.profileSection(m)
	case "PACKAGE_RECEIPTS":
		return fields{"installedByJamfPro": append([]string{}, m.Packages...), "installedByInstallerSwu": []string{}, "cached": []string{}}
	case "USER_AND_LOCATION":
		return fields{
			"username": m.Username, "realname": m.Username, "email": m.Username + "@example.com", "position": "", "phone": "",
			"departmentId": none, "buildingId": none, "room": "", "extensionAttributes": c.attributesIn(m, name),
		}
	}
	return c.plainSection(m, name)
}

// plainSection is one that tells nothing of interest.
func (c *call) plainSection(m *Mac, name string) any {
	switch name {
	case "DISK_ENCRYPTION":
		return fields{
			"fileVault2Enabled": true, "fileVault2EnabledUserNames": []string{m.Username}, "individualRecoveryKeyValidityStatus": "VALID",
			"institutionalRecoveryKeyPresent": false, "diskEncryptionConfigurationName": "", "fileVault2EligibilityMessage": "Eligible",
		}
	case "STORAGE":
		return fields{"bootDriveAvailableSpaceMegabytes": 120000, "disks": []empty{}}
	case "PURCHASING":
		return fields{"leased": false, "purchased": true, "extensionAttributes": c.attributesIn(m, name)}
	case "CONTENT_CACHING":
		return fields{}
	}
	return []empty{}
}

func (c *call) generalSection(m *Mac) fields {
	out := fields{
		"name": m.Name, "lastIpAddress": "192.0.2.10", "lastReportedIpV4": "192.0.2.10", "lastReportedIp": "192.0.2.10",
		"jamfBinaryVersion": binaryVersion, "platform": "Mac", "barcode1": "", "barcode2": "", "assetTag": "",
		"remoteManagement": fields{"managed": m.Managed}, "supervised": m.Supervised,
		"mdmCapable":                           fields{"capable": m.Managed, "capableUsers": []string{}, "userManagementInfo": []empty{}},
		"userApprovedMdm":                      m.Managed,
		"reportDate":                           stamp(m.LastReport),
		"lastContactTime":                      stamp(m.LastContact),
		"lastEnrolledDate":                     stamp(m.Enrolled),
		"initialEntryDate":                     m.Enrolled.Format(time.DateOnly),
		"mdmProfileExpiration":                 stamp(m.Enrolled.AddDate(2, 0, 0)),
		"distributionPoint":                    "",
		"site":                                 fields{"id": none, "name": "None"},
		"managementId":                         m.ManagementID,
		"extensionAttributes":                  c.attributesIn(m, "GENERAL"),
		"enrollmentMethod":                     fields{"id": "1", "objectName": "PreStage", "objectType": "PreStage enrollment"},
		"itunesStoreAccountActive":             false,
		"enrolledViaAutomatedDeviceEnrollment": m.Supervised,
		"declarativeDeviceManagementEnabled":   m.Declarative,
		"lastLoggedInUsernameSelfService":      nil, "lastLoggedInUsernameSelfServiceTimestamp": nil,
		"lastLoggedInUsernameBinary": m.Username, "lastLoggedInUsernameBinaryTimestamp": stamp(m.LastContact),
	}
	// Every version of the API answers the same of a server that has the fourth.
	if c.version.least("11.30.0") {
		out["lastCheckIn"], out["lastContact"] = stamp(m.LastContact), stamp(m.LastContact)
	}
	return out
}

func (c *call) hardwareSection(m *Mac) fields {
	processor := "Intel Core i5"
	if m.AppleSilicon {
		processor = "Apple M2"
	}
	return fields{
		"make": "Apple", "model": m.Model, "modelIdentifier": m.ModelIdentifier, "serialNumber": m.Serial, "appleSilicon": m.AppleSilicon,
		"processorArchitecture": m.architecture(), "processorType": processor, "processorCount": 1, "processorSpeedMhz": 2000, "coreCount": 8,
		"totalRamMegabytes": 16384, "openRamSlots": 0, "batteryCapacityPercent": 93, "batteryHealth": "NORMAL", "smcVersion": "",
		"nicSpeed": "n/a", "opticalDrive": "", "bootRom": "", "busSpeedMhz": 0, "cacheSizeKilobytes": 0, "bleCapable": true,
		"supportsIosAppInstalls": m.AppleSilicon, "provisioningUdid": m.UDID, "macAddress": "02:00:00:00:00:01", "networkAdapterType": "",
		"altMacAddress": "", "altNetworkAdapterType": "", "extensionAttributes": c.attributesIn(m, "HARDWARE"),
	}
}

func securitySection(m *Mac) fields {
	escrowed := "NOT_ESCROWED"
	if m.BootstrapToken {
		escrowed = "ESCROWED"
	}
	return fields{
		"sipStatus": "ENABLED", "gatekeeperStatus": "APP_STORE_AND_IDENTIFIED_DEVELOPERS", "xprotectVersion": "5316", "autoLoginDisabled": true,
		"remoteDesktopEnabled": false, "activationLockEnabled": false, "recoveryLockEnabled": false, "firewallEnabled": true,
		"secureBootLevel": "FULL_SECURITY", "externalBootLevel": "DISALLOW_BOOTING_FROM_EXTERNAL_MEDIA",
		"bootstrapTokenAllowed": m.Managed, "bootstrapTokenEscrowedStatus": escrowed, "attestationStatus": "PENDING",
	}
}

// attributesIn are the extension attributes that are shown in a section, each where its definition says and nowhere
// else.
func (c *call) attributesIn(m *Mac, section string) []fields {
	list := []fields{}
	for id, t := range c.attributes.all(c.view) {
		if t.InventoryDisplayType != section {
			continue
		}
		values := []string{} // of what has never been reported; what is blank is one empty text: not known
		if v, ok := m.Attributes[t.Name]; ok {
			values = append(values, v)
		}
		dataType, inputType := t.DataType, t.InputType
		if dataType == "DATE" {
			dataType = "DATE_TIME"
		}
		if inputType == inputDirectory {
			inputType = "LDAP"
		}
		list = append(list, fields{
			"definitionId": strconv.Itoa(id), "name": t.Name, "description": t.Description, "enabled": *t.Enabled, "multiValue": false,
			"values": values, "dataType": dataType, "options": append([]string{}, t.PopupMenuChoices...), "inputType": inputType,
		})
	}
	return list
}

func (c *call) groupsOf(m *Mac) []fields {
	list := []fields{}
	for id, g := range c.groups.all(c.view) {
		if c.isMember(c.view, id, m) {
			list = append(list, fields{"groupId": strconv.Itoa(id), "groupName": g.name, "groupDescription": g.description, "smartGroup": g.smart})
		}
	}
	return list
}

func (c *call) profileSection(m *Mac) []fields {
	list := []fields{}
	for id, e := range c.profiles.rows.all(c.view) {
		name := e.text("general", "name")
		if slices.Contains(m.Profiles, name) {
			list = append(list, fields{
				"id": strconv.Itoa(id), "username": "", "lastInstalled": stamp(m.LastReport), "removable": false, "displayName": name,
				"profileIdentifier": e.text("general", "uuid"),
			})
		}
	}
	return list
}
