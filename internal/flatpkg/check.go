package flatpkg

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of the formats, and of what is sensible.
const (
	maxEntries = 1<<18 - 1 // cpio numbers files with six octal digits
	maxOwner   = 1<<18 - 1 // and owners
	maxSize    = 1<<32 - 1 // the Bom tells sizes in 32 bits; its table of larger ones (Size64) is not written
	maxName    = 255       // bytes, of HFS+ and APFS
	maxPath    = 1023      // bytes, PATH_MAX without the NUL
	maxTime    = 1<<32 - 1 // seconds in a Bom
)

func (c Component) check() error {
	switch {
	case !isIdentifier(c.Identifier):
		return wrong("identifier %q is not made of letters, digits, dots, hyphens and underscores", c.Identifier)
	case !isText(c.Version):
		return wrong("version %q is empty or not one line of text", c.Version)
	case c.InstallLocation != "" && (!path.IsAbs(c.InstallLocation) || !isText(c.InstallLocation) || path.Clean(c.InstallLocation) != c.InstallLocation):
		return wrong("install location %q is not a plain absolute path", c.InstallLocation)
	case !isVersion(c.MinOSVersion):
		return wrong("minimum macOS version %q is not numbers and dots", c.MinOSVersion)
	case len(c.Payload) == 0 && len(c.Scripts) == 0:
		return wrong("component %s has neither files nor scripts", c.Identifier)
	}
	return checkTime(c.Modified)
}

func checkTime(t time.Time) error {
	if s := t.Unix(); s < 0 || s > maxTime || t.Nanosecond() != 0 {
		return wrong("modification time %s is not a whole second between 1970 and 2106", t.UTC().Format(time.RFC3339Nano))
	}
	return nil
}

func (p Product) check() error {
	switch {
	case !isText(p.Title):
		return wrong("title %q is empty or not one line of text", p.Title)
	case !isIdentifier(p.Identifier):
		return wrong("identifier %q is not made of letters, digits, dots, hyphens and underscores", p.Identifier)
	case !isText(p.Version):
		return wrong("version %q is empty or not one line of text", p.Version)
	case !isVersion(p.MinOSVersion):
		return wrong("minimum macOS version %q is not numbers and dots", p.MinOSVersion)
	case len(p.Components) == 0:
		return wrong("product %s has no component", p.Identifier)
	}
	for _, a := range p.HostArchitectures {
		if a != "arm64" && a != "x86_64" {
			return wrong("architecture %q is neither arm64 nor x86_64", a)
		}
	}
	seen := map[string]bool{}
	for _, c := range p.Components {
		key := strings.ToLower(c.Identifier)
		if seen[key] {
			return wrong("component %s is there twice", c.Identifier)
		}
		seen[key] = true
	}
	return nil
}

func (e Entry) check() error {
	if fault := pathFault(e.Path); fault != "" {
		return wrong("path %q %s", e.Path, fault)
	}
	if e.Mode&^(fs.ModePerm|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky|fs.ModeDir|fs.ModeSymlink) != 0 {
		return wrong("%s: mode %v (%#o) is not that of a file, folder or symbolic link in Go", e.Path, e.Mode, uint32(e.Mode))
	}
	kind := e.Mode.Type()
	switch {
	case kind == fs.ModeDir|fs.ModeSymlink:
		return wrong("%s: mode %v is that of a folder and of a symbolic link", e.Path, e.Mode)
	case e.UID < 0 || e.UID > maxOwner || e.GID < 0 || e.GID > maxOwner:
		return wrong("%s: owner %d:%d is not between 0 and %d", e.Path, e.UID, e.GID, maxOwner)
	case kind == fs.ModeSymlink && !isLink(e.Link):
		return wrong("%s: link to %q leads nowhere", e.Path, e.Link)
	case kind != fs.ModeSymlink && e.Link != "":
		return wrong("%s: has a link, but is none", e.Path)
	case kind != 0 && (e.Size != 0 || e.Open != nil):
		return wrong("%s: has content, but is no file", e.Path)
	case e.Size < 0:
		return wrong("%s: size %d is negative", e.Path, e.Size)
	case e.Size > maxSize:
		return wrong("%s: %d bytes are 4 GiB or more, which the bill of materials cannot tell", e.Path, e.Size)
	case e.Size > 0 && e.Open == nil:
		return wrong("%s: has %d bytes, but no content", e.Path, e.Size)
	case e.Path == "." && kind != fs.ModeDir:
		return wrong("the install location is no folder")
	}
	return nil
}

// pathFault says what keeps a path from being a plain relative one.
func pathFault(p string) string {
	switch {
	case p == ".":
		return ""
	case p == "":
		return "is empty"
	case len(p) > maxPath:
		return "is too long"
	case !utf8.ValidString(p):
		return "is not UTF-8"
	case strings.ContainsRune(p, 0):
		return "contains NUL"
	}
	for part := range strings.SplitSeq(p, "/") {
		switch {
		case part == "":
			return "is absolute or has an empty part"
		case part == "." || part == "..":
			return "leads elsewhere"
		case len(part) > maxName:
			return "has a part that is too long"
		}
	}
	return ""
}

func isLink(target string) bool {
	return target != "" && len(target) <= maxPath && utf8.ValidString(target) && !strings.ContainsRune(target, 0)
}

func isIdentifier(s string) bool {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
	}
	parts := strings.Split(s, ".")
	return len(s) <= 200 && !slices.ContainsFunc(parts, func(part string) bool {
		return part == "" || strings.ContainsFunc(part, func(r rune) bool { return !plain(r) })
	})
}

// isText holds for one line that XML can tell.
func isText(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == '\uFFFE' || r == '\uFFFF' || r == utf8.RuneError
	})
}

func isVersion(s string) bool {
	if s == "" {
		return true
	}
	parts := strings.Split(s, ".")
	return len(parts) <= 3 && !slices.ContainsFunc(parts, func(part string) bool {
		return part == "" || len(part) > 5 || strings.Trim(part, "0123456789") != ""
	})
}
