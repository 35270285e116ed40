package language_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"

	"github.com/install-or-defer/install-or-defer/internal/language"
)

func TestTheLanguagesAreThese(t *testing.T) {
	want := []string{"de", "en", "es", "fr", "it", "ja", "nl", "pt-BR", "sv", "zh-Hans"}
	if diff := cmp.Diff(want, language.Tags()); diff != "" {
		t.Error(diff)
	}
}

// TestEveryCountHasOneOfTwoForms checks against the Unicode plural rules that 1 has a form of its own, and all larger
// counts that a message can name share another, so that two forms are enough.
func TestEveryCountHasOneOfTwoForms(t *testing.T) {
	for _, tag := range language.Tags() {
		form := func(n int) plural.Form {
			return plural.Cardinal.MatchPlural(xlanguage.MustParse(tag), n, 0, 0, 0, 0)
		}
		for n := 2; n <= 3650; n++ {
			if form(n) != form(2) {
				t.Errorf("%s: %d has the form %v, and 2 has %v", tag, n, form(n), form(2))
			}
		}
		l := language.Find(tag)
		if same := l.Days[0] == l.Days[1]; form(1) == form(2) && !same {
			t.Errorf("%s: 1 and 2 have one form, and %q two words", tag, l.Days)
		}
	}
}

func TestEveryLanguageIsWhole(t *testing.T) {
	for _, tag := range language.Tags() {
		l := language.Find(tag)
		if l.Tag != tag {
			t.Errorf("the file of %s says %s", tag, l.Tag)
		}
		keys := language.Extra()
		if tag != language.Base {
			keys = append(keys, "InstallButtonLabel", "DeferButtonLabel")
			for _, window := range []string{"Prompt", "Final", "Updating", "Manual", "Restart"} {
				keys = append(keys, window+"Heading", window+"Message")
			}
		}
		if err := l.Check(keys); err != nil {
			t.Error(err)
		}
		if len(l.Texts) != len(keys) {
			t.Errorf("%s: %d texts, want %d", tag, len(l.Texts), len(keys))
		}
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	for want, spoil := range map[string]func(*language.Language){
		"weekdays needs 7 words":   func(l *language.Language) { l.Weekdays = l.Weekdays[1:] },
		"hour needs 2 words":       func(l *language.Language) { l.Hours = []string{"", "x"} },
		"texts lacks FinalHeading": func(l *language.Language) { delete(l.Texts, "FinalHeading") },
		"soon, around":             func(l *language.Language) { l.Soon = "" },
	} {
		l := language.Find("de")
		l.Texts = maps.Clone(l.Texts)
		spoil(&l)
		if err := l.Check([]string{"FinalHeading"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestChooseTakesTheFirstThatIsThere(t *testing.T) {
	there := append(language.Tags(), "pl", "de-CH")
	for name, row := range map[string]struct {
		preferred string
		want      string
	}{
		"as it stands":                                 {"fr", "fr"},
		"a region is given up":                         {"fr-CA", "fr"},
		"an exact region comes first":                  {"de-CH", "de-CH"},
		"another region does not":                      {"de-AT", "de"},
		"a script and a region":                        {"zh-Hans-CN", "zh-Hans"},
		"Chinese by region":                            {"zh_CN", "zh-Hans"},
		"traditional Chinese is not simplified":        {"zh-Hant-TW, sv", "sv"},
		"nor is it by region":                          {"zh-TW, sv", "sv"},
		"Portuguese of Portugal is served by Brazil's": {"pt-PT", "pt-BR"},
		"the administrator's own language":             {"pl-PL", "pl"},
		"the second choice":                            {"tlh, ja-JP", "ja"},
		"nothing that is there":                        {"tlh", "en"},
		"nothing at all":                               {"", "en"},
		"case does not matter":                         {"PT-br", "pt-BR"},
		"garbage":                                      {"-, --, $(reboot), ../../etc", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := language.Choose(strings.Split(row.preferred, ","), there); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestDateIsWordedInItsZone(t *testing.T) {
	at := time.Date(2026, time.December, 3, 9, 5, 0, 0, time.FixedZone("", 3600))
	for tag, want := range map[string]string{
		"en": "Thursday 3 December 2026 at 09:05", "de": "Donnerstag, 3. Dezember 2026 um 09:05 Uhr",
		"fr": "jeudi 3 décembre 2026 à 09:05", "es": "jueves, 3 de diciembre de 2026 a las 09:05",
		"it": "giovedì 3 dicembre 2026 alle 09:05", "nl": "donderdag 3 december 2026 om 09:05",
		"pt-BR": "quinta-feira, 3 de dezembro de 2026 às 09:05", "sv": "torsdag 3 december 2026 kl. 09:05",
		"ja": "2026年12月3日（木曜日）09:05", "zh-Hans": "2026年12月3日星期四 09:05",
	} {
		if got := language.Find(tag).Date(at); got != want {
			t.Errorf("%s: got %q, want %q", tag, got, want)
		}
	}
	if got := (language.Language{}).Date(at); got != "2026-12-03 09:05" {
		t.Errorf("a language without words says %q", got)
	}
}

func TestFindOfAnUnknownLanguageIsEnglish(t *testing.T) {
	for _, tag := range []string{"", "xx", "../en", "de/../de"} {
		if l := language.Find(tag); l.Tag != language.Base {
			t.Errorf("%q finds %s", tag, l.Tag)
		}
	}
	if fmt.Sprint(language.Find("sv").Name) != "Svenska" {
		t.Error("Svenska is not found")
	}
}

// TestALanguageAddressesPeopleInOneWay looks for the other way, formal or familiar, in languages that have both: parts of
// several texts stand in one window.
func TestALanguageAddressesPeopleInOneWay(t *testing.T) {
	for tag, other := range map[string]*regexp.Regexp{
		"de": regexp.MustCompile(`\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b`),
		"es": regexp.MustCompile(`\b(usted|Su|Puede aplazar\w*|[Pp]ida|[Pp]regunte)\b`),
		"fr": regexp.MustCompile(`\b([Tt]u|[Tt]on|[Tt]a|toi)\b`),
		"it": regexp.MustCompile(`\b(Lei|Suo|Sua|Chieda)\b`),
		"nl": regexp.MustCompile(`\b([Jj]e|[Jj]ij|[Jj]ouw?)\b`),
		"sv": regexp.MustCompile(`\b(Ni|ni|Er|er|Ert|ert)\b`),
	} {
		for name, text := range language.Find(tag).Texts {
			if word := other.FindString(text); word != "" {
				t.Errorf("%s: %s says %q", tag, name, word)
			}
		}
	}
}
