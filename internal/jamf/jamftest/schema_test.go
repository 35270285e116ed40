package jamftest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// What follows are the names and types of Jamf's published schemas (11.30.1), as far as the server answers with them. A
// shape is a word: string, int, number or bool, with "!" for a field that must be there and "?" for one that may be null;
// or object, a list of a shape, or one of some words.
type (
	object map[string]any
	list   struct{ of any }
	words  []string
)

// conforms tells what of a value does not fit a shape.
func conforms(shape, value any, path string) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, path+": "+fmt.Sprintf(format, args...)) }
	switch shape := shape.(type) {
	case object:
		have, ok := value.(map[string]any)
		if !ok {
			say("%v is no object", value)
		}
		for name, v := range have {
			if of, known := shape[name]; known {
				wrong = append(wrong, conforms(of, v, path+"."+name)...)
			} else {
				say("%s is not in the schema", name)
			}
		}
		for name, of := range shape {
			if word, is := of.(string); is && strings.Contains(word, "!") {
				if _, there := have[name]; !there {
					say("%s is missing", name)
				}
			}
		}
	case list:
		have, ok := value.([]any)
		if !ok {
			say("%v is no list", value)
		}
		for i, v := range have {
			wrong = append(wrong, conforms(shape.of, v, fmt.Sprintf("%s.%d", path, i))...)
		}
	case words:
		if s, ok := value.(string); !ok || !slices.Contains(shape, s) {
			say("%v is none of %q", value, shape)
		}
	case string:
		if value == nil {
			if !strings.Contains(shape, "?") {
				say("is null")
			}
			return wrong
		}
		kind := strings.Trim(shape, "!?")
		n, isNumber := value.(float64)
		fits := map[string]bool{"int": isNumber && n == float64(int(n)), "number": isNumber}[kind]
		switch value.(type) {
		case string:
			fits = kind == "string"
		case bool:
			fits = kind == "bool"
		}
		if !fits {
			say("%v is no %s", value, kind)
		}
	}
	return wrong
}

// shapeOf makes an object of a line such as "id:string! name:string".
func shapeOf(line string) object {
	out := object{}
	for field := range strings.FieldsSeq(line) {
		name, kind, _ := strings.Cut(field, ":")
		out[name] = kind
	}
	return out
}

func (o object) and(name string, shape any) object {
	o[name] = shape
	return o
}

func results(of any) object { return object{"totalCount": "int!", "results": list{of}} }

func created() object { return shapeOf("id:string href:string") }

func categoryShape() object { return shapeOf("id:string name:string! priority:int!") }

func scriptShape() object {
	return shapeOf(`id:string name:string! info:string notes:string categoryId:string categoryName:string osRequirements:string
		parameter4:string parameter5:string parameter6:string parameter7:string parameter8:string parameter9:string parameter10:string
		parameter11:string scriptContents:string`).and("priority", words{"BEFORE", "AFTER", "AT_REBOOT"})
}

func attributeShape() object {
	return shapeOf(`id:string name:string! description:string enabled:bool ldapAttributeMapping:string ldapExtensionAttributeAllowed:bool
		scriptContents:string?`).and("dataType", words{"INTEGER", "STRING", "DATE"}).
		and("inputType", words{"SCRIPT", "TEXT", "POPUP", "DIRECTORY_SERVICE_ATTRIBUTE_MAPPING"}).
		and("inventoryDisplayType", words{"GENERAL", "HARDWARE", "OPERATING_SYSTEM", "USER_AND_LOCATION", "PURCHASING", "EXTENSION_ATTRIBUTES"}).
		and("popupMenuChoices", list{"string"})
}

