package preview_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/preview"
)

// stands is where a round stands at a time.
func stands(f preview.Film, at int64) preview.Stand {
	last := f.Stands[0]
	for _, s := range f.Stands {
		if s.At <= at {
			last = s
		}
	}
	return last
}

func TestALongFilmIsToldToItsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the race detector takes too long for a round of weeks")
	}
	d := desk(preview.Stubborn, intel())
	d.Values["MaxDeferralTime"] = int64(30 * 86400)
	f := film(t, d)
	if len(f.Moments) > 600 || !f.Done {
		t.Errorf("%d moments, done %t", len(f.Moments), f.Done)
	}
	n := kinds(f)
	for _, kind := range []string{"start", "more", "deadline", "warning", "install", "ask", "force", "restart", "boot", "finish"} {
		if n[kind] != 1 {
			t.Errorf("%d moments of the kind %q", n[kind], kind)
		}
	}
	more := slices.IndexFunc(f.Moments, func(m preview.Moment) bool { return m.Kind == "more" })
	if before, after := f.Moments[more-1], f.Moments[more+1]; before.Kind != "deferral" || after.Kind != "look" || after.At-f.Moments[more].At < hours(24) {
		t.Errorf("moments are left out between %+v and %+v", before, after)
	}
	if text := f.Moments[more].Text; !strings.Contains(text, " prompts") || strings.Contains(text, " 0 prompts") {
		t.Error(text)
	}
	if last := f.Moments[len(f.Moments)-1]; last.At < f.Deadline || f.Moments[0].Kind != "start" {
		t.Errorf("the last moment is %+v", last)
	}
	for i, w := range about(f, "prompt") { // also of those that the list leaves out
		if s := stands(f, w.From); s.Phase != enforce.PhasePrompting || s.Deferrals != i {
			t.Errorf("at prompt %d the round stands at %+v", i+1, s)
		}
		if s := stands(f, w.To); s.Phase != enforce.PhaseDeferred || s.Deferrals != i+1 || s.Deferred <= w.To {
			t.Errorf("after prompt %d the round stands at %+v", i+1, s)
		}
	}
	if s := stands(f, f.Deadline); s.Phase != enforce.PhaseEnforcing {
		t.Errorf("at the deadline it stands at %+v", s)
	}
}

func TestNothingOfTheFilmItselfIsTold(t *testing.T) {
	for _, mac := range []preview.Machine{intel(), silicon()} {
		for _, person := range preview.People() {
			f := film(t, desk(person.Name, mac))
			for _, m := range f.Moments {
				if strings.Contains(m.Title+m.Text, "context") || m.Kind == "system" && strings.HasPrefix(m.Title, "The turn ends") {
					t.Errorf("%s on macOS %s: %+v", person.Name, mac.MacOS, m)
				}
			}
		}
	}
}
