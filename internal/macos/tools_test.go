package macos

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tree is a file tree in memory, of content and of modes.
type tree struct {
	data  map[string]string
	modes map[string]fs.FileMode
}

func (f tree) Read(path string, limit int64) ([]byte, error) {
	data, ok := f.data[path]
	switch {
	case !ok:
		return nil, fs.ErrNotExist
	case int64(len(data)) > limit:
		return nil, ErrTooLarge
	}
	return []byte(data), nil
}

func (f tree) Write(string, []byte, fs.FileMode) error { return errors.New("nothing is written here") }

func (f tree) Remove(string) error { return errors.New("nothing is removed here") }

func (f tree) Stat(path string) (Entry, error) {
	mode, ok := f.modes[path]
	if !ok {
		return Entry{}, fs.ErrNotExist
	}
	return Entry{Mode: mode}, nil
}

func (f tree) Lock(string) (func(), error) { return nil, ErrLocked }

func TestCapturedVersions(t *testing.T) {
	for _, file := range corpusFiles(t, "sw_vers") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct{ Version, Build string }
			}
			r := &answers{out: map[string]Output{"sw_vers": {Stdout: readCorpus(t, file, &want)}}}
			got, err := System{Host: Host{Runner: r, Tree: tree{}}}.Version(t.Context())
			if err != nil || got != (Version{want.Expected.Version, want.Expected.Build}) {
				t.Errorf("got %+v, %v; want %+v", got, err, want.Expected)
			}
		})
	}
	for _, file := range corpusFiles(t, "systemversion-plist") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var ignored struct{}
			f := tree{data: map[string]string{systemVersionPath: readCorpus(t, file, &ignored)}}
			r := &answers{}
			got, err := System{Host: Host{Runner: r, Tree: f}}.Version(t.Context())
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "macos-"), ".txt")
			if err != nil || got.Number != name || got.Build == "" || len(r.seen) > 0 {
				t.Errorf("got %+v, %v, with %d tools run", got, err, len(r.seen))
			}
		})
	}
}

func TestVersion(t *testing.T) {
	for _, row := range []struct {
		name, file, text string
		want             Version
		ok               bool
	}{
		{"a version alone", "", "13.7.4\n", Version{Number: "13.7.4"}, true},
		{"a build comes along", "", "ProductName:\tmacOS\nProductVersion:\t27\nBuildVersion:\t26A428\n", Version{"27", "26A428"}, true},
		{"a broken file", "<plist", "ProductVersion:\t13.3\n", Version{Number: "13.3"}, true},
		{"a file without a version", "<plist><dict></dict></plist>", "ProductVersion:\t13.3\n", Version{Number: "13.3"}, true},
		{"a version that is a number", "<plist><dict><key>ProductVersion</key><integer>13</integer></dict></plist>", "13.3", Version{Number: "13.3"}, true},
		{"nothing", "", "", Version{}, false},
		{"an error", "", "Usage: sw_vers", Version{}, false},
		{"a hidden zero", "", "ProductVersion: 0", Version{}, false},
		{"an option", "", "ProductVersion: -rf", Version{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := tree{data: map[string]string{}}
			if row.file != "" {
				f.data[systemVersionPath] = row.file
			}
			r := &answers{out: map[string]Output{"sw_vers": {Stdout: row.text}}}
			got, err := System{Host: Host{Runner: r, Tree: f}}.Version(t.Context())
			if got != row.want || (err == nil) != row.ok {
				t.Errorf("got %+v, %v; want %+v", got, err, row.want)
			}
		})
	}
	if _, err := (System{Host: Host{Runner: &answers{}, Tree: tree{}}}).Version(t.Context()); !errorIs[*MissingError](err) {
		t.Errorf("got %v", err)
	}
}