func packageShape() object {
	return shapeOf(`id:string packageName:string! fileName:string! categoryId:string! info:string? notes:string? priority:int!
		osRequirements:string? fillUserTemplate:bool! fillExistingUsers:bool indexed:bool swu:bool rebootRequired:bool! selfHealNotify:bool
		selfHealingAction:string? osInstall:bool! serialNumber:string? parentPackageId:string? basePath:string? suppressUpdates:bool!
		cloudTransferStatus:string ignoreConflicts:bool suppressFromDock:bool! suppressEula:bool! suppressRegistration:bool!
		installLanguage:string? md5:string? sha256:string? sha3512:string? hashType:string? hashValue:string? size:string?
		osInstallerVersion:string? manifest:string? manifestFileName:string? format:string?`)
}

func smartShape() object {
	return shapeOf("name:string! description:string siteId:string?").and("criteria", list{
		shapeOf("name:string! priority:int! searchType:string! value:string! openingParen:bool closingParen:bool").and("andOr", words{"and", "or"}),
	})
}

func inventoryAttributeShape() object {
	return shapeOf("definitionId:string name:string description:string? enabled:bool multiValue:bool").
		and("dataType", words{"STRING", "INTEGER", "DATE_TIME"}).and("inputType", words{"TEXT", "POPUP", "SCRIPT", "LDAP"}).
		and("options", list{"string"}).and("values", list{"string"})
}

func inventoryShape() object {
	attributes := list{inventoryAttributeShape()}
	// lastContactTime and lastReportedIp are those of older versions: a server answers the same in all.
	general := shapeOf(`assetTag:string barcode1:string barcode2:string declarativeDeviceManagementEnabled:bool distributionPoint:string
		enrolledViaAutomatedDeviceEnrollment:bool initialEntryDate:string itunesStoreAccountActive:bool jamfBinaryVersion:string
		lastCheckIn:string lastContact:string lastContactTime:string lastEnrolledDate:string lastIpAddress:string lastReportedIp:string
		lastLoggedInUsernameBinary:string? lastLoggedInUsernameBinaryTimestamp:string? lastLoggedInUsernameSelfService:string?
		lastLoggedInUsernameSelfServiceTimestamp:string? lastReportedIpV4:string managementId:string mdmProfileExpiration:string name:string
		platform:string reportDate:string supervised:bool userApprovedMdm:bool`).
		and("enrollmentMethod", shapeOf("id:string objectName:string objectType:string")).and("extensionAttributes", attributes).
		and("mdmCapable", shapeOf("capable:bool").and("capableUsers", list{"string"}).and("userManagementInfo", list{object{}})).
		and("remoteManagement", shapeOf("managed:bool")).and("site", shapeOf("id:string name:string"))
	hardware := shapeOf(`altMacAddress:string altNetworkAdapterType:string appleSilicon:bool batteryCapacityPercent:int bleCapable:bool
		bootRom:string busSpeedMhz:int cacheSizeKilobytes:int coreCount:int macAddress:string make:string model:string modelIdentifier:string
		networkAdapterType:string nicSpeed:string openRamSlots:int opticalDrive:string processorArchitecture:string processorCount:int
		processorSpeedMhz:int processorType:string provisioningUdid:string serialNumber:string smcVersion:string supportsIosAppInstalls:bool
		totalRamMegabytes:int`).and("extensionAttributes", attributes).
		and("batteryHealth", words{"NON_GENUINE", "NORMAL", "SERVICE_RECOMMENDED", "UNKNOWN", "UNSUPPORTED"})
	system := shapeOf(`activeDirectoryStatus:string build:string name:string rapidSecurityResponse:string softwareUpdateDeviceId:string
		supplementalBuildVersion:string version:string`).and("extensionAttributes", attributes).
		and("fileVault2Status", words{"NOT_APPLICABLE", "NOT_ENCRYPTED", "BOOT_ENCRYPTED", "SOME_ENCRYPTED", "ALL_ENCRYPTED"})
	security := shapeOf(`activationLockEnabled:bool autoLoginDisabled:bool bootstrapTokenAllowed:bool firewallEnabled:bool
		recoveryLockEnabled:bool remoteDesktopEnabled:bool xprotectVersion:string`).
		and("attestationStatus", words{"PENDING", "SUCCESS"}).and("bootstrapTokenEscrowedStatus", words{"ESCROWED", "NOT_ESCROWED", "NOT_SUPPORTED"}).
		and("externalBootLevel", words{"ALLOW_BOOTING_FROM_EXTERNAL_MEDIA", "DISALLOW_BOOTING_FROM_EXTERNAL_MEDIA", "NOT_SUPPORTED", "UNKNOWN"}).
		and("gatekeeperStatus", words{"NOT_COLLECTED", "DISABLED", "APP_STORE_AND_IDENTIFIED_DEVELOPERS", "APP_STORE"}).
		and("secureBootLevel", words{"NO_SECURITY", "MEDIUM_SECURITY", "FULL_SECURITY", "NOT_SUPPORTED", "UNKNOWN"}).
		and("sipStatus", words{"NOT_COLLECTED", "NOT_AVAILABLE", "DISABLED", "ENABLED"})
	out := shapeOf("id:string udid:string").and("general", general).and("hardware", hardware).and("operatingSystem", system).
		and("security", security).and("extensionAttributes", attributes).
		and("applications", list{shapeOf(`bundleId:string externalVersionId:string macAppStore:bool name:string path:string sizeMegabytes:int
			updateAvailable:bool version:string`)}).
		and("groupMemberships", list{shapeOf("groupDescription:string groupId:string groupName:string smartGroup:bool")}).
		and("configurationProfiles", list{shapeOf("displayName:string id:string lastInstalled:string profileIdentifier:string removable:bool username:string")}).
		and("packageReceipts", object{"cached": list{"string"}, "installedByInstallerSwu": list{"string"}, "installedByJamfPro": list{"string"}}).
		and("userAndLocation", shapeOf("buildingId:string departmentId:string email:string phone:string position:string realname:string room:string username:string").and("extensionAttributes", attributes)).
		and("purchasing", shapeOf("leased:bool purchased:bool").and("extensionAttributes", attributes)).
		and("storage", shapeOf("bootDriveAvailableSpaceMegabytes:int").and("disks", list{object{}})).
		and("diskEncryption", shapeOf("diskEncryptionConfigurationName:string fileVault2EligibilityMessage:string fileVault2Enabled:bool institutionalRecoveryKeyPresent:bool").
			and("fileVault2EnabledUserNames", list{"string"}).and("individualRecoveryKeyValidityStatus", words{"VALID", "INVALID", "UNKNOWN", "NOT_APPLICABLE"})).
		and("contentCaching", object{})
	for _, name := range []string{"printers", "services", "localUserAccounts", "certificates", "attachments", "licensedSoftware", "ibeacons", "softwareUpdates"} {
		out[name] = list{object{}}
	}
	return out
}

