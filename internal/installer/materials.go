package installer

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"io"
	"io/fs"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

// Materials lists what is inside a package: every file and script with its checksum, and the modules and the standard
// library that the daemon was made of, as that says itself. The form is CycloneDX 1.6 in JSON. The same package has the
// same list, so its serial number is made of the checksums and its time is the package's.
func Materials(c flatpkg.Component) ([]byte, error) {
	data, err := materials(c)
	if err != nil {
		return nil, fmt.Errorf("list materials: %w", err)
	}
	return data, nil
}

func materials(c flatpkg.Component) ([]byte, error) {
	const version = cyclonedx.SpecVersion1_6
	whole := cyclonedx.Component{
		BOMRef: "package", Type: cyclonedx.ComponentTypeApplication, Name: c.Identifier, Version: c.Version,
	}
	list := materialList{serial: sha256.New(), parts: []string{}}
	fmt.Fprintf(list.serial, "%s\n%s\n", c.Identifier, c.Version)
	for _, group := range []struct {
		folder  string
		entries []flatpkg.Entry
	}{{"/", c.Payload}, {"Scripts/", c.Scripts}} {
		for _, e := range group.entries {
			if err := list.file(group.folder, e); err != nil {
				return nil, err
			}
		}
	}
	bom := cyclonedx.NewBOM()
	bom.SerialNumber = list.number()
	bom.Metadata = &cyclonedx.Metadata{Component: &whole, Timestamp: c.Modified.UTC().Format(time.RFC3339)}
	bom.Components = &list.components
	depends := append([]cyclonedx.Dependency{{Ref: whole.BOMRef, Dependencies: &list.parts}}, list.depends...)
	bom.Dependencies = &depends
	var out bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	encoder.SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bom, version); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// materialList collects what is inside.
type materialList struct {
	components []cyclonedx.Component
	parts      []string // what the package itself holds
	depends    []cyclonedx.Dependency
	serial     interface {
		io.Writer
		Sum([]byte) []byte
	}
}

// file adds a file, and if it is a program made by Go, what that was made of.
func (l *materialList) file(folder string, e flatpkg.Entry) error {
	if e.Mode.Type() == fs.ModeDir || e.Open == nil {
		return nil
	}
	content, err := e.Open()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(content)
	_ = content.Close() // it was only read
	if err != nil {
		return fmt.Errorf("%s: %w", e.Path, err)
	}
	name := folder + e.Path
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	fmt.Fprintf(l.serial, "%s %s\n", sum, name)
	l.parts = append(l.parts, name)
	l.components = append(l.components, cyclonedx.Component{
		BOMRef: name, Type: cyclonedx.ComponentTypeFile, Name: name,
		Hashes: &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: sum}},
	})
	if made, err := buildinfo.Read(bytes.NewReader(data)); err == nil {
		l.modules(name, made)
	}
	return nil
}

func (l *materialList) modules(program string, made *buildinfo.BuildInfo) {
	refs := []string{l.module("std", made.GoVersion)}
	for _, m := range made.Deps {
		for m.Replace != nil {
			m = m.Replace
		}
		refs = append(refs, l.module(m.Path, m.Version))
	}
	l.depends = append(l.depends, cyclonedx.Dependency{Ref: program, Dependencies: &refs})
}

func (l *materialList) module(path, version string) (ref string) {
	ref = "pkg:golang/" + path + "@" + version
	l.components = append(l.components, cyclonedx.Component{
		BOMRef: ref, Type: cyclonedx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: ref,
	})
	return ref
}

// number is a UUID of the eighth version, which is for those made in one's own way (RFC 9562).
func (l *materialList) number() string {
	b := l.serial.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
