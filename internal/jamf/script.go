package jamf

import "strings"

// ScriptPriority says when a script runs in a policy, unless the policy says otherwise.
type ScriptPriority string

// When scripts run.
const (
	ScriptBefore   ScriptPriority = "BEFORE"
	ScriptAfter    ScriptPriority = "AFTER"
	ScriptAtReboot ScriptPriority = "AT_REBOOT"
)

// ScriptPriorities are all there are.
func ScriptPriorities() []ScriptPriority {
	return []ScriptPriority{ScriptBefore, ScriptAfter, ScriptAtReboot}
}

// Script is one that policies run.
type Script struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Info           string         `json:"info"`
	Notes          string         `json:"notes"`
	Priority       ScriptPriority `json:"priority"`
	CategoryID     string         `json:"categoryId"` // "-1" for none
	Parameter4     string         `json:"parameter4"` // what the parameters mean; 1 to 3 are Jamf's own
	Parameter5     string         `json:"parameter5"`
	Parameter6     string         `json:"parameter6"`
	Parameter7     string         `json:"parameter7"`
	Parameter8     string         `json:"parameter8"`
	Parameter9     string         `json:"parameter9"`
	Parameter10    string         `json:"parameter10"`
	Parameter11    string         `json:"parameter11"`
	OSRequirements string         `json:"osRequirements"`
	Contents       string         `json:"scriptContents"`
	raw            document
}

// Scripts are those of the server.
func (c *Client) Scripts() Collection[Script] {
	return Collection[Script]{client: c, kind: kind[Script]{
		noun: "script", path: proRoot + "v1/scripts", nameKey: "name",
		parts: func(v *Script) parts { return parts{&v.ID, &v.Name, &v.raw} },
		refuse: func(v Script) error {
			if err := refuseWord("priority", v.Priority, ScriptPriorities()); err != nil {
				return err
			}
			return refuseName(v.Name)
		},
		finish: func(d document) {
			if string(d["categoryId"]) == `""` {
				d["categoryId"] = []byte(`"-1"`)
			}
			d.without("categoryName") // it follows from the id, and would contradict a new one
		},
	}}
}

// SameText compares what scripts hold. The server may add or drop a line end at the end, and keeps the line ends of
// whatever browser was used last.
func SameText(a, b string) bool {
	plain := func(s string) string { return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n") }
	return plain(a) == plain(b)
}
