package installer_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
)

// product is a description as a package that was written and opened.
func product(t *testing.T, c flatpkg.Component) *flatpkg.Package {
	t.Helper()
	var b bytes.Buffer
	if err := flatpkg.WriteProduct(t.Context(), &b, installer.Product(c), flatpkg.Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	p, err := flatpkg.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPackageOfOursIsWhatIsExpected(t *testing.T) {
	for name, row := range map[string]struct {
		d    deployment.Deployment
		logo []byte
	}{
		"the defaults":               {},
		"an identifier of one's own": {d: deployment.Deployment{Identifier: own}},
		"settings, texts and languages": {d: deployment.Deployment{
			Settings:      map[string]any{"MaxDeferralTime": int64(86400), "WorkdayDays": []any{int64(1), int64(2)}},
			Messages:      map[string]string{"PromptHeading": "Please & thanks"},
			Localizations: map[string]map[string]string{"de": {"PromptHeading": "Bitte"}},
		}},
		"a picture":                   {d: deployment.Deployment{Logo: "l"}, logo: png},
		"an icon":                     {d: deployment.Deployment{Logo: "l"}, logo: icns},
		"a logo that Macs have":       {d: deployment.Deployment{Settings: map[string]any{"MessagingLogo": "/Library/logo.png"}}},
		"a version and an interval":   {d: deployment.Deployment{Package: deployment.PackageOptions{Version: "7.7", StartInterval: time.Hour}}},
		"one that forgets a deadline": {d: deployment.Deployment{Package: deployment.PackageOptions{ResetOnInstall: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := product(t, content(t, row.d, row.logo))
			for _, w := range []installer.Wanted{{}, {Program: daemon()}, {Choices: &row.d, Logo: row.logo}} {
				want, err := installer.Expect(t.Context(), p, w)
				if err != nil {
					t.Fatal(err)
				}
				lines, err := flatpkg.Differences(t.Context(), p, product(t, want))
				if err != nil || len(lines) > 0 {
					t.Errorf("%v, %q", err, lines)
				}
			}
		})
	}
}

func TestTheUninstallerIsWhatIsExpected(t *testing.T) {
	p := product(t, uninstaller(t, own))
	want, err := installer.Expect(t.Context(), p, installer.Wanted{})
	if err != nil {
		t.Fatal(err)
	}
	if lines, err := flatpkg.Differences(t.Context(), p, product(t, want)); err != nil || len(lines) > 0 {
		t.Errorf("%v, %q", err, lines)
	}
}

func TestWhatSomebodyElseHasPutInIsNamed(t *testing.T) {
	evil := func(c *flatpkg.Component, in *[]flatpkg.Entry, name string) {
		for i, e := range *in {
			if strings.HasSuffix(e.Path, name) {
				(*in)[i].Open, (*in)[i].Size = flatpkg.Content([]byte("#!/bin/sh\nevil")), 14
			}
		}
	}
	for name, row := range map[string]struct {
		change func(*flatpkg.Component)
		names  string
	}{
		"another script":  {func(c *flatpkg.Component) { evil(c, &c.Scripts, "preinstall") }, "Scripts: preinstall is "},
		"another program": {func(c *flatpkg.Component) { evil(c, &c.Payload, "install-or-deferd") }, "install-or-deferd is "},
		"a further file": {func(c *flatpkg.Component) {
			c.Payload = append(c.Payload, flatpkg.Entry{Path: "Library/evil", Mode: 0o755})
		}, "Payload: Library/evil does not belong there"},
		"a job that all can write": {func(c *flatpkg.Component) { c.Payload[len(c.Payload)-1].Mode = 0o666 }, "LaunchDaemons/"},
	} {
		t.Run(name, func(t *testing.T) {
			c := content(t, deployment.Deployment{}, nil)
			row.change(&c)
			p := product(t, c)
			want, err := installer.Expect(t.Context(), p, installer.Wanted{Program: daemon()})
			if err != nil {
				t.Fatal(err)
			}
			lines, err := flatpkg.Differences(t.Context(), p, product(t, want))
			if err != nil || !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, row.names) }) {
				t.Errorf("%v, %q", err, lines)
			}
		})
	}
}

