package flatpkg

// Stray is a file or folder of the archive that is no part of an installer package as it is known here: a picture for
// the Installer's window, say, or what somebody has added. Nothing but its checksums is looked at.
type Stray struct {
	Path   string // in the archive
	Folder bool
	Size   int64 // of a file, in bytes, unpacked
}

// strays finds them, once it is known what the package is and where its components are.
func (p *Package) strays() []Stray {
	expected := map[string]bool{}
	if p.Kind == KindProduct {
		expected["Distribution"] = true
	}
	for _, c := range p.Components {
		below := ""
		if c.Folder != "" {
			expected[c.Folder+"/"] = true
			below = c.Folder + "/"
		}
		for _, name := range []string{"PackageInfo", "Bom", string(Payload), string(Scripts)} {
			expected[below+name] = true
		}
	}
	var found []Stray
	for _, f := range p.x.files {
		key := f.path
		if f.dir {
			key += "/" // so that a folder called Payload is none
		}
		if !expected[key] {
			found = append(found, Stray{f.path, f.dir, f.size})
		}
	}
	return found
}
