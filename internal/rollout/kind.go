package rollout

import (
	"slices"
	"strings"
)

// Kind is a kind of object on the server.
type Kind string

// The kinds, in an order in which each refers only to those before it.
const (
	KindCategory  Kind = "category"
	KindScript    Kind = "script"
	KindAttribute Kind = "extension attribute"
	KindGroup     Kind = "smart group"
	KindPackage   Kind = "package"
	KindProfile   Kind = "configuration profile"
	KindPolicy    Kind = "policy"
)

func kinds() []Kind {
	return []Kind{KindCategory, KindScript, KindAttribute, KindGroup, KindPackage, KindProfile, KindPolicy}
}

// rank is the place of a kind in that order.
func (k Kind) rank() int { return slices.Index(kinds(), k) }

// privileged is the kind in the names of Jamf's privileges.
func (k Kind) privileged() string {
	switch k {
	case KindCategory:
		return "Categories"
	case KindScript:
		return "Scripts"
	case KindAttribute:
		return "Computer Extension Attributes"
	case KindGroup:
		return "Smart Computer Groups"
	case KindPackage:
		return "Packages"
	case KindProfile:
		return "macOS Configuration Profiles"
	case KindPolicy:
		return "Policies"
	}
	return ""
}

// key names an object.
type key struct {
	kind Kind
	name string
}

// String is the key as the state has it.
func (k key) String() string { return string(k.kind) + "/" + k.name }

func parseKey(text string) (key, bool) {
	kind, name, ok := strings.Cut(text, "/")
	k := key{Kind(kind), name}
	return k, ok && k.kind.rank() >= 0 && name != ""
}

// byKind orders keys so that each refers only to those before it, as far as the kinds tell.
func byKind(a, b key) int {
	if a.kind != b.kind {
		return a.kind.rank() - b.kind.rank()
	}
	return strings.Compare(a.name, b.name)
}

// marker is the sentence in the description of what this program makes, by which it knows it again. Deployments with other
// identifiers may be on the same server.
func marker(identifier string) string { return "Managed by install-or-defer (" + identifier + ")." }

// marked is a text with the marker.
func marked(text, identifier string) string {
	return strings.TrimSpace(text + "\n" + marker(identifier))
}
