package jamf

import "strings"

// equals is a filter of the Pro API (RSQL): the field holds this value. It lets more through than it says: case does not
// count, and a star in the value stands for anything, since there is no way to write a plain one.
func equals(field, value string) string {
	return field + `=="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
