package jamf

import "fmt"

// DataType is that of the values of an extension attribute.
type DataType string

// What values may be.
const (
	DataString  DataType = "STRING"
	DataInteger DataType = "INTEGER"
	DataDate    DataType = "DATE" // YYYY-MM-DD hh:mm:ss
)

// DataTypes are all there are.
func DataTypes() []DataType { return []DataType{DataString, DataInteger, DataDate} }

// InputType is where the values of an extension attribute come from.
type InputType string

// Where values come from.
const (
	InputScript    InputType = "SCRIPT"
	InputText      InputType = "TEXT"
	InputPopup     InputType = "POPUP"
	InputDirectory InputType = "DIRECTORY_SERVICE_ATTRIBUTE_MAPPING"
)

// InputTypes are all there are.
func InputTypes() []InputType { return []InputType{InputScript, InputText, InputPopup, InputDirectory} }

// DisplayType is the section of a computer's record that shows an extension attribute.
type DisplayType string

// DisplayTypes are all there are.
func DisplayTypes() []DisplayType {
	return []DisplayType{"GENERAL", "HARDWARE", "OPERATING_SYSTEM", "USER_AND_LOCATION", "PURCHASING", DisplayAttributes}
}

// DisplayAttributes is the section for extension attributes alone.
const DisplayAttributes DisplayType = "EXTENSION_ATTRIBUTES"

// ExtensionAttribute is a value that each Mac reports with its inventory.
type ExtensionAttribute struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	DataType    DataType    `json:"dataType"`
	Enabled     bool        `json:"enabled"`
	Display     DisplayType `json:"inventoryDisplayType"`
	Input       InputType   `json:"inputType"`
	Script      string      `json:"scriptContents,omitempty"`   // with InputScript only
	Choices     []string    `json:"popupMenuChoices,omitempty"` // with InputPopup only
	raw         document
}

// ExtensionAttributes are the server's, of computers.
func (c *Client) ExtensionAttributes() Collection[ExtensionAttribute] {
	return Collection[ExtensionAttribute]{client: c, kind: kind[ExtensionAttribute]{
		noun: "extension attribute", path: proRoot + "v1/computer-extension-attributes", nameKey: "name",
		parts:  func(v *ExtensionAttribute) parts { return parts{&v.ID, &v.Name, &v.raw} },
		refuse: refuseAttribute,
		finish: func(d document) {
			// What becomes of values may be said only of a script that is turned off.
			if string(d["enabled"]) != "false" || string(d["inputType"]) != `"SCRIPT"` {
				d.without("manageExistingData")
			}
		},
	}}
}

func refuseAttribute(v ExtensionAttribute) error {
	if err := refuseWord("data type", v.DataType, DataTypes()); err != nil {
		return err
	}
	if err := refuseWord("input type", v.Input, InputTypes()); err != nil {
		return err
	}
	if err := refuseWord("inventory display type", v.Display, DisplayTypes()); err != nil {
		return err
	}
	switch {
	case (v.Input == InputScript) != (v.Script != ""):
		return fmt.Errorf("%w: a script goes with input type SCRIPT, and with that one only", ErrRefused)
	case (v.Input == InputPopup) != (len(v.Choices) > 0):
		return fmt.Errorf("%w: choices go with input type POPUP, and with that one only", ErrRefused)
	case v.Input != InputScript && !v.Enabled:
		return fmt.Errorf("%w: only scripts can be turned off", ErrRefused)
	}
	return refuseName(v.Name)
}
