package cli

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
)

// leastDaemon is the least that passes for a program for Macs.
func leastDaemon() *io.SectionReader {
	var data []byte
	for _, n := range []uint32{
		0xfeedfacf, 0x01000007, 3, 2, 2, 48, 0, 0, // the header, for Intel
		0x1b, 24, 1, 2, 3, 4, // LC_UUID
		0x32, 24, 1, 12 << 16, 14 << 16, 0, // LC_BUILD_VERSION
	} {
		data = binary.LittleEndian.AppendUint32(data, n)
	}
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data)))
}

// deployed writes a file for an administrator and reads it.
func deployed(t *testing.T, text string) (*jamfOptions, deployment.Deployment) {
	t.Helper()
	o := &jamfOptions{config: filepath.Join(t.TempDir(), "install-or-defer.yaml"), command: &cobra.Command{}}
	o.command.Flags().StringVar(&o.pkg, "package", "", "")
	o.command.SetContext(t.Context())
	picture := filepath.Join(filepath.Dir(o.config), "logo.png")
	for file, data := range map[string]string{o.config: text, picture: "\x89PNG\r\n\x1a\nand so on"} {
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := o.load()
	if err != nil {
		t.Fatal(err)
	}
	return o, d
}

// built writes the package of a file for an administrator.
func built(t *testing.T, text string) (name string) {
	t.Helper()
	o, d := deployed(t, text)
	logo, err := pkgOptions{config: o.config}.logo(d)
	if err != nil {
		t.Fatal(err)
	}
	c, err := installer.Content(d, leastDaemon(), installer.Options{Version: "1.0.0", Modified: time.Unix(1_700_000_000, 0), Logo: logo})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := flatpkg.WriteProduct(t.Context(), &b, installer.Product(c), flatpkg.Options{}); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), "p.pkg")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAPackageOfOtherChoicesIsTold(t *testing.T) {
	const policy = "jamf: {policy: {}, stages: [{name: a, groups: [A]}]}\n"
	const profile = "jamf: {profile: {}, policy: {}, stages: [{name: a, groups: [A]}]}\n"
	const before = "the package was built with other choices than those of the file, in "
	for name, row := range map[string]struct{ was, is, note string }{
		"the same":                        {policy + "settings: {MaxDeferralTime: 3d}\n", policy + "settings: {MaxDeferralTime: 3d}\n", ""},
		"a setting":                       {policy + "settings: {MaxDeferralTime: 3d}\n", policy + "settings: {MaxDeferralTime: 4d}\n", before + "MaxDeferralTime; build another version"},
		"a setting more":                  {policy, policy + "settings: {MaxDeferralTime: 4d}\n", before + "MaxDeferralTime; build another version"},
		"a setting that a profile brings": {profile, profile + "settings: {MaxDeferralTime: 4d}\n", ""},
		"forgetting the deadline":         {profile + "package: {reset_on_install: true}\n", profile, before + "reset_on_install; build another version"},
		"the interval":                    {profile, profile + "package: {start_interval: 1h}\n", before + "start_interval; build another version"},
		"the logo":                        {profile, profile + "logo: logo.png\n", before + "logo; build another version"},
		"several": {
			profile, profile + "package: {reset_on_install: true, start_interval: 1h}\n",
			before + "reset_on_install, start_interval; build another version",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, d := deployed(t, row.is)
			o.pkg = built(t, row.was)
			p, file, err := o.openPackage(d)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = file.Close() }()
			if got := strings.Join(p.Notes, "\n"); got != row.note {
				t.Error(got)
			}
		})
	}
}

func TestAPackageThatDoesNotTellIsNotCompared(t *testing.T) {
	o, d := deployed(t, "jamf: {policy: {}, stages: [{name: a, groups: [A]}]}\n")
	var b bytes.Buffer
	c := flatpkg.Component{
		Identifier: agent.Identifier, Version: "1.0.0", InstallLocation: "/", Modified: time.Unix(1_700_000_000, 0),
		Payload: []flatpkg.Entry{{Path: "etc", Mode: os.ModeDir | 0o755}},
		Scripts: []flatpkg.Entry{{Path: "postinstall", Mode: 0o755, Size: 10, Open: flatpkg.Content([]byte("#!/bin/sh\n"))}},
	}
	if err := flatpkg.WriteProduct(t.Context(), &b, installer.Product(c), flatpkg.Options{}); err != nil {
		t.Fatal(err)
	}
	o.pkg = filepath.Join(t.TempDir(), "p.pkg")
	if err := os.WriteFile(o.pkg, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	p, file, err := o.openPackage(d)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if got := strings.Join(p.Notes, "\n"); !strings.HasPrefix(got, "the package is not compared with the file: read choices of package: it is not a package of install-or-defer") {
		t.Error(got)
	}
}
