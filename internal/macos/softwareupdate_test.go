package macos

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// onceRunner answers every command in one way, and keeps the commands.
type onceRunner struct {
	out  Output
	err  error
	seen []Command
}

func (r *onceRunner) Run(_ context.Context, c Command) (Output, error) {
	r.seen = append(r.seen, c)
	return r.out, r.err
}

func (r *onceRunner) End(int) error { return nil }

func (r *onceRunner) Start(context.Context, Command) (Standing, error) {
	return nil, errors.New("nothing is started here")
}

func answering(out Output, err error) (SoftwareUpdate, *onceRunner) {
	r := &onceRunner{out: out, err: err}
	return SoftwareUpdate{Host: Host{Runner: r}}, r
}

func TestSoftwareUpdateArguments(t *testing.T) {
	s, r := answering(Output{Stdout: "Done.\n"}, nil)
	if _, err := s.List(t.Context()); err != nil {
		t.Error(err)
	}
	labels := []string{"macOS Elm Update- ", "Walnut & <Tools>"}
	if err := s.Download(t.Context(), labels); err != nil {
		t.Error(err)
	}
	for _, order := range []Installation{
		{Labels: labels},
		{Labels: labels, Restart: true},
		{Labels: labels, Modern: true},
		{Labels: labels, Restart: true, Modern: true},
	} {
		if _, err := s.Install(t.Context(), order); err != nil {
			t.Error(err)
		}
	}
	install := []string{"--install", "macOS Elm Update- ", "Walnut & <Tools>"}
	want := []Command{
		{Timeout: listTimeout, Args: []string{"--list"}},
		{Timeout: downloadTimeout, Args: []string{"--download", labels[0], labels[1], "--no-scan"}},
		{Timeout: installTimeout, Args: slices.Concat(install, []string{"--no-scan"})},
		{Timeout: installTimeout, Args: slices.Concat(install, []string{"--restart", "--no-scan"})},
		{Timeout: installTimeout, Args: slices.Concat(install, []string{"--no-scan", "--agree-to-license"})},
		{Timeout: installTimeout, Args: slices.Concat(install, []string{"--restart", "--no-scan", "--agree-to-license"})},
	}
	for i := range want {
		want[i].Path = "/usr/sbin/softwareupdate"
	}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
}