func planShape() object {
	return shapeOf("planUuid:string! specificVersion:string buildVersion:string? maxDeferrals:int! forceInstallLocalDateTime:string? recipeId:string").
		and("device", shapeOf("deviceId:string objectType:string href:string")).
		and("updateAction", words{"DOWNLOAD_ONLY", "DOWNLOAD_INSTALL", "DOWNLOAD_INSTALL_ALLOW_DEFERRAL", "DOWNLOAD_INSTALL_RESTART", "DOWNLOAD_INSTALL_SCHEDULE", "UNKNOWN"}).
		and("versionType", words{"LATEST_MAJOR", "LATEST_MINOR", "LATEST_ANY", "SPECIFIC_VERSION", "CUSTOM_VERSION", "UNKNOWN"}).
		and("status", shapeOf("state:string").and("errorReasons", list{"string"}))
}

func toggleStatusShape() object {
	return shapeOf(`elapsedTime:int? endTime:string? startTime:string? exitMessage:string formattedPercentComplete:string percentComplete:number
		processedRecords:int totalRecords:int`).and("state", words{"NOT_RUNNING", "RUNNING", "NEVER_RAN"}).
		and("exitState", words{"UNKNOWN", "EXECUTING", "COMPLETED", "NOOP", "FAILED", "STOPPED"})
}

