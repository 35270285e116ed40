package jamftest

import (
	"net/http"
	"slices"
	"strconv"
)

// Attribute is a computer extension attribute that a script fills.
type Attribute struct {
	ID       int
	Name     string
	DataType string // STRING, INTEGER or DATE
	Script   string
}

// attribute is a computer extension attribute, in Jamf's words.
type attribute struct {
	ID                            string   `json:"id"`
	Name                          string   `json:"name"`
	Description                   string   `json:"description"`
	DataType                      string   `json:"dataType"`
	Enabled                       *bool    `json:"enabled"`
	InputType                     string   `json:"inputType"`
	InventoryDisplayType          string   `json:"inventoryDisplayType"`
	LdapAttributeMapping          string   `json:"ldapAttributeMapping"`
	LdapExtensionAttributeAllowed bool     `json:"ldapExtensionAttributeAllowed"`
	ManageExistingData            string   `json:"manageExistingData,omitempty"`
	PopupMenuChoices              []string `json:"popupMenuChoices"`
	ScriptContents                *string  `json:"scriptContents"`
}

// The input types.
const (
	inputScript    = "SCRIPT"
	inputText      = "TEXT"
	inputPopup     = "POPUP"
	inputDirectory = "DIRECTORY_SERVICE_ATTRIBUTE_MAPPING"
)

func attributes() *shelf[attribute] {
	show := func(_ *call, id int, t attribute) any {
		t.ID, t.ManageExistingData = strconv.Itoa(id), ""
		return t
	}
	return &shelf[attribute]{
		path: "/api/v1/computer-extension-attributes", fields: []string{"id", "name"}, order: "name:asc",
		required: []string{"name", "dataType", "inventoryDisplayType", "inputType"},
		named:    "name", name: func(t attribute) string { return t.Name }, updated: http.StatusAccepted,
		check: checkAttribute, show: show, row: show,
	}
}

func checkAttribute(c *call, id int, t *attribute) *answer {
	on := true
	if t.Enabled == nil {
		t.Enabled = &on
	}
	if t.PopupMenuChoices == nil {
		t.PopupMenuChoices = []string{}
	}
	hasScript := t.ScriptContents != nil && *t.ScriptContents != ""
	for _, refusal := range []*answer{
		among("dataType", t.DataType, "STRING", "INTEGER", "DATE"),
		among("inputType", t.InputType, inputScript, inputText, inputPopup, inputDirectory),
		among("inventoryDisplayType", t.InventoryDisplayType,
			"GENERAL", "HARDWARE", "OPERATING_SYSTEM", "USER_AND_LOCATION", "PURCHASING", "EXTENSION_ATTRIBUTES"),
		demand(hasScript == (t.InputType == inputScript), "scriptContents", "goes with inputType SCRIPT, and only with it"),
		demand(t.InputType == inputScript || *t.Enabled, "enabled", "only inputType SCRIPT can be disabled"),
		demand(t.InputType == inputPopup || len(t.PopupMenuChoices) == 0, "popupMenuChoices", "goes with inputType POPUP"),
		demand((t.LdapAttributeMapping != "") == (t.InputType == inputDirectory), "ldapAttributeMapping", "goes with a directory service, and only with it"),
	} {
		if refusal != nil {
			return refusal
		}
	}
	if t.ManageExistingData == "" {
		return nil
	}
	if id == 0 || t.InputType != inputScript || *t.Enabled {
		return invalid("manageExistingData", "only for an update of a disabled attribute with inputType SCRIPT")
	}
	if refusal := among("manageExistingData", t.ManageExistingData, "RETAIN", "DELETE"); refusal != nil {
		return refusal
	}
	if t.ManageExistingData == "DELETE" {
		for _, m := range c.macs {
			m.live.Attributes = without(m.live.Attributes, t.Name)
			m.reported.Attributes = without(m.reported.Attributes, t.Name)
		}
	}
	return nil
}

func demand(ok bool, field, why string) *answer {
	if ok {
		return nil
	}
	return invalid(field, why)
}

// dependents answers which groups use an attribute.
func (c *call) dependents() answer {
	t, ok := c.attributes.get(c.view, c.id())
	if !ok {
		return missing(c.r.PathValue("id"))
	}
	type dependent struct {
		Hyperlink        string `json:"hyperlink"`
		ID               int    `json:"id"`
		IdentifiableName string `json:"identifiableName"`
		NameLocalization string `json:"nameLocalization"`
		ObjectID         int    `json:"objectId"`
	}
	found := []dependent{}
	for id, g := range c.groups.all(c.view) {
		if slices.ContainsFunc(g.criteria, func(k criterion) bool { return k.Name == t.Name }) {
			found = append(found, dependent{"/smartComputerGroups.html?id=" + strconv.Itoa(id), id, g.name, "SMART_COMPUTER_GROUPS", id})
		}
	}
	return object(http.StatusOK, struct {
		TotalCount int         `json:"totalCount"`
		Results    []dependent `json:"results"`
	}{len(found), found})
}
