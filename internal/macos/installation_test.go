package macos

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/cputest"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestTranscripts(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       Transcript
	}{
		{
			"a download without a volume owner is complete and not authenticated", readFixture(t, "download-no-owner.txt"),
			Transcript{
				Downloaded: []string{"Walnut Tools", "macOS Elm 31.2"}, AuthFailed: true,
				Problem: "authentication failed",
			},
		},
		{
			"a shut down beats a restart", readFixture(t, "install-shut-down.txt"),
			Transcript{
				Downloaded: []string{"BridgeFirmwareCustomer"}, Installed: []string{"BridgeFirmwareCustomer"},
				Done: true, Power: enforce.ShutDown,
			},
		},
		{
			"a restart after a shut down does not weaken it",
			"Please call halt(8) or select Shut Down from the Apple menu.\nPlease restart immediately.\n",
			Transcript{Power: enforce.ShutDown},
		},
		{
			"a warning against a restart asks for a shut down",
			"Installation will not complete successfully if you choose to restart your computer instead of shutting down.\n",
			Transcript{Power: enforce.ShutDown},
		},
		{
			"titles and listings ask for no restart",
			"* Label: Please restart immediately\n\tTitle: Please restart immediately, Version: 1\n" +
				"Downloading Please restart immediately\nInstalled Please restart immediately\n",
			Transcript{Installed: []string{"Please restart immediately"}},
		},
		{"noise is no complaint", "2031-02-03 04:05:06.789 softwareupdate[7:a] Error: XPC timed out\nDone.\n", Transcript{Done: true}},
		{"what follows a question on its line counts", "Password:Password: Downloaded: macOS Elm\n", Transcript{Downloaded: []string{"macOS Elm"}}},
		{"a restart by the tool is told", "Restarting...\n", Transcript{Restarting: true}},
		{"the first complaint is kept", "Package failed: Elm.pkg\nNot enough free disk space: a total of 2 GB is required.\n", Transcript{Problem: "package failed: Elm.pkg"}},
		{"a program that must quit is a complaint", "Safari must be quit before it is updated.\n", Transcript{Problem: "safari must be quit before it is updated"}},
		{"an option that is not known is a complaint", "softwareupdate: unrecognized option `--agree'\nusage: x\n", Transcript{Problem: "unrecognized option `--agree'"}},
		{"names of errors keep their case", "NSURLErrorDomain -1009\n", Transcript{Problem: "NSURLErrorDomain -1009"}},
		{
			"a label that is not on offer is told", "Elm: 1-1.0: No such update\r\nNo updates are available.\r\n",
			Transcript{NoSuch: []string{"Elm: 1-1.0"}, NoneAvailable: true, Problem: "no such update: Elm: 1-1.0"},
		},
		{"macOS 10.9 says done with a title", "Done with Elm\nDone\nDownloaded\n", Transcript{Installed: []string{"Elm"}}},
		{"nothing is nothing", "", Transcript{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, ParseTranscript(row.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCapturedTranscripts(t *testing.T) {
	problems := map[string]string{"": "", "disk-space": "not enough free disk space: a total of ", "network": "get a response"}
	powers := map[string]enforce.Power{"": enforce.Stay, "restart": enforce.Restart, "shutdown": enforce.ShutDown}
	for _, file := range corpusFiles(t, "softwareupdate-download", "softwareupdate-install") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					Downloaded []string `json:"downloaded"`
					NoSuch     []string `json:"no_such"`
					Done       bool     `json:"done"`
					None       bool     `json:"none_available"`
					AuthFailed bool     `json:"auth_failed"`
					Power      string   `json:"post_action"`
					Error      string   `json:"error"`
					Required   string   `json:"required"`
				} `json:"expected"`
			}
			got := ParseTranscript(readCorpus(t, file, &want))
			e := want.Expected
			if !strings.Contains(got.Problem, problems[e.Error]) || !strings.Contains(got.Problem, e.Required) {
				t.Errorf("problem %q", got.Problem)
			}
			if e.Error == "" && !e.AuthFailed && e.NoSuch == nil && got.Problem != "" {
				t.Errorf("problem %q", got.Problem)
			}
			got.Problem = ""
			if diff := cmp.Diff(Transcript{
				Downloaded: e.Downloaded, NoSuch: e.NoSuch, Done: e.Done, NoneAvailable: e.None,
				AuthFailed: e.AuthFailed, Power: powers[e.Power],
			}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile are texts that take a reader for ever which goes back to the start for each line or mark.
func hostile(size int) []string {
	parts := []string{
		"\r", "\n", "Downloading: 0.10%\r", "Password:", "* a\n", "* Label: a\n", "[", "]", " [restart]", "(", ")", ",", ", Version: ",
		"\t", ": No such update", "0000-00-00 00:00:00.[", "] ", "- ", "\xff", "* a\n b, 5K [", "x\n",
	}
	texts := make([]string, 0, 2*len(parts))
	for _, part := range parts {
		body := strings.Repeat(part, size/len(part))
		texts = append(texts, body, "* a\n\t"+body+"]\n", "* Label: a\n\tTitle: "+body)
	}
	return texts
}

func TestHostileTextsAreReadInOnePass(t *testing.T) {
	for _, text := range hostile(1 << 20) {
		ParseListing(text)
		ParseTranscript(text)
	}
}

func TestProgressOfManyReadingsIsSkipped(t *testing.T) {
	text := "Downloading macOS Elm\n" + strings.Repeat("\rDownloading: 12.34%", 8000) + "\nDownloaded: macOS Elm\n"
	if diff := cmp.Diff(Transcript{Downloaded: []string{"macOS Elm"}}, ParseTranscript(text)); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseListing(f *testing.F) {
	for _, name := range []string{"list-modern.txt", "list-old.txt", "list-cut.txt", "list-offline.txt"} {
		f.Add(readFixture(f, name))
	}
	f.Add("- --all\n\tTitle: x, Version: 1, Size: 99999999999999999999K, Action: shut down, Deferred: YES")
	f.Add("* Label: x\n\tTitle: foo\u00a0, \n* x\n\tbar\u00a0, , 1K [restart]\n")
	f.Fuzz(func(t *testing.T, text string) {
		l := ParseListing(text)
		cut := false
		for _, u := range l.Updates {
			cut = cut || u.Cut
			if hasControl(u.Label) || strings.TrimSpace(u.Label) == "" || len(u.Label) > maxField || !strings.Contains(text, u.Label) {
				t.Errorf("label %q", u.Label)
			}
			if !u.Cut && checkLabels([]string{u.Label}) != nil {
				t.Errorf("label %q would be refused", u.Label)
			}
			for _, shown := range []string{u.Title, u.Version, u.Build} {
				if hasControl(shown) || !utf8.ValidString(shown) || shown != strings.TrimSpace(shown) {
					t.Errorf("text to show %q", shown)
				}
			}
			if u.SizeKiB < enforce.UnknownSize {
				t.Errorf("size %d", u.SizeKiB)
			}
		}
		if cut && !l.Cut || !l.Conclusive() && l.Err == nil || len(l.Updates) > maxUpdates {
			t.Errorf("cut %t, conclusive %t, error %v, %d updates", l.Cut, l.Conclusive(), l.Err, len(l.Updates))
		}
		if l.Err != nil && (len(l.Err.Error()) > 300 || !utf8.ValidString(l.Err.Error()) || hasControl(l.Err.Error())) {
			t.Errorf("error %q", l.Err)
		}
		crlf := strings.ReplaceAll(text, "\n", "\r\n")
		if !cmp.Equal(l.Updates, ParseListing(crlf).Updates) {
			t.Error("line ends change the updates")
		}
	})
}

func FuzzParseTranscript(f *testing.F) {
	for _, name := range []string{"download-no-owner.txt", "install-shut-down.txt", "list-modern.txt"} {
		f.Add(readFixture(f, name))
	}
	f.Add("x: No such update\rInstalled y\rPackage failed: z\rRestarting")
	f.Add("Error x\u00a0.\u00a0. .\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := ParseTranscript(text)
		for _, name := range append(slices.Concat(r.Downloaded, r.Installed, r.NoSuch), r.Problem) {
			if hasControl(name) || !utf8.ValidString(name) || name != strings.TrimSpace(name) {
				t.Errorf("text to show %q", name)
			}
		}
		if len(r.Problem) > 300 || (r.AuthFailed || r.NoSuch != nil) && r.Problem == "" {
			t.Errorf("problem %q of %+v", r.Problem, r)
		}
	})
}

func BenchmarkParseTranscript(b *testing.B) {
	text := strings.Repeat("\rDownloading: 12.34%", 8000) + "\nDownloaded: macOS Elm\n"
	b.SetBytes(int64(len(text)))
	defer cputest.Report(b, float64(len(text))/1e6, "MB/cpu-s")()
	for b.Loop() {
		ParseTranscript(text)
	}
}