func TestProcessor(t *testing.T) {
	for _, row := range []struct {
		name string
		out  map[string]Output
		want bool
		err  bool
	}{
		{"Apple's", map[string]Output{"arch": {Stdout: "arm64\n"}}, true, false},
		{"Apple's, of the later kind", map[string]Output{"arch": {Stdout: "arm64e\n"}}, true, false},
		{"Intel's", map[string]Output{"arch": {Stdout: "i386\n"}}, false, false},
		{"by uname", map[string]Output{"uname": {Stdout: "arm64\n"}}, true, false},
		{"not known", nil, false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := System{Host: Host{Runner: &answers{out: row.out}}}.AppleSilicon(t.Context())
			if got != row.want || (err != nil) != row.err {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
}

func TestHas(t *testing.T) {
	f := tree{modes: map[string]fs.FileMode{"/x": 0o755, "/plain": 0o644, "/folder": fs.ModeDir | 0o755, "/link": fs.ModeSymlink}}
	s := System{Host: Host{Lister: f}}
	for path, want := range map[string]bool{"/x": true, "/plain": false, "/folder": false, "/link": true, "/none": false} {
		if s.Has(path) != want {
			t.Errorf("%s: got %t", path, !want)
		}
	}
}

func TestCapturedFileVaultStatus(t *testing.T) {
	for _, file := range corpusFiles(t, "fdesetup") {
		if !strings.HasPrefix(filepath.Base(file), "status") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct{ Expected struct{ On, Converting bool } }
			r := &answers{out: map[string]Output{"fdesetup": {Stdout: readCorpus(t, file, &want)}}}
			got, err := FileVault{Host: Host{Runner: r}}.Status(t.Context())
			if err != nil || got != Status(want.Expected) {
				t.Errorf("got %+v, %v; want %+v", got, err, want.Expected)
			}
		})
	}
}

func TestFileVaultStatus(t *testing.T) {
	for _, row := range []struct {
		name string
		out  map[string]Output
		want Status
		ok   bool
	}{
		{"encrypting", map[string]Output{"fdesetup": {Stdout: "FileVault is On.\nEncryption in progress: Percent completed = 43.2\n"}}, Status{true, true}, true},
		{"decrypting", map[string]Output{"fdesetup": {Stdout: "FileVault is Off.\nDecryption in progress: Percent completed = 3\n"}}, Status{false, true}, true},
		{"deferred", map[string]Output{"fdesetup": {Stdout: "FileVault is Off.\nDeferred enablement appears to be active for user 'x'.\n"}}, Status{}, true},
		{"silent", map[string]Output{"fdesetup": {}}, Status{}, false},
		{"hanging", map[string]Output{"fdesetup": {TimedOut: true, Code: -1, Awake: shortly}}, Status{}, false},
		{"missing", nil, Status{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := FileVault{Host: Host{Runner: &answers{out: row.out}}}.Status(t.Context())
			if got != row.want || (err == nil) != row.ok {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestCapturedEnrollments(t *testing.T) {
	for _, file := range corpusFiles(t, "profiles") {
		if !strings.HasPrefix(filepath.Base(file), "enrollment") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct{ Expected struct{ MDM bool } }
			r := &answers{out: map[string]Output{"profiles": {Stdout: readCorpus(t, file, &want)}}}
			got, err := Jamf{Host: Host{Runner: r}}.Enrolled(t.Context())
			if err != nil || got != want.Expected.MDM {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
}

func TestArgumentsOfTheSmallTools(t *testing.T) {
	all := map[string]Output{}
	for _, path := range Tools() {
		all[filepath.Base(path)] = Output{}
	}
	all["profiles"] = Output{Stdout: "MDM enrollment: No\n"}
	r := &answers{out: all}
	host, ctx, ann := Host{Runner: r, Lister: tree{}}, t.Context(), Person{"ann lee", 501}
	Logger{Host: host}.Lines(ctx, "tag", []string{"-s one", "$(two)"})
	Logger{Host: host}.Lines(ctx, "tag", nil)
	_, enrolled := Jamf{Host: host}.Enrolled(ctx)
	for _, err := range []error{
		enrolled, Jamf{Host: host}.Recon(ctx), Network{Host: host}.Reach(ctx),
		Defaults{Host: host}.WriteTime(ctx, "com.example.x", "K", time.Unix(1700000000, 999)),
		Defaults{Host: host}.Delete(ctx, "com.example.x", "K"), Defaults{Host: host}.Delete(ctx, "com.example.x"),
		SettingsPane{Host: host}.Open(ctx, ann, "12.6"), SettingsPane{Host: host}.Open(ctx, ann, "13.7.4"),
		Launchd{Host: host}.Remove(ctx, "com.example.x"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	const pane = "x-apple.systempreferences:com.apple."
	open := []string{"/bin/launchctl", "asuser", "501", "/usr/bin/sudo", "-u", "ann lee", "/usr/bin/open"}
	want := [][]string{
		{"/usr/bin/logger", "-t", "tag"},
		{"/usr/bin/profiles", "status", "-type", "enrollment"},
		{"/usr/local/jamf/bin/jamf", "recon"},
		{"/usr/bin/nc", "-z", "-w", "5", "swscan.apple.com", "443"},
		{"/usr/bin/defaults", "write", "/Library/Preferences/com.example.x", "K", "-int", "1700000000"},
		{"/usr/bin/defaults", "delete", "/Library/Preferences/com.example.x", "K"},
		{"/usr/bin/defaults", "delete", "/Library/Preferences/com.example.x"},
		append(open[:7:7], pane+"preferences.softwareupdate"),
		append(open[:7:7], pane+"Software-Update-Settings.extension"),
		{"/bin/launchctl", "bootout", "system/com.example.x"},
	}
	if diff := cmp.Diff(want, r.argv()); diff != "" {
		t.Error(diff)
	}
	if r.seen[0].Stdin != "-s one\n$(two)\n" {
		t.Errorf("logger reads %q", r.seen[0].Stdin)
	}
	for _, c := range r.seen {
		if c.Timeout <= 0 {
			t.Errorf("%s runs without a limit", c.Path)
		}
	}
}

func TestSmallToolsTellWhatWentWrong(t *testing.T) {
	failing := Host{Runner: &answers{out: map[string]Output{
		"jamf": {TimedOut: true, Code: -1, Awake: 15 * time.Minute}, "nc": {Code: 1}, "launchctl": {Code: 5, Stderr: "Boot-out failed: 5: Input/output error\n"},
		"defaults": {Code: 1, Stderr: "2022-07-04 14:43:51.299 defaults[50713:32971078] \nThe domain/default pair of (D, K) does not exist\n"},
		"profiles": {Stdout: "Enrolled via DEP: No\n"},
	}}, Lister: tree{}}
	none := Host{Runner: &answers{}, Lister: tree{}}
	ctx, ann := t.Context(), Person{"ann", 501}
	enrolled := func(h Host) error { _, err := Jamf{Host: h}.Enrolled(ctx); return err }
	for _, row := range []struct {
		err  error
		want string
	}{
		{Jamf{Host: failing}.Recon(ctx), "update inventory: jamf: timed out after 15m0s"},
		{Jamf{Host: none}.Recon(ctx), "update inventory: /usr/local/bin/jamf: not found"},
		{enrolled(failing), "find enrollment: profiles: exit status 0: Enrolled via DEP: No"},
		{enrolled(none), "find enrollment: /usr/bin/profiles: not found"},
		{Network{Host: failing}.Reach(ctx), "reach swscan.apple.com: no connection to port 443"},
		{Network{Host: none}.Reach(ctx), "reach swscan.apple.com: /usr/bin/nc: not found"},
		{
			Defaults{Host: failing}.Delete(ctx, "d", "K"),
			"delete preference K: defaults: exit status 1: 2022-07-04 14:43:51.299 defaults[50713:32971078] The domain/default pair of (D, K) does not exist",
		},
		{Defaults{Host: none}.WriteTime(ctx, "d", "K", time.Unix(1, 0)), "write preference K: /usr/bin/defaults: not found"},
		{SettingsPane{Host: failing}.Open(ctx, ann, "13"), "open Software Update: open: exit status 5: Boot-out failed: 5: Input/output error"},
		{SettingsPane{Host: none}.Open(ctx, ann, "13"), "open Software Update: /bin/launchctl: not found"},
		{Launchd{Host: failing}.Remove(ctx, "x"), "unload x: launchctl: exit status 5: Boot-out failed: 5: Input/output error"},
		{Launchd{Host: none}.Remove(ctx, "x"), "unload x: /bin/launchctl: not found"},
	} {
		if errorText(row.err) != row.want {
			t.Errorf("got  %q\nwant %q", errorText(row.err), row.want)
		}
	}
}

func TestAJobThatIsGoneIsRemoved(t *testing.T) {
	for code, want := range map[int]bool{0: true, 3: true, 36: true, -1: true, 5: false, 113: false} {
		host := Host{Runner: &answers{out: map[string]Output{"launchctl": {Code: code}}}}
		if err := (Launchd{Host: host}).Remove(t.Context(), "x"); (err == nil) != want {
			t.Errorf("exit status %d: %v", code, err)
		}
	}
	host := Host{Runner: &answers{out: map[string]Output{"launchctl": {Code: -1, TimedOut: true, Awake: time.Minute}}}}
	if err := (Launchd{Host: host}).Remove(t.Context(), "x"); errorText(err) != "unload x: launchctl: timed out after 1m0s" {
		t.Errorf("a launchctl that hangs: %v", err)
	}
}

func TestCapturedJobs(t *testing.T) {
	for _, file := range corpusFiles(t, "launchctl") {
		if !strings.HasPrefix(filepath.Base(file), "print") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Code int `json:"exit_code"`
			}
			r := &answers{out: map[string]Output{"launchctl": {Stdout: readCorpus(t, file, &want), Code: want.Code}}}
			loaded, err := Launchd{Host: Host{Runner: r}}.Loaded(t.Context(), "x")
			if err != nil || loaded != (want.Code == 0) {
				t.Errorf("got %t, %v", loaded, err)
			}
		})
	}
	if _, err := (Launchd{Host: Host{Runner: &answers{}}}).Loaded(t.Context(), "x"); err == nil {
		t.Error("a missing launchctl tells nothing")
	}
}

func TestReadList(t *testing.T) {
	good := "<plist><dict><key>K</key><integer>1</integer></dict></plist>"
	for _, row := range []struct {
		name, data string
		n          int
		ok         bool
	}{
		{"a list", good, 1, true},
		{"nothing in it", "", 0, false},
		{"text", "K = 1", 0, false},
		{"cut", good[:len(good)-9], 0, false},
		{"too much", good + strings.Repeat(" ", 1<<20), 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			values, err := ReadList(Host{Tree: tree{data: map[string]string{"/p": row.data}}}, "/p")
			if len(values) != row.n || (err == nil) != row.ok {
				t.Errorf("got %v, %v", values, err)
			}
		})
	}
	if values, err := ReadList(Host{Tree: tree{}}, "/p"); values != nil || err != nil {
		t.Errorf("a list that is not there: %v, %v", values, err)
	}
}

func TestOutputFailures(t *testing.T) {
	for _, row := range []struct {
		out  Output
		want string
	}{
		{Output{TimedOut: true, Code: -1, Awake: 90 * time.Second}, "x: timed out after 1m30s"},
		{Output{Code: -1}, "x: ended by a signal"},
		{Output{Code: 3}, "x: exit status 3, and it printed nothing"},
		{Output{Code: 1, Stderr: "a\n\tb\xff\n"}, "x: exit status 1: a b\uFFFD"},
		{Output{Code: 1, Stdout: strings.Repeat("é", 200)}, "x: exit status 1: " + strings.Repeat("é", 80) + "…"},
	} {
		if got := row.out.failure("/usr/bin/x").Error(); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}

func TestMechanism(t *testing.T) {
	for version, want := range map[string]string{
		"10.13.6": "App Store > Updates", "10.14.6": "System Preferences > Software Update", "12.7": "System Preferences > Software Update",
		"13": "System Settings > General > Software Update", "27": "System Settings > General > Software Update", "": "System Preferences > Software Update",
	} {
		if got := Mechanism(version); got != want {
			t.Errorf("%s: %s", version, got)
		}
	}
}

var _ Runner = (*answers)(nil)
