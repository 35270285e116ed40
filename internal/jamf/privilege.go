package jamf

import (
	"net/http"
	"strings"
)

// privilege tells which privilege a request probably needs, in Jamf's spelling, or "" where that is not known. The Pro
// API's are in Jamf's published document; the Classic API's are by the same pattern.
func privilege(method, path string) string {
	path = "/" + strings.Trim(path, "/") + "/"
	for _, special := range specialPrivileges() {
		if strings.Contains(path, special.part) && (special.method == "" || special.method == method) {
			return special.privilege
		}
	}
	verb := map[string]string{
		http.MethodGet: "Read ", http.MethodHead: "Read ", http.MethodPost: "Create ",
		http.MethodPut: "Update ", http.MethodPatch: "Update ", http.MethodDelete: "Delete ",
	}[method]
	for _, object := range privilegedObjects() {
		if verb != "" && strings.Contains(path, object.part) {
			return verb + object.privilege
		}
	}
	return ""
}

type pathPrivilege struct{ part, method, privilege string }

// specialPrivileges are those that do not follow from the method.
func specialPrivileges() []pathPrivilege {
	return []pathPrivilege{
		{"/upload/", http.MethodPost, "Update Packages"},
		{"/recalculate/", http.MethodPost, "Update Smart Computer Groups"},
		{"/cloud-distribution-point/", "", "Read Cloud Distribution Point"},
		{"/jcds/refresh-inventory/", "", "Read Cloud Distribution Point"},
		{"/logflush/", "", "Flush Policy Logs"},
		{"/computerhistory/", "", "Read Computers"},
	}
}

// privilegedObjects are the plurals that follow a verb. Longer parts come before the shorter ones that they hold.
func privilegedObjects() []pathPrivilege {
	return []pathPrivilege{
		{"/categories/", "", "Categories"},
		{"/packages/", "", "Packages"},
		{"/scripts/", "", "Scripts"},
		{"/computer-extension-attributes/", "", "Computer Extension Attributes"},
		{"/smart-groups/", "", "Smart Computer Groups"},
		{"/smart-group-membership/", "", "Smart Computer Groups"},
		{"/static-groups/", "", "Static Computer Groups"},
		{"/computergroups/", "", "Static Computer Groups"}, // this package writes no smart group there
		{"/policies/", "", "Policies"},
		{"/osxconfigurationprofiles/", "", "macOS Configuration Profiles"},
		{"/computers-inventory/", "", "Computers"},
	}
}