func TestLabelsThatAreNoLabelsAreNeverPassed(t *testing.T) {
	for name, labels := range map[string][]string{
		"no label is given": nil, "a label is empty": {"x", " "}, "control character": {"x", "a\x00b"}, "line\nend": {"a\nb"},
		`label "--all" begins with a hyphen`: {"x", "--all"},
	} {
		s, r := answering(Output{Stdout: "Done.\n"}, nil)
		err := s.Download(t.Context(), labels)
		_, also := s.Install(t.Context(), Installation{Labels: labels})
		if err == nil || also == nil || len(r.seen) != 0 {
			t.Errorf("%s: %v, %v, %d runs", name, err, also, len(r.seen))
		}
		if name != "line\nend" && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestList(t *testing.T) {
	none := Output{Stdout: "Software Update Tool\n\nFinding available software\n", Stderr: "No new software available.\n"}
	late, killed, long := none, none, none
	late.TimedOut, late.Code = true, -1
	killed.Code = -1
	long.Cut = true
	cut := Output{Stdout: readFixture(t, "list-cut.txt"), Stderr: "noise"}
	for _, row := range []struct {
		name       string
		out        Output
		err        error
		conclusive bool
		want       string
	}{
		{"none is believed", none, nil, true, ""},
		{"a failing exit status says nothing", Output{Stdout: none.Text(), Code: 2}, nil, true, ""},
		{"a complaint is in the listing", Output{Stderr: "Can’t connect\n", Code: 1}, nil, false, ""},
		{"a listing that ends within a line is cut", cut, nil, true, ""},
		{"a tool that was stopped is not believed", late, nil, false, "list updates: softwareupdate --list: timed out after 10m0s"},
		{"a tool that was killed is not believed", killed, nil, false, "list updates: softwareupdate --list: ended by a signal"},
		{"a listing without its middle is not believed", long, nil, false, "list updates: softwareupdate --list: printed too much"},
		{"a tool that is missing is told", Output{}, &MissingError{"/x"}, false, "list updates: softwareupdate --list: /x: not found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := answering(row.out, row.err)
			l, err := s.List(t.Context())
			if l.Conclusive() != row.conclusive || !l.Conclusive() && l.Err == nil {
				t.Errorf("conclusive %t, %v", l.Conclusive(), l.Err)
			}
			if got := errorText(err); got != row.want {
				t.Errorf("error %q", got)
			}
			if row.err != nil && !errors.Is(err, row.err) {
				t.Error("the cause is not wrapped")
			}
			if n := len(l.Updates); n > 0 && !l.Updates[n-1].Cut {
				t.Errorf("%+v is not cut", l.Updates[n-1])
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestDownload(t *testing.T) {
	const where = "download updates: softwareupdate --download: "
	for _, row := range []struct {
		name string
		out  Output
		want string
	}{
		{"all that is downloaded is enough", Output{Stdout: "Downloaded Elm\nDownloaded: Oak\n"}, ""},
		{"updates may share a title", Output{Stdout: "Downloaded Elm\nDownloaded Elm\n"}, ""},
		{"a tool that does not end after its work has worked", Output{Stdout: "Downloaded A\nDownloaded B\nDone.\n", TimedOut: true, Code: -1}, ""},
		{"authentication may fail after the download", Output{Stdout: readFixture(t, "download-no-owner.txt"), Code: 1}, ""},
		{"done is enough", Output{Stdout: "Done.\n"}, ""},
		{"authentication may not fail before the download", Output{Stdout: "Downloaded Elm\nFailed to authenticate\n", Code: 1}, "a volume owner has to authorize it: authentication failed"},
		{"an update that is not on offer is named", Output{Stderr: "x-1: No such update\nNo updates are available.\n"}, "no such update: x-1"},
		{"nothing on offer is told", Output{Stderr: "No updates are available.\nDone.\n"}, "no updates are available"},
		{"time that is up is told", Output{TimedOut: true, Code: -1}, "timed out after 3h0m0s"},
		{"a failing exit status is told", Output{Code: 3}, "exit status 3"},
		{"silence is no success", Output{Stdout: "Downloaded Elm\n"}, "ended without saying what it did"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := answering(row.out, nil)
			want := row.want
			if want != "" {
				want = where + want
			}
			if got := errorText(s.Download(t.Context(), []string{"a", "b"})); got != want {
				t.Errorf("error %q", got)
			}
		})
	}
}

func TestInstall(t *testing.T) {
	const where = "install updates: softwareupdate --install: "
	for _, row := range []struct {
		name    string
		out     Output
		restart bool
		want    string
	}{
		{"done is success", Output{Stdout: "Done.\n"}, false, ""},
		{"a restart that is needed is success", Output{Stderr: "Please restart immediately.\n", Code: 1}, false, ""},
		{"a restart by the tool is success", Output{Stdout: "Restarting...\n", Code: -1}, true, ""},
		{"one that is installed is success, whatever else is not", Output{Stdout: "Installed Elm\nPackage failed: Oak\nDone.\n"}, false, ""},
		{"all downloaded before a restart is success", Output{Stdout: "Downloaded: Elm\n"}, true, ""},
		{"all downloaded and then a signal is the restart", Output{Stdout: "Downloaded: Elm\n", Code: -1}, true, ""},
		{"all downloaded and then hours of nothing is none", Output{Stdout: "Downloaded: Elm\n", Code: -1, TimedOut: true}, true, "timed out after 3h0m0s"},
		{"all downloaded without a restart proves nothing", Output{Stdout: "Downloaded: Elm\n"}, false, "ended without saying what it did"},
		{"no owner is no success", Output{Stdout: "Downloaded: Elm\nFailed to authenticate\nPassword:", Code: 1}, true, "a volume owner has to authorize it: authentication failed"},
		{"done is no success with a complaint", Output{Stdout: "Done.\n", Stderr: "Package failed: Elm\n"}, false, "package failed: Elm"},
		{"no space is told though the exit status is 0", Output{Stderr: "Not enough free disk space: a total of 16.37 GB is required.\n"}, true, "not enough free disk space: a total of 16.37 GB is required"},
		{"nothing on offer is told", Output{Stderr: "No updates are available.\n"}, true, "no updates are available"},
		{"a failing exit status is told", Output{Code: 3}, true, "exit status 3"},
		{"a signal is told", Output{Code: -1}, true, "ended by a signal"},
		{"silence is no success", Output{}, true, "ended without saying what it did"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := answering(row.out, nil)
			transcript, err := s.Install(t.Context(), Installation{Labels: []string{"a"}, Restart: row.restart})
			want := row.want
			if want != "" {
				want = where + want
			}
			if errorText(err) != want {
				t.Errorf("error %v", err)
			}
			if errors.Is(err, ErrUnproven) != strings.HasSuffix(want, "what it did") {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(ParseTranscript(row.out.Text()), transcript); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAStoppedTurnIsTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, _ := answering(Output{}, nil)
	if _, err := s.List(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := s.Download(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s, _ = answering(Output{}, &MissingError{"/x"})
	var missing *MissingError
	if _, err := s.Install(t.Context(), Installation{Labels: []string{"a"}}); !errors.As(err, &missing) {
		t.Error(err)
	}
	if err := s.Download(t.Context(), []string{"a"}); !errors.As(err, &missing) {
		t.Error(err)
	}
}

// The tests below each name a defect of the shell script that this program replaces.

func TestDefectTitlesAreNotSplitAtColonsAndCommas(t *testing.T) {
	u := ParseListing(one("RAW-9", "Camera: RAW, Large: 9, Version: 9.0, Size: 1KiB, Recommended: YES, ")).Updates[0]
	if u.Title != "Camera: RAW, Large: 9" || u.Version != "9.0" {
		t.Errorf("%+v", u)
	}
}

func TestDefectRestartInATitleIsNoRestart(t *testing.T) {
	for _, text := range []string{
		one("Restart-1", "Action: restart, Version: 1, Size: 1KiB, Recommended: YES, "),
		foundBanner + " * restart-1\n\tFix for [restart] (1), 5K [recommended]\n",
	} {
		if u := ParseListing(text).Updates[0]; u.Action != enforce.Stay || !u.Recommended {
			t.Errorf("%+v", u)
		}
	}
}

func TestDefectRecommendedNoIsNotRecommended(t *testing.T) {
	for _, end := range []string{"Recommended: NO, ", "", "Recommended: , "} {
		if u := ParseListing(one("x", "Recommended: YES, Version: 1, Size: 1KiB, "+end)).Updates[0]; u.Recommended {
			t.Errorf("%q: %+v", end, u)
		}
	}
}

func TestDefectShutDownIsRecognized(t *testing.T) {
	for _, text := range []string{
		one("x", "T, Version: 1, Size: 1KiB, Recommended: YES, Action: shut down,"),
		foundBanner + " * x\n\tT (1), 1K, [recommended] [shut down]\n",
	} {
		if u := ParseListing(text).Updates[0]; u.Action != enforce.ShutDown {
			t.Errorf("%+v", u)
		}
	}
}

func TestDefectNoneOnStandardErrorIsHeard(t *testing.T) {
	s, _ := answering(Output{Stdout: "Software Update Tool\n", Stderr: "No new software available.\n"}, nil)
	if l, err := s.List(t.Context()); err != nil || !l.None || !l.Conclusive() {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestDefectVersionIsKeptBesideMacOS(t *testing.T) {
	for _, u := range ParseListing(readFixture(t, "list-modern.txt")).Updates {
		if u.Version == "" {
			t.Errorf("%q has no version", u.Title)
		}
	}
}

func TestDefectShellCharactersStayInTitles(t *testing.T) {
	const title = `A|B <C> D/E & F\1 $(G) 'H' "I" *`
	u := ParseListing(one(title+"-1", title+", Version: 1, Size: 1KiB, ")).Updates[0]
	if u.Title != title || u.Label != title+"-1" {
		t.Errorf("%+v", u)
	}
}

func TestDefectAFailedListIsNotNone(t *testing.T) {
	for _, out := range []Output{
		{},
		{Code: 1},
		{Stderr: "Can’t connect to the Apple Software Update server\n"},
		{Stdout: readFixture(t, "list-offline.txt")},
		{Stderr: "No new software available.\n", TimedOut: true, Code: -1},
	} {
		s, _ := answering(out, nil)
		if l, _ := s.List(t.Context()); l.Conclusive() {
			t.Errorf("%+v is believed", out)
		}
	}
}

func TestDefectDeferredItemsAreTold(t *testing.T) {
	for _, end := range []string{"Deferred: YES", "Deferred: YES, ", "Deferred: YES,"} {
		u := ParseListing(one("x", "T, Version: 1, Size: 1KiB, Recommended: YES, Action: restart, "+end)).Updates[0]
		if !u.Deferred || u.Action != enforce.Restart {
			t.Errorf("%+v", u)
		}
	}
}
