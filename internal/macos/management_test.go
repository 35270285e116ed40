package macos

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCapturedManagement(t *testing.T) {
	for _, file := range corpusFiles(t, "profiles") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					DEP, MDM, Supported, Escrowed bool
					Approved                      bool `json:"user_approved"`
				}
			}
			text := readCorpus(t, file, &want)
			r := &answers{out: map[string]Output{"profiles": {Stdout: text}}}
			m, e := Management{Host: Host{Runner: r}}, want.Expected
			if strings.HasPrefix(filepath.Base(file), "enrollment") {
				got, err := m.Enrollment(t.Context())
				if err != nil || got != (Enrollment{e.DEP, e.MDM, e.Approved}) {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			got, err := m.BootstrapToken(t.Context())
			if err != nil || got != (Token{e.Supported, e.Escrowed}) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestCapturedSupervision(t *testing.T) {
	for _, file := range corpusFiles(t, "mdmclient") {
		name := filepath.Base(file)
		if !strings.HasPrefix(name, "QueryDeviceInformation") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			text := readCorpus(t, file, &struct{}{})
			supervised, ok := parseSupervised(text)
			old := name == "QueryDeviceInformation.txt" // of macOS 10.14, which does not tell
			if supervised == old || ok == old {
				t.Errorf("got %t, %t", supervised, ok)
			}
		})
	}
}

func TestParseEnrollment(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       Enrollment
		ok         bool
	}{
		{"by Automated Device Enrollment", "Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\nMDM server: https://mdm.example/mdm\n", Enrollment{true, true, true}, true},
		{"by a person", "Enrolled via DEP: No\nMDM enrollment: Yes (User Approved)\n", Enrollment{false, true, true}, true},
		{"not approved", "Enrolled via DEP: No\nMDM enrollment: Yes\n", Enrollment{false, true, false}, true},
		{"not at all", "Enrolled via DEP: No\nMDM enrollment: No\n", Enrollment{}, true},
		{"line ends of a terminal", "Enrolled via DEP: Yes\r\nMDM enrollment: Yes\r\n", Enrollment{true, true, false}, true},
		{"a part of it", "Enrolled via DEP: Yes\n", Enrollment{}, false},
		{"nothing", "", Enrollment{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, ok := parseEnrollment(row.text); got != row.want || ok != row.ok {
				t.Errorf("got %+v, %t", got, ok)
			}
		})
	}
}

func TestParseToken(t *testing.T) {
	const supported, escrowed = "profiles: Bootstrap Token supported on server: ", "profiles: Bootstrap Token escrowed to server: "
	for _, row := range []struct {
		name, text string
		want       Token
		ok         bool
	}{
		{"the server has one", supported + "YES\n" + escrowed + "YES\n", Token{true, true}, true},
		{"it could have one", supported + "YES\n" + escrowed + "NO\n", Token{true, false}, true},
		{"it could not", supported + "NO\n" + escrowed + "NO\n", Token{}, true},
		{"it knows nothing of such", "Bootstrap Token functionality is not supported on the server.\n", Token{}, true},
		{"half of it", escrowed + "YES\n", Token{}, false},
		{"not root", "profiles: this command requires root privileges\n", Token{}, false},
		{"nothing", "", Token{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, ok := parseToken(row.text); got != row.want || ok != row.ok {
				t.Errorf("got %+v, %t", got, ok)
			}
		})
	}
}

func TestParseSupervised(t *testing.T) {
	for _, row := range []struct {
		name, text     string
		supervised, ok bool
	}{
		{"supervised", "Daemon response: {\n\tQueryResponses =\t {\n\t\tIsSupervised = 1;\n\t};\n}\n", true, true},
		{"not supervised", "Daemon response: {\n\tQueryResponses =\t {\n\t\tIsSupervised = 0;\n\t};\n}\n", false, true},
		{"a lock that works while supervised says nothing of now", "\t\t\tActivationLockAllowedWhileSupervised = 1;\n", false, false},
		{"a name is no answer", "\t\tDeviceName = \"IsSupervised = 1;\";\n", false, false},
		{"nothing", "", false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if supervised, ok := parseSupervised(row.text); supervised != row.supervised || ok != row.ok {
				t.Errorf("got %t, %t", supervised, ok)
			}
		})
	}
}

