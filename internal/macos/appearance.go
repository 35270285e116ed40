package macos

import (
	"path"
	"strings"
)

// dark tells whether the person's screen is in dark mode now: the system keeps that in their preferences, and moves it
// along where the mode follows the time of day (known from public tools). Anything that cannot be read is light.
func (s Screen) dark() bool {
	name, ok := personalPreferences(s.Person)
	if !ok {
		return false
	}
	values, err := ReadList(s.Host, name)
	return err == nil && values["AppleInterfaceStyle"] == "Dark"
}

// darkVariant is the image for dark screens that lies beside one for light ones: "logo-dark.png" beside "logo.png". Where
// there is none, it is the same for both.
func darkVariant(host Host, icon string) string {
	ending := path.Ext(icon)
	variant := strings.TrimSuffix(icon, ending) + "-dark" + ending
	if entry, err := host.Lister.Stat(variant); err == nil && entry.Mode.IsRegular() {
		return variant
	}
	return icon
}

// Personal tells whether a path leads into the home of a person, who decides what lies there and may write anything.
func Personal(name string) bool { return strings.HasPrefix(name, usersFolder+"/") }

// personalPreferences is where a person's preferences for all programs lie. Names that no account has are refused, since
// they could lead elsewhere.
func personalPreferences(person Person) (name string, ok bool) {
	if person.Nobody() || strings.ContainsAny(person.Name, "/\x00") || strings.HasPrefix(person.Name, ".") {
		return "", false
	}
	return path.Join(usersFolder, person.Name, "Library/Preferences", globalDomain), true
}
