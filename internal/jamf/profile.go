package jamf

import (
	"fmt"
	"strings"
)

// Profile is a macOS configuration profile: a property list, and which Macs get it.
type Profile struct {
	ID            string
	Name          string
	Description   string
	Category      Reference // zero for none
	Distribution  Distribution
	UserRemovable bool
	Level         Level
	Redeploy      Redeploy // who gets it anew when it is written; empty leaves that to the server
	Payloads      string   // the whole .mobileconfig, as XML
	Scope         Scope
	tree          *element
}

// Distribution is how a profile gets to a Mac.
type Distribution string

// How profiles get to Macs.
const (
	InstallAutomatically Distribution = "Install Automatically"
	InSelfService        Distribution = "Make Available in Self Service"
)

// Distributions are all there are.
func Distributions() []Distribution { return []Distribution{InstallAutomatically, InSelfService} }

// Level says whom a profile is for.
type Level string

// Whom profiles are for. The server also says System for the first.
const (
	LevelComputer Level = "computer"
	LevelUser     Level = "user"
)

// Levels are all there are.
func Levels() []Level { return []Level{LevelComputer, LevelUser} }

// Redeploy says who gets a profile anew when it is written.
type Redeploy string

// Who gets a profile anew.
const (
	RedeployNewlyAssigned Redeploy = "Newly Assigned"
	RedeployAll           Redeploy = "All"
)

// Redeploys are all there are.
func Redeploys() []Redeploy { return []Redeploy{RedeployNewlyAssigned, RedeployAll} }

// ProfileIdentity is what a Mac knows a profile by. The server makes one up for a new profile, and for a changed one
// whose payloads do not hold the old one. Macs then have two profiles, which contradict each other.
type ProfileIdentity struct{ UUID, Identifier string }

// readProfile reads a profile.
func readProfile(e *element) Profile {
	general := e.child("general")
	p := Profile{
		tree: e, ID: strings.TrimSpace(general.value("id")), Name: general.value("name"),
		Description: general.value("description"), Category: category(general),
		Distribution:  Distribution(general.value("distribution_method")),
		UserRemovable: general.is("user_removable"),
		Level:         LevelComputer,
		Redeploy:      Redeploy(general.value("redeploy_on_update")),
		Payloads:      general.value("payloads"),
		Scope:         readScope(e.child("scope")),
	}
	if strings.EqualFold(general.value("level"), string(LevelUser)) {
		p.Level = LevelUser
	}
	return p
}

// refuse refuses what the server would store as something else, or break.
func (p Profile) refuse() error {
	if err := refuseName(p.Name); err != nil {
		return err
	}
	if err := refuseWord("distribution", p.Distribution, Distributions()); err != nil {
		return err
	}
	if err := refuseWord("level", p.Level, Levels()); err != nil {
		return err
	}
	if p.Redeploy != "" {
		if err := refuseWord("redeploy", p.Redeploy, Redeploys()); err != nil {
			return err
		}
	}
	if p.Category.ID != "" {
		if err := checkID(p.Category.ID); err != nil {
			return fmt.Errorf("category: %w", err)
		}
	}
	if _, err := Identity(p.Payloads); err != nil {
		return fmt.Errorf("payloads: %w", err)
	}
	return p.Scope.refuse()
}

// Identity reads what a Mac will know a profile by from its property list. Whoever writes new payloads for a profile that
// exists puts its identity into them.
func Identity(payloads string) (ProfileIdentity, error) {
	switch {
	case strings.HasPrefix(payloads, "bplist"):
		return ProfileIdentity{}, fmt.Errorf("%w: it is a binary property list, which the API cannot carry", ErrRefused)
	case strings.Contains(payloads, "<![CDATA["):
		return ProfileIdentity{}, fmt.Errorf("%w: it holds a CDATA section, which the API breaks", ErrRefused)
	}
	list, err := parseXML([]byte(payloads), "plist")
	if err != nil {
		return ProfileIdentity{}, err
	}
	dict := list.child("dict")
	if dict == nil {
		return ProfileIdentity{}, fmt.Errorf("%w: it is no dictionary", ErrMalformed)
	}
	var found ProfileIdentity
	for i := 0; i+1 < len(dict.children); i += 2 {
		switch key, value := dict.children[i], dict.children[i+1]; {
		case key.name != "key":
			return ProfileIdentity{}, fmt.Errorf("%w: its keys and values do not take turns", ErrMalformed)
		case key.text == "PayloadUUID" && value.name == "string":
			found.UUID = value.text
		case key.text == "PayloadIdentifier" && value.name == "string":
			found.Identifier = value.text
		}
	}
	return found, nil
}

// payloadsElement carries a property list. The server undoes escapes once more than XML says, in a CDATA section as well
// (PI-827): so it is one, with each & escaped once more, which comes out right under every account of what the server
// does. Reading needs nothing of the kind.
func payloadsElement(payloads string) *element {
	safe := strings.ReplaceAll(payloads, "]]>", "]]&gt;")
	return &element{name: "payloads", text: strings.ReplaceAll(safe, "&", "&amp;"), cdata: true}
}
