package settings_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func TestLocalizations(t *testing.T) {
	s, findings := decode(profile(values{settings.Localizations: values{
		"pt-BR": values{settings.PromptHeading: "Atualizações", settings.DeferButtonLabel: "Adiar"},
		"de":    values{settings.PromptMessage: "Bitte <<neu starten>>.\nDanke & bis bald."},
	}}))
	compare(t, []string(nil), findings)
	compare(t, []string{"de", "pt-BR"}, s.Languages())
	for tag, want := range map[string]map[string]string{
		"pt-BR": {settings.PromptHeading: "Atualizações", settings.DeferButtonLabel: "Adiar"},
		"PT-br": {settings.PromptHeading: "Atualizações", settings.DeferButtonLabel: "Adiar"},
		"de":    {settings.PromptMessage: "Bitte <<neu starten>>.\nDanke & bis bald."},
		"pt":    nil,
		"":      nil,
	} {
		texts, ok := s.Localization(tag)
		compare(t, want, texts)
		compare(t, want != nil, ok)
	}
}

func TestBadLocalizationsAreLeftOutOneByOne(t *testing.T) {
	const hidden = "managed profile: Localizations"
	good := values{settings.PromptHeading: "Hallo"}
	for name, row := range map[string]struct {
		raw      any
		want     []string
		findings []string
	}{
		"no languages at all": {values{}, nil, nil},
		"no dictionary":       {"de", nil, []string{` is the text "de", not a dictionary; ignored`}},
		"a language that is no dictionary": {
			values{"de": "Hallo", "fr": good},
			[]string{"fr"},
			[]string{`.de is the text "Hallo", not a dictionary; ignored`},
		},
		"a language without texts": {values{"de": values{}}, nil, []string{".de is an empty dictionary; ignored"}},
		"bad tags": {
			values{"": good, "d": good, "deutsch": good, "pt_BR": good, "de-": good, "d1": good, "a\nb": good, "zh-Hans": good},
			[]string{"zh-Hans"},
			[]string{
				`."" is not the tag of a language, such as de or pt-BR; ignored`,
				`."a\nb" is not the tag of a language, such as de or pt-BR; ignored`,
				".d is not the tag of a language, such as de or pt-BR; ignored",
				".d1 is not the tag of a language, such as de or pt-BR; ignored",
				".de- is not the tag of a language, such as de or pt-BR; ignored",
				".deutsch is not the tag of a language, such as de or pt-BR; ignored",
				".pt_BR is not the tag of a language, such as de or pt-BR; ignored",
			},
		},
		"one language in two letter cases": {
			values{"DE": good, "de": values{settings.PromptHeading: "Guten Tag"}},
			[]string{"DE"},
			[]string{".de is the same language as DE; ignored"},
		},
		"bad texts beside a good one": {
			values{"de": values{
				settings.PromptHeading: "Hallo", settings.PromptMessage: int64(5), settings.DeferButtonLabel: strings.Repeat("x", 65),
				settings.FinalHeading: " ", "PromptMesage": "Hallo", settings.SupportContact: "IT", "a b": "c",
			}},
			[]string{"de"},
			[]string{
				".de.DeferButtonLabel has 65 characters, more than 64; ignored",
				".de.FinalHeading is empty; ignored",
				".de.PromptMesage is not one of the texts that have languages (did you mean PromptMessage?); ignored",
				".de.PromptMessage is the number 5, not text; ignored",
				".de.SupportContact is not one of the texts that have languages; ignored",
				`.de."a b" is not one of the texts that have languages; ignored`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, f := range row.findings {
				want = append(want, hidden+f)
			}
			s, findings := decode(profile(values{settings.Localizations: row.raw}))
			compare(t, want, findings)
			compare(t, row.want, s.Languages())
		})
	}
}

func TestLocalizationsWithoutAUsableTextLetTheNextSourceCount(t *testing.T) {
	s, _ := decode(
		profile(values{settings.Localizations: values{"de": values{settings.PromptHeading: int64(1)}}}),
		built(values{settings.Localizations: values{"fr": values{settings.PromptHeading: "Bonjour"}}}),
	)
	compare(t, []string{"fr"}, s.Languages())
	compare(t, "package", s.Of(settings.Localizations).Source)
}

func TestLocalizationsDoNotShareMemory(t *testing.T) {
	s, _ := decode(profile(values{settings.Localizations: values{"de": values{settings.PromptHeading: "Hallo"}}}))
	texts, _ := s.Localization("de")
	texts[settings.PromptHeading] = "changed"
	s.Of(settings.Localizations).Value.(map[string]map[string]string)["de"] = nil
	texts, _ = s.Localization("de")
	compare(t, map[string]string{settings.PromptHeading: "Hallo"}, texts)
}

func TestFloodOfBadLocalizationsIsQuick(t *testing.T) {
	texts := values{}
	for i := range 50_000 {
		texts[fmt.Sprintf("PromptMessage%05d", i)] = "x"
	}
	_, findings := decode(profile(values{settings.Localizations: values{"de": texts}}))
	compare(t, settings.MaxFindings+1, len(findings))
}
