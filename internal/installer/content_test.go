package installer_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/universal"
)

var update = flag.Bool("update", false, "write what the tests compare with")

const own = "com.example.updates"

var (
	png     = []byte("\x89PNG\r\n\x1a\nand so on")
	icns    = []byte("icns\x00\x00\x00\x0cabcd")
	options = installer.Options{Version: "1.2.3", Modified: time.Unix(1_700_000_000, 0)}
)

// daemon is the least that passes for a program for Macs.
func daemon() *io.SectionReader {
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

func content(t testing.TB, d deployment.Deployment, logo []byte) flatpkg.Component {
	t.Helper()
	o := options
	o.Logo = logo
	c, err := installer.Content(d, daemon(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func uninstaller(t testing.TB, identifier string) flatpkg.Component {
	t.Helper()
	c, err := installer.Uninstaller(identifier, options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// text is the content of an entry.
func text(t testing.TB, entries []flatpkg.Entry, name string) string {
	t.Helper()
	for _, e := range entries {
		if e.Path != name {
			continue
		}
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil || int64(len(data)) != e.Size {
			t.Fatalf("%s: %d bytes, %v", name, len(data), err)
		}
		return string(data)
	}
	t.Fatalf("%s is not there", name)
	return ""
}

func values(t testing.TB, c flatpkg.Component, name string) map[string]any {
	t.Helper()
	v, err := plist.Decode([]byte(text(t, c.Payload, strings.TrimPrefix(name, "/"))))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestContent(t *testing.T) {
	c := content(t, deployment.Deployment{Logo: "our logo.jpg", Identifier: own}, png)
	var got []string
	for _, e := range c.Payload {
		got = append(got, fmt.Sprintf("%v %d:%d %s", e.Mode, e.UID, e.GID, e.Path))
	}
	want := []string{
		"drwxr-xr-x 0:0 Library",
		"drwxr-xr-x 0:80 Library/Application Support",
		"drwxr-xr-x 0:0 Library/Application Support/install-or-defer",
		"drwxr-xr-x 0:0 Library/LaunchDaemons",
		"-rwxr-xr-x 0:0 Library/Application Support/install-or-defer/install-or-deferd",
		"-rw-r--r-- 0:0 Library/Application Support/install-or-defer/agent.plist",
		"-rw-r--r-- 0:0 Library/LaunchDaemons/com.example.updates.plist",
		"-rw-r--r-- 0:0 Library/Application Support/install-or-defer/logo.png",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Identifier != own || c.Version != "1.2.3" || c.MinOSVersion != "12.0" || c.InstallLocation != "/" || !c.Modified.Equal(options.Modified) {
		t.Errorf("%+v", c)
	}
	job := map[string]any{
		"Label": own, "ProgramArguments": []any{agent.BinaryPath, "run"}, "RunAtLoad": true, "StartInterval": int64(1200),
	}
	if diff := cmp.Diff(job, values(t, c, agent.LaunchDaemonPath(own))); diff != "" {
		t.Error(diff)
	}
	built := map[string]any{"Identifier": own, settings.MessagingLogo: agent.SupportFolder + "/logo.png"}
	if diff := cmp.Diff(built, values(t, c, agent.BuildPath)); diff != "" {
		t.Error(diff)
	}
	back := packed(t, c)
	for _, name := range []string{agent.BinaryPath, agent.BuildPath, agent.LaunchDaemonPath(own)} {
		if text(t, back.Payload, name[1:]) != text(t, c.Payload, name[1:]) {
			t.Errorf("%s is another in the package", name)
		}
	}
}

func TestWhatTheAdministratorChooses(t *testing.T) {
	d, problems := deployment.Load("f", []byte("settings:\n  MaxDeferralTime: 48h\nmessages:\n  PromptHeading: \"Tea & <cake>\"\n"+
		"localizations:\n  de:\n    PromptHeading: Tee\npackage:\n  version: \"2026.11\"\n  start_interval: 30m\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	c := content(t, d, nil)
	if c.Version != "2026.11" || c.Identifier != agent.Identifier || values(t, c, agent.LaunchDaemonPath(agent.Identifier))["StartInterval"] != int64(1800) {
		t.Errorf("%+v", c)
	}
	built := values(t, c, agent.BuildPath)
	if built["Identifier"] != agent.Identifier || built[settings.MessagingLogo] != nil {
		t.Errorf("%v", built)
	}
	delete(built, "Identifier")
	decoded, findings := settings.Decode(settings.Platform{}, settings.Source{Name: "package", Values: built})
	if len(findings) > 0 || decoded.Text(settings.PromptHeading) != "Tea & <cake>" {
		t.Errorf("%v, %v", decoded, findings)
	}
}

func TestContentRefuses(t *testing.T) {
	with := func(key string, value any) map[string]any { return map[string]any{key: value} }
	for name, row := range map[string]struct {
		deployment deployment.Deployment
		logo       []byte
		want       error
	}{
		"a logo that is not given":   {deployment.Deployment{Logo: "logo.png"}, nil, installer.ErrNoLogo},
		"an empty logo":              {deployment.Deployment{Logo: "logo.png"}, []byte{}, installer.ErrLogo},
		"a logo that is a photo":     {deployment.Deployment{Logo: "logo.png"}, []byte("\xff\xd8\xff\xe0 and so on"), installer.ErrLogo},
		"an icon that is cut":        {deployment.Deployment{Logo: "logo.icns"}, icns[:11], installer.ErrLogo},
		"a logo and another setting": {deployment.Deployment{Logo: "l.png", Settings: with(settings.MessagingLogo, "/a.png")}, png, installer.ErrTwoLogo},
		"an interval too short":      {deployment.Deployment{Package: deployment.PackageOptions{StartInterval: 1}}, nil, nil},
		"a value with no place":      {deployment.Deployment{Settings: with("MaxDeferralTime", struct{}{})}, nil, nil},
	} {
		o := options
		o.Logo = row.logo
		_, err := installer.Content(row.deployment, daemon(), o)
		if err == nil || !strings.HasPrefix(err.Error(), "describe package: ") || row.want != nil && !errors.Is(err, row.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	script := strings.NewReader("#!/bin/sh\n# which is no program for Macs\n")
	_, err := installer.Content(deployment.Deployment{}, io.NewSectionReader(script, 0, script.Size()), options)
	if !errors.Is(err, universal.ErrFormat) {
		t.Errorf("got %v", err)
	}
}

func TestTheLogoIsNamedByWhatItIs(t *testing.T) {
	for _, name := range []string{"logo.png", "logo.icns"} {
		logo := map[string][]byte{"logo.png": png, "logo.icns": icns}[name]
		at := agent.SupportFolder + "/" + name
		c := content(t, deployment.Deployment{Logo: "x.gif", Settings: map[string]any{settings.MessagingLogo: at}}, logo)
		if text(t, c.Payload, at[1:]) != string(logo) || values(t, c, agent.BuildPath)[settings.MessagingLogo] != at {
			t.Errorf("%s is not as given", name)
		}
	}
}

func TestAnIdentifierNamesEverything(t *testing.T) {
	longest := strings.Repeat("a", 75) + "." + strings.Repeat("b", 79)
	for _, id := range []string{"a.b", own, "-x.y_z", longest, agent.Identifier} {
		c := content(t, deployment.Deployment{Identifier: id}, nil)
		if c.Identifier != id || values(t, c, agent.LaunchDaemonPath(id))["Label"] != id || values(t, c, agent.BuildPath)["Identifier"] != id {
			t.Errorf("%s does not name everything", id)
		}
		all := slices.Concat(c.Scripts, uninstaller(t, id).Scripts)
		if len(all) != 3 {
			t.Fatalf("%d scripts", len(all))
		}
		for _, s := range all {
			if s.Mode != 0o755 || !strings.Contains(text(t, []flatpkg.Entry{s}, s.Path), "\nidentifier='"+id+"'\n") {
				t.Errorf("%s of %s speaks of another", s.Path, id)
			}
		}
	}
	for _, id := range []string{"a", ".a.b", "a.b.", "a..b", "a b.c", "a.b'; rm -rf /; '", "a.$(b)", "ü.b", "a/b.c", "a.b\n", longest + "c"} {
		if _, err := installer.Content(deployment.Deployment{Identifier: id}, daemon(), options); !errors.Is(err, installer.ErrIdentifier) {
			t.Errorf("%q: got %v", id, err)
		}
		if _, err := installer.Uninstaller(id, options); !errors.Is(err, installer.ErrIdentifier) {
			t.Errorf("%q: got %v", id, err)
		}
	}
}

// rendered are the scripts in all forms.
func rendered(t testing.TB) map[string]string {
	t.Helper()
	plain := content(t, deployment.Deployment{}, nil)
	forgets := content(t, deployment.Deployment{Identifier: own, Logo: "l", Package: deployment.PackageOptions{ResetOnInstall: true}}, icns)
	return map[string]string{
		"preinstall":        text(t, plain.Scripts, "preinstall"),
		"postinstall":       text(t, plain.Scripts, "postinstall"),
		"preinstall-own":    text(t, forgets.Scripts, "preinstall"),
		"postinstall-reset": text(t, forgets.Scripts, "postinstall"),
		"uninstall":         text(t, uninstaller(t, own).Scripts, "postinstall"),
	}
}

func TestScripts(t *testing.T) {
	for name, got := range rendered(t) {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("differs from %s (-want +got):\n%s", path, diff)
		}
	}
}

// TestScriptsCallToolsByPath finds tools that are called by name, and any that ends processes.
func TestScriptsCallToolsByPath(t *testing.T) {
	comment := regexp.MustCompile(`(?m)(^|\s)#.*$`)
	tool := regexp.MustCompile(`(^|[^/\w-])(awk|cat|chmod|chown|defaults|grep|launchctl|ln|logger|mkdir|mv|pkgutil|readlink|rm|rmdir|sed|sleep|sw_vers|test|tr)\s+[^)'i]`)
	deadly := regexp.MustCompile(`\b(kill|killall|pkill)\b`)
	for name, script := range rendered(t) {
		script = comment.ReplaceAllString(script, "")
		for _, found := range append(tool.FindAllString(script, -1), deadly.FindAllString(script, -1)...) {
			t.Errorf("%s calls %q", name, found)
		}
		if !strings.Contains(script, "\nset -eu\n") {
			t.Errorf("%s goes on after a failure", name)
		}
	}
}

func TestShellcheckFindsNothing(t *testing.T) {
	path, err := exec.LookPath("shellcheck")
	if err != nil {
		missing(t, "shellcheck")
	}
	for name, script := range rendered(t) {
		cmd := exec.Command(path, "--norc", "--shell=sh", "--enable=avoid-nullary-conditions,quote-safe-variables", "-")
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func missing(t testing.TB, name string) {
	t.Helper()
	if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
		t.Fatalf("%s is missing: install %s", name, name)
	}
	t.Skipf("%s is missing: install %s", name, name)
}

// TestTheSameChoicesGiveTheSameDescription, and one that flatpkg takes.
func TestTheSameChoicesGiveTheSameDescription(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := deployment.Deployment{
			Identifier: rapid.StringMatching(`[a-zA-Z0-9_-]{1,20}(\.[a-zA-Z0-9_-]{1,20}){1,4}`).Draw(rt, "identifier"),
			Messages:   map[string]string{settings.PromptMessage: rapid.StringMatching(`[a-z<>&"'äß☃\n ]{0,40}`).Draw(rt, "text")},
		}
		first, again := content(t, d, nil), content(t, d, nil)
		for i, e := range first.Payload {
			if e.Mode.Type() == fs.ModeDir {
				continue
			}
			if text(t, []flatpkg.Entry{e}, e.Path) != text(t, again.Payload, e.Path) || again.Payload[i].Path != e.Path {
				rt.Fatalf("%s differs", e.Path)
			}
		}
	})
}
