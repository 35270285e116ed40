package flatpkg

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// PackageInfo is what a component says of itself.
type PackageInfo struct {
	Identifier      string
	Version         string
	InstallLocation string
	MinOSVersion    string
	Auth            string // "root" asks for it
	HasPayload      bool
	NumberOfFiles   int64
	InstallKBytes   int64
	Preinstall      string // path below Scripts; empty if there is none
	Postinstall     string
	Raw             []byte // the file as it is
}

// Distribution is what a product archive says of itself.
type Distribution struct {
	Title             string
	Identifier        string
	Version           string
	MinOSVersion      string
	HostArchitectures []string
	Components        []Reference
	Raw               []byte // the file as it is
}

// Reference is a component that a product archive installs.
type Reference struct {
	Identifier string
	Version    string
	Folder     string // in the archive
}

// quote writes a text for an attribute or between tags. The text is checked before: it holds no control characters.
func quote(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

const xmlDeclaration = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

func (c Component) packageInfo(payload, scripts []*item) []byte {
	var b bytes.Buffer
	b.WriteString(xmlDeclaration)
	fmt.Fprintf(&b, `<pkg-info format-version="2" identifier="%s" version="%s" install-location="%s" auth="root"`,
		c.Identifier, quote(c.Version), quote(cmp.Or(c.InstallLocation, "/")))
	b.WriteString(` overwrite-permissions="true" relocatable="false" postinstall-action="none"`)
	if c.MinOSVersion != "" {
		fmt.Fprintf(&b, ` minimumSystemVersion="%s"`, c.MinOSVersion)
	}
	b.WriteString(">\n")
	if len(payload) > 0 {
		fmt.Fprintf(&b, "    <payload numberOfFiles=\"%d\" installKBytes=\"%d\"/>\n", len(payload), installKBytes(payload))
	}
	if len(scripts) > 0 {
		b.WriteString("    <scripts>\n")
		for _, name := range []string{"preinstall", "postinstall"} {
			if slices.ContainsFunc(scripts, func(i *item) bool { return i.Path == name }) {
				fmt.Fprintf(&b, "        <%s file=\"./%s\"/>\n", name, name)
			}
		}
		b.WriteString("    </scripts>\n")
	}
	b.WriteString("</pkg-info>\n")
	return b.Bytes()
}

// distribution describes a product; kilobytes are those of its components.
func (p Product) distribution(kilobytes []int64) []byte {
	var b bytes.Buffer
	b.WriteString(xmlDeclaration)
	b.WriteString("<installer-gui-script minSpecVersion=\"2\">\n")
	fmt.Fprintf(&b, "    <title>%s</title>\n    <product id=\"%s\" version=\"%s\"/>\n", quote(p.Title), p.Identifier, quote(p.Version))
	b.WriteString(`    <options customize="never" require-scripts="false"`)
	if len(p.HostArchitectures) > 0 {
		fmt.Fprintf(&b, ` hostArchitectures="%s"`, strings.Join(p.HostArchitectures, ","))
	}
	b.WriteString("/>\n")
	if p.MinOSVersion != "" {
		fmt.Fprintf(&b, "    <volume-check>\n        <allowed-os-versions>\n            <os-version min=\"%s\"/>\n        </allowed-os-versions>\n    </volume-check>\n", p.MinOSVersion)
	}
	b.WriteString("    <choices-outline>\n        <line choice=\"default\">\n")
	for _, c := range p.Components {
		fmt.Fprintf(&b, "            <line choice=\"%s\"/>\n", c.Identifier)
	}
	b.WriteString("        </line>\n    </choices-outline>\n    <choice id=\"default\"/>\n")
	for i, c := range p.Components {
		id := c.Identifier
		fmt.Fprintf(&b, "    <choice id=\"%s\" visible=\"false\">\n        <pkg-ref id=\"%s\"/>\n    </choice>\n", id, id)
		fmt.Fprintf(&b, "    <pkg-ref id=\"%s\" version=\"%s\" onConclusion=\"none\" installKBytes=\"%d\" auth=\"root\">#%s</pkg-ref>\n",
			id, quote(c.Version), kilobytes[i], c.folder())
	}
	b.WriteString("</installer-gui-script>\n")
	return b.Bytes()
}

// folder is where a component is in a product archive.
func (c Component) folder() string { return c.Identifier + ".pkg" }

func readPackageInfo(data []byte) (PackageInfo, error) {
	root, err := parseXML(data, "pkg-info")
	if err != nil {
		return PackageInfo{}, err
	}
	info := PackageInfo{
		Identifier: root.attrs["identifier"], Version: root.attrs["version"], InstallLocation: root.attrs["install-location"],
		MinOSVersion: root.attrs["minimumSystemVersion"], Auth: root.attrs["auth"], Raw: data,
	}
	if !isIdentifier(info.Identifier) {
		return info, malformed("identifier %q", info.Identifier)
	}
	payload, err := root.child("payload")
	if err != nil {
		return info, err
	}
	if payload != nil {
		info.HasPayload = true
		for name, to := range map[string]*int64{"numberOfFiles": &info.NumberOfFiles, "installKBytes": &info.InstallKBytes} {
			if *to, err = strconv.ParseInt(payload.attrs[name], 10, 64); err != nil || *to < 0 {
				return info, malformed("%s is %q", name, payload.attrs[name])
			}
		}
	}
	scripts, err := root.child("scripts")
	if err != nil || scripts == nil {
		return info, err
	}
	for name, to := range map[string]*string{"preinstall": &info.Preinstall, "postinstall": &info.Postinstall} {
		script, err := scripts.child(name)
		if err != nil {
			return info, err
		}
		if script == nil {
			continue
		}
		file := path.Clean(script.attrs["file"])
		if fault := pathFault(file); fault != "" {
			return info, malformed("%s %q %s", name, file, fault)
		}
		*to = file
	}
	return info, nil
}

func readDistribution(data []byte) (*Distribution, error) {
	root, err := parseXML(data, "installer-gui-script", "installer-script")
	if err != nil {
		return nil, err
	}
	d := &Distribution{Raw: data}
	for _, get := range []struct {
		to   *string
		path []string
		attr string
	}{
		{&d.Title, []string{"title"}, ""},
		{&d.Identifier, []string{"product"}, "id"},
		{&d.Version, []string{"product"}, "version"},
		{&d.MinOSVersion, []string{"volume-check", "allowed-os-versions", "os-version"}, "min"},
	} {
		if *get.to, err = root.look(get.path, get.attr); err != nil {
			return nil, err
		}
	}
	architectures, err := root.look([]string{"options"}, "hostArchitectures")
	if err != nil {
		return nil, err
	}
	if architectures != "" {
		d.HostArchitectures = strings.Split(architectures, ",")
	}
	for _, ref := range root.children {
		folder, ok := strings.CutPrefix(strings.TrimSpace(ref.text), "#")
		if ref.name != "pkg-ref" || !ok {
			continue
		}
		if fault := pathFault(folder); fault != "" || slices.ContainsFunc(d.Components, func(r Reference) bool { return r.Folder == folder }) {
			return nil, malformed("component %q is there twice, or is no path", folder)
		}
		d.Components = append(d.Components, Reference{ref.attrs["id"], ref.attrs["version"], folder})
	}
	return d, nil
}