func errorShape() object {
	return object{"httpStatus": "int", "errors": list{shapeOf("code:string description:string field:string! id:string?")}}
}

func clientShape() object {
	return shapeOf("id:int! displayName:string! enabled:bool! clientId:string! accessTokenLifetimeSeconds:int").
		and("authorizationScopes", list{"string"}).and("appType", words{"CLIENT_CREDENTIALS", "NATIVE_APP_OAUTH", "NONE"})
}

func authorizationShape() object {
	account := shapeOf(`accessLevel:string currentSiteId:string email:string id:string multiSiteAdmin:bool privilegeSet:string realName:string
		username:string`).and("groupIds", list{"string"}).
		and("preferences", shapeOf("dateFormat:string disableRelativeDates:bool language:string region:string timezone:string")).
		and("privilegesBySite", object{"-1": list{"string"}})
	return object{"account": account, "accountGroups": list{object{}}, "authenticationType": words{"JSS", "CLIENT_CREDENTIALS"}, "sites": list{object{}}}
}

func TestAnswersFitTheSchemas(t *testing.T) {
	b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer}}, able(), able())
	toggle := shapeOf("toggle:bool! forceInstallLocalDateEnabled:bool customVersionEnabled:bool dssEnabled:bool recipeEnabled:bool")
	mac, _ := b.server.Mac(1)
	other := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	rows := []struct {
		method, path, body string
		status             int
		shape              any
	}{
		{"POST", "/api/v1/categories", category, 201, created()},
		{"GET", "/api/v1/categories", "", 200, results(categoryShape())},
		{"GET", "/api/v1/categories/1", "", 200, categoryShape()},
		{"POST", "/api/v1/categories", "{}", 400, errorShape()},
		{"POST", "/api/v1/scripts", script, 201, created()},
		{"GET", "/api/v1/scripts", "", 200, results(scriptShape())},
		{"PUT", "/api/v1/scripts/1", script, 200, scriptShape()},
		{"POST", "/api/v1/computer-extension-attributes", attribute, 201, created()},
		{"POST", "/api/v1/computer-extension-attributes", `{"name":"T","dataType":"INTEGER","inventoryDisplayType":"GENERAL","inputType":"TEXT"}`, 201, created()},
		{"GET", "/api/v1/computer-extension-attributes", "", 200, results(attributeShape())},
		{"PUT", "/api/v1/computer-extension-attributes/1", attribute, 202, attributeShape()},
		{"POST", "/api/v1/packages", pkg, 201, created()},
		{"GET", "/api/v1/packages", "", 200, results(packageShape())},
		{"PUT", "/api/v1/packages/1", pkg, 200, packageShape()},
		{"POST", smartGroups, silicon, 201, created()},
		{"GET", smartGroups, "", 200, results(shapeOf("id:string siteId:string name:string description:string membershipCount:int"))},
		{"GET", smartGroups + "/1", "", 200, smartShape()},
		{"PUT", smartGroups + "/1", silicon, 202, smartShape()},
		{"GET", "/api/v3/computer-groups/smart-group-membership/1", "", 200, object{"members": list{"int"}}},
		{"POST", "/api/v1/smart-computer-groups/1/recalculate", "", 200, shapeOf("count:int")},
		{"POST", staticGroups, `{"name":"Pilot","assignments":["1"]}`, 201, created()},
		{"GET", staticGroups, "", 200, results(shapeOf("id:string! name:string! description:string? siteId:string? count:int"))},
		{"GET", staticGroups + "/2", "", 200, shapeOf("id:string! name:string! description:string? siteId:string?")},
		{"PUT", staticGroups + "/2", `{"name":"Pilot","assignments":["1"]}`, 202, shapeOf("id:string name:string! description:string? siteId:string?").and("assignments", list{"string"})},
		{"POST", smartGroups, silicon, 422, errorShape()},
		{"GET", "/api/v1/computer-extension-attributes/1/data-dependency", "", 200, results(shapeOf("hyperlink:string id:int identifiableName:string nameLocalization:string objectId:int"))},
		{"GET", "/api/v1/cloud-distribution-point/upload-capability", "", 200, shapeOf("directUploadCapable:bool principalDistributionTechnology:bool")},
		{"GET", inventory + "-detail/1", "", 200, inventoryShape()},
		{"GET", inventory, "", 200, results(inventoryShape())},
		{"GET", plans + "/feature-toggle", "", 200, toggle},
		{"GET", plans + "/feature-toggle/status", "", 200, object{"toggleOn": toggleStatusShape(), "toggleOff": toggleStatusShape()}},
		{"POST", plans, forDevices(latest, 1, 2), 201, object{"plans": list{shapeOf("planId:string href:string").and("device", shapeOf("deviceId:string objectType:string href:string"))}}},
		{"GET", plans, "", 200, results(planShape())},
		{"PUT", plans + "/feature-toggle", `{"toggle":true}`, 200, toggle},
		{"GET", plans + "/feature-toggle/status", "", 200, object{"toggleOn": toggleStatusShape(), "toggleOff": toggleStatusShape()}},
		{"GET", "/api/v1/managed-software-updates/available-updates", "", 200, object{"availableUpdates": object{"macOS": list{"string"}, "iOS": list{"string"}}}},
		{"GET", "/api/v1/ddm/" + mac.ManagementID + "/status-items", "", 200, object{"statusItems": list{shapeOf("key:string value:string lastUpdateTime:string")}}},
		{"POST", "/api/v2/mdm/blank-push", other(`{"clientManagementIds":["ID"]}`, "ID", mac.ManagementID), 200, object{"errorUuids": list{"string"}}},
		{"GET", "/api/v2/mdm/commands?filter=command==BLANK_PUSH", "", 200, results(shapeOf("uuid:string dateSent:string dateCompleted:string commandState:string commandType:string").and("client", shapeOf("clientType:string managementId:string")))},
		{"GET", "/api/v1/auth", "", 200, authorizationShape()},
		{"GET", "/api/v1/api-role-privileges", "", 200, object{"privileges": list{"string"}}},
		{"POST", "/api/v1/api-roles", `{"displayName":"r","privileges":["Read Categories"]}`, 200, shapeOf("id:string! displayName:string!").and("privileges", list{"string"})},
		{"POST", "/api/v1/api-integrations", `{"displayName":"i","authorizationScopes":["r"],"enabled":true,"accessTokenLifetimeSeconds":300}`, 201, clientShape()},
		{"GET", "/api/v1/api-integrations", "", 200, results(clientShape())},
		{"POST", "/api/v1/api-integrations/1/client-credentials", "", 200, shapeOf("clientId:string! clientSecret:string!")},
		{"GET", "/api/v1/jamf-pro-version", "", 200, shapeOf("version:string")},
		{"GET", "/api/v1/computer-groups", "", 200, list{shapeOf("id:string name:string description:string smartGroup:bool")}},
		{"GET", "/api/v1/categories/99", "", 404, errorShape()},
	}
	b.server.Advance(48 * time.Hour)
	for _, row := range rows {
		t.Run(row.method+" "+row.path, func(t *testing.T) {
			b.t = t
			r := b.must(row.status, row.method, row.path, row.body)
			var v any
			if err := json.Unmarshal([]byte(r.body), &v); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range conforms(row.shape, v, "$") {
				t.Error(wrong)
			}
		})
	}
	b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "x")
	var v any
	if err := json.Unmarshal([]byte(b.get("/api/v1/cloud-distribution-point/files").body), &v); err != nil {
		t.Fatal(err)
	}
	file := shapeOf("id:string fileName:string! fileObjectId:string! inventoryId:string category:string").
		and("status", words{"READY", "PENDING", "ERROR"}).and("type", words{"NONE", "PACKAGE", "EBOOK", "MOBILE_DEVICE_APP", "SCRIPT"})
	for _, wrong := range conforms(results(file), v, "$") {
		t.Error(wrong)
	}
}
