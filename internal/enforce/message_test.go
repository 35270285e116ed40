package enforce_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestExpand(t *testing.T) {
	facts := enforce.Facts{
		Left: 3 * time.Hour, Deadline: "Thursday", Contact: "IT", Updates: "Safari 14.0", Mechanism: "Software Update",
		Restart: true,
	}
	with := func(change func(*enforce.Facts)) enforce.Facts {
		f := facts
		change(&f)
		return f
	}
	for _, row := range []struct {
		name, message string
		facts         enforce.Facts
		want          string
	}{
		{
			"every placeholder is replaced", "%DEFER_HOURS%|%UPDATE_MECHANISM%|%DEADLINE_DATE%|%SUPPORT_CONTACT%|%UPDATE_LIST%", facts,
			"3 hours|Software Update|Thursday|IT|Safari 14.0",
		},
		{"the old words after the number are not doubled", "within %DEFER_HOURS% hours.", facts, "within 3 hours."},
		{"after a time", "after %DEFER_HOURS% hours", facts, "after 3 hours"},
		{"not after very soon", "restarts after %DEFER_HOURS% hours.", with(func(f *enforce.Facts) { f.Left = 0 }), "restarts very soon."},
		{"nor in the short form", "after %DEFER_HOURS%", with(func(f *enforce.Facts) { f.Left = -time.Hour }), "very soon"},
		{"one minute and some is one minute", "%DEFER_HOURS%", with(func(f *enforce.Facts) { f.Left = 61 * time.Second }), "1 minute"},
		{"what restarts stays", "a<< b>> c", facts, "a b c"},
		{"what restarts goes when nothing does", "a<< b>> c", with(func(f *enforce.Facts) { f.Restart = false }), "a c"},
		{"text between two sections stays", "<<a>>b<<c>>d", with(func(f *enforce.Facts) { f.Restart = false }), "bd"},
		{"what may be deferred stays", "a{{ b}}", facts, "a b"},
		{"what may be deferred goes at last", "a{{ b}} c", with(func(f *enforce.Facts) { f.Last = true }), "a c"},
		{"a section within another", "a{{ b<< c>>}} d", with(func(f *enforce.Facts) { f.Restart = false }), "a b d"},
		{"a marker that opens alone is dropped", "a<< b", with(func(f *enforce.Facts) { f.Restart = false }), "a b"},
		{"a marker that ends alone is dropped", "a>> b}}", facts, "a b"},
		{"single brackets are text", "a < b > c | d { e }", facts, "a < b > c | d { e }"},
		{
			"what is put in is text", "%SUPPORT_CONTACT% %UPDATE_LIST%",
			with(func(f *enforce.Facts) {
				f.Contact, f.Updates = "a/b & c|d\\1 %UPDATE_LIST%", "<<x>> {{y}}\n%SUPPORT_CONTACT%"
			}),
			"a/b & c|d\\1 %UPDATE_LIST% <<x>> {{y}}\n%SUPPORT_CONTACT%",
		},
		{"what is not known stays", "%FOO% 100%", facts, "%FOO% 100%"},
		{"nothing is nothing", "", facts, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := enforce.Expand(row.message, row.facts); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// naive expands a message one letter at a time.
func naive(message string, f enforce.Facts) string {
	for _, s := range []struct {
		open, end string
		keep      bool
	}{{"<<", ">>", f.Restart}, {"{{", "}}", !f.Last}} {
		var out strings.Builder
		skip := false
		for i := 0; i < len(message); {
			rest := message[i:]
			switch {
			case strings.HasPrefix(rest, s.open):
				skip = skip || strings.Contains(rest[2:], s.end) && !s.keep
				i += 2
			case strings.HasPrefix(rest, s.end):
				skip = false
				i += 2
			default:
				if !skip {
					out.WriteByte(rest[0])
				}
				i++
			}
		}
		message = out.String()
	}
	left := f.Speech.Remaining(f.Left)
	pairs := [][2]string{
		{"%DEADLINE_DATE%", f.Deadline},
		{"%SUPPORT_CONTACT%", f.Contact},
		{"%UPDATE_LIST%", f.Updates},
		{"%UPDATE_MECHANISM%", f.Mechanism},
	}
	for _, phrase := range append(f.Speech.Around, "%DEFER_HOURS%") {
		with := strings.ReplaceAll(phrase, "%DEFER_HOURS%", left)
		if left == f.Speech.Soon {
			with = left
		}
		pairs = append(pairs, [2]string{phrase + " hours", with}, [2]string{phrase, with})
	}
	var out strings.Builder
next:
	for len(message) > 0 {
		for _, p := range pairs {
			if rest, ok := strings.CutPrefix(message, p[0]); ok {
				out.WriteString(p[1])
				message = rest
				continue next
			}
		}
		out.WriteByte(message[0])
		message = message[1:]
	}
	return out.String()
}

func TestExpandAgreesWithANaiveExpander(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"<<", ">>", "{{", "}}", "a", " ", "<", "}", "after ", "in ", "na ", "%DEFER_HOURS%", " hours", " lang", "%UPDATE_LIST%", "%SUPPORT_CONTACT%", "%", "é",
	})
	try(t, "messages expanded by a second, naive program", func(t *rapid.T) {
		draw := func(what string) string { return strings.Join(rapid.SliceOfN(piece, 0, 20).Draw(t, what), "") }
		f := enforce.Facts{
			Left: minutes(t, -10, 9000, "left"), Deadline: draw("deadline"), Contact: draw("contact"), Updates: draw("updates"),
			Restart: rapid.Bool().Draw(t, "restart"), Last: rapid.Bool().Draw(t, "last"), Speech: drawSpeech(t),
		}
		message := draw("message")
		if got, want := enforce.Expand(message, f), naive(message, f); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func TestRemaining(t *testing.T) {
	const second, minute, hour = time.Second, time.Minute, time.Hour
	for _, row := range []struct {
		name string
		left time.Duration
		want string
	}{
		{"a deadline just set is three days away", 72 * hour, "3 days"},
		{"and still is after a long download", 71*hour + 5*minute, "3 days"},
		{"an hour is forgiven, not more", 71*hour - second, "2 days"},
		{"above two days it is days", 47*hour + second, "2 days"},
		{"up to two days it is hours", 47 * hour, "47 hours"},
		{"a minute is forgiven where it is hours", 4*hour - minute, "4 hours"},
		{"not more", 4*hour - minute - second, "3 hours"},
		{"above two hours it is hours", 2*hour - minute + second, "2 hours"},
		{"up to two hours it is minutes", 2*hour - minute, "119 minutes"},
		{"minutes are rounded down", 3*minute - second, "2 minutes"},
		{"one minute has no plural", minute + second, "1 minute"},
		{"a minute is very soon", minute, "very soon"},
		{"what has passed is very soon", -hour, "very soon"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := enforce.Remaining(row.left); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestList(t *testing.T) {
	a, b, c := enforce.Update{Title: "A"}, enforce.Update{Title: "B"}, enforce.Update{Title: "C, D"}
	for want, updates := range map[string][]enforce.Update{"": nil, "A": {a}, "A and B": {a, b}, "A, B and C, D": {a, b, c}} {
		if got := enforce.List(updates); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