func TestPackagesOfOthersAreForeign(t *testing.T) {
	c := flatpkg.Component{Identifier: "com.example.other", Version: "1", Modified: options.Modified}
	c.Scripts = []flatpkg.Entry{{Path: "postinstall", Size: 9, Open: flatpkg.Content([]byte("#!/bin/sh"))}}
	if _, err := installer.Expect(t.Context(), product(t, c), installer.Wanted{}); !errors.Is(err, installer.ErrForeign) {
		t.Errorf("%v", err)
	}
}

func TestMaterialsAreTheSameEveryTime(t *testing.T) {
	first, err := installer.Materials(content(t, deployment.Deployment{Logo: "l"}, png))
	if err != nil {
		t.Fatal(err)
	}
	second, err := installer.Materials(content(t, deployment.Deployment{Logo: "l"}, png))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"/Library/Application Support/install-or-defer/logo.png", "Scripts/preinstall", `"specVersion": "1.6"`} {
		if !bytes.Contains(first, []byte(name)) {
			t.Errorf("it does not name %s", name)
		}
	}
	other, err := installer.Materials(content(t, deployment.Deployment{Logo: "l"}, icns))
	if err != nil {
		t.Fatal(err)
	}
	serial := func(list []byte) string {
		_, rest, _ := strings.Cut(string(list), `"serialNumber": "`)
		number, _, _ := strings.Cut(rest, `"`)
		return number
	}
	if serial(first) == serial(other) || len(serial(first)) != len("urn:uuid:")+36 {
		t.Errorf("%q, %q", serial(first), serial(other))
	}
}

// TestForeignFilesTakeNoMemory verifies packages of which most is somebody else's.
func TestForeignFilesTakeNoMemory(t *testing.T) {
	allocated := func(size int) uint64 {
		c := content(t, deployment.Deployment{Logo: "l"}, png)
		foreign := make([]byte, size)
		for i := range 8 {
			name := fmt.Sprintf("Library/foreign%d", i)
			c.Payload = append(c.Payload, flatpkg.Entry{Path: name, Mode: 0o644, Size: int64(size), Open: flatpkg.Content(foreign)})
			c.Scripts = append(c.Scripts, flatpkg.Entry{Path: fmt.Sprintf("foreign%d", i), Size: int64(size), Open: flatpkg.Content(foreign)})
		}
		p := product(t, c)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := p.Verify(t.Context(), flatpkg.Trust{}); err != nil {
			t.Fatal(err)
		}
		want, err := installer.Expect(t.Context(), p, installer.Wanted{})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := flatpkg.Differences(t.Context(), p, product(t, want))
		if err != nil || len(lines) < 16 {
			t.Errorf("%v, %q", err, lines)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(1) // what is made once
	small, big := allocated(1), allocated(8<<20)
	if big > small+2<<20 {
		t.Errorf("allocates %d bytes for small files and %d for large ones", small, big)
	}
}

func TestAFileOfOursThatIsTooLargeIsForeign(t *testing.T) {
	for _, name := range []string{"install-or-deferd", "agent.plist", agent.Identifier + ".plist", "logo.png"} {
		c := content(t, deployment.Deployment{Logo: "l"}, png)
		at := slices.IndexFunc(c.Payload, func(e flatpkg.Entry) bool { return strings.HasSuffix(e.Path, name) })
		const size = 65 << 20
		c.Payload[at].Size = size
		c.Payload[at].Open = func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }
		var before, after runtime.MemStats
		p := product(t, c)
		runtime.ReadMemStats(&before)
		_, err := installer.Expect(t.Context(), p, installer.Wanted{})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, installer.ErrForeign) || !strings.Contains(err.Error(), name+" has ") {
			t.Errorf("%s: %v", name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
			t.Errorf("%s: allocates %d bytes", name, used)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