func TestManagementAsksItsTools(t *testing.T) {
	r := &series{out: []Output{
		{Stdout: "MDM enrollment: No\n"}, {Stdout: "Bootstrap Token functionality is not supported on the server.\n"}, {Stdout: "IsSupervised = 1;\n"},
	}}
	m := Management{Host: Host{Runner: r}}
	_, err := m.Enrollment(t.Context())
	_, tokenErr := m.BootstrapToken(t.Context())
	supervised, superErr := m.Supervised(t.Context())
	if err != nil || tokenErr != nil || superErr != nil || !supervised {
		t.Errorf("%v, %v, %v, %t", err, tokenErr, superErr, supervised)
	}
	want := []Command{
		{Path: "/usr/bin/profiles", Args: []string{"status", "-type", "enrollment"}, Timeout: shortly},
		{Path: "/usr/bin/profiles", Args: []string{"status", "-type", "bootstraptoken"}, Timeout: shortly},
		{Path: "/usr/libexec/mdmclient", Args: []string{"QueryDeviceInformation"}, Timeout: time.Minute},
	}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
}

func TestManagementTellsWhatWentWrong(t *testing.T) {
	failing := Management{Host: Host{Runner: &answers{out: map[string]Output{
		"profiles": {Code: 1, Stderr: "profiles: this command requires root privileges\n"}, "mdmclient": {TimedOut: true, Code: -1, Awake: time.Minute},
	}}}}
	silent := Management{Host: Host{Runner: &answers{out: map[string]Output{"mdmclient": {Stdout: "UserLongName = ann;\n"}}}}}
	none := Management{Host: Host{Runner: &answers{}}}
	enrollment := func(m Management) error { _, err := m.Enrollment(t.Context()); return err }
	token := func(m Management) error { _, err := m.BootstrapToken(t.Context()); return err }
	supervised := func(m Management) error { _, err := m.Supervised(t.Context()); return err }
	for _, row := range []struct {
		err  error
		want string
	}{
		{enrollment(failing), "find enrollment: profiles: exit status 1: profiles: this command requires root privileges"},
		{token(failing), "find bootstrap token: profiles: exit status 1: profiles: this command requires root privileges"},
		{supervised(failing), "find supervision: mdmclient: timed out after 1m0s"},
		{supervised(silent), "find supervision: mdmclient: does not tell"},
		{enrollment(none), "find enrollment: /usr/bin/profiles: not found"},
		{token(none), "find bootstrap token: /usr/bin/profiles: not found"},
		{supervised(none), "find supervision: /usr/libexec/mdmclient: not found"},
	} {
		if errorText(row.err) != row.want {
			t.Errorf("got %q, want %q", errorText(row.err), row.want)
		}
	}
}

func FuzzParseManagement(f *testing.F) {
	f.Add("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n")
	f.Add("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n")
	f.Add("\t\tIsSupervised = 1;\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, known := parseEnrollment(text)
		if !known && e != (Enrollment{}) || e.Approved && !e.MDM {
			t.Errorf("%q: %+v, %t", text, e, known)
		}
		token, known := parseToken(text)
		if !known && token != (Token{}) || token.Escrowed && !strings.Contains(text, "YES") {
			t.Errorf("%q: %+v, %t", text, token, known)
		}
		if supervised, known := parseSupervised(text); supervised && (!known || !strings.Contains(text, "IsSupervised = 1;")) {
			t.Errorf("%q: %t, %t", text, supervised, known)
		}
	})
}
