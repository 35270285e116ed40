package sim

import (
	"fmt"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// accountID is the id of a person's account.
func accountID(p Person) string {
	return fmt.Sprintf("2DB09770-993B-43FB-99AF-%012X", p.UID)
}

// diskutil is what `diskutil apfs listUsers /` prints. On Intel it does not tell who owns the volume.
func (m *Mac) diskutil() macos.Output {
	type user struct {
		id, kind string
		owner    bool
	}
	users := []user{
		{accountID(m.scenario.Person), "Local Open Directory User", !m.scenario.Person.NoOwner},
		{"EBC6C064-0000-11AA-AA11-00306543ECAC", "Personal Recovery User", true},
	}
	if m.console.other {
		users = append(users, user{accountID(m.scenario.Other), "Local Open Directory User", !m.scenario.Other.NoOwner})
	}
	if m.scenario.Management.escrows() {
		users = append(users, user{"2457711A-523C-4604-B75A-F48A571D5036", "MDM Bootstrap Token External Key", true})
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Cryptographic users for disk3s1s1 (%d found)\n|\n", len(users))
	for i, u := range users {
		bar := "|"
		if i == len(users)-1 {
			bar = " "
		}
		fmt.Fprintf(&text, "+-- %s\n%s   Type: %s\n", u.id, bar, u.kind)
		if m.scenario.Silicon {
			fmt.Fprintf(&text, "%s   Volume Owner: %s\n", bar, map[bool]string{true: "Yes", false: "No"}[u.owner])
		}
		text.WriteString(bar + "\n")
	}
	return macos.Output{Stdout: text.String()}
}

// dscl is what `dscl . -read /Users/name GeneratedUID` prints.
func (m *Mac) dscl(c macos.Command) macos.Output {
	for _, arg := range c.Args {
		name, found := strings.CutPrefix(arg, "/Users/")
		if p, known := m.personOf(name); found && known {
			return macos.Output{Stdout: "GeneratedUID: " + accountID(p) + "\n"}
		}
	}
	return macos.Output{Stderr: "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n", Code: 56}
}
