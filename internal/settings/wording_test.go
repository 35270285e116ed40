package settings_test

import (
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func TestWordingSpeaksOneLanguage(t *testing.T) {
	polish := map[string]any{"PromptHeading": "Są uaktualnienia", "PromptMessage": "Proszę: %UPDATE_LIST%"}
	for name, row := range map[string]struct {
		values    map[string]any
		preferred []string
		want      [4]string // tag, heading, install, defer
	}{
		"nothing is set, so the person's language": {
			nil, []string{"sv-SE"}, [4]string{"sv", "Det finns uppdateringar för din Mac", "Installera", "Skjut upp"},
		},
		"nothing is known of the person": {
			nil, nil, [4]string{"en", "Your Mac has updates to install", "Run Updates", "Defer"},
		},
		"the first choice cannot be served": {
			nil, []string{"tlh", "it-IT"}, [4]string{"it", "Ci sono aggiornamenti per il tuo Mac", "Installa", "Rimanda"},
		},
		"an own message without a translation is not put beside a translated heading": {
			map[string]any{"PromptMessage": "Do it."},
			[]string{"de"},
			[4]string{"en", "Your Mac has updates to install", "Run Updates", "Defer"},
		},
		"an own message of another window does not matter": {
			map[string]any{"FinalMessage": "Do it."}, []string{"nl"}, [4]string{"nl", "Er zijn updates voor uw Mac", "Installeer", "Uitstellen"},
		},
		"an own message with a translation of its own": {
			map[string]any{"PromptMessage": "Do it.", "Localizations": map[string]any{"de": map[string]any{"PromptMessage": "Tun Sie es."}}},
			[]string{"de-DE"},
			[4]string{"de", "Für Ihren Mac gibt es Updates", "Ausführen", "Später"},
		},
		"a language that only the administrator speaks": {
			map[string]any{"Localizations": map[string]any{"pl": polish}},
			[]string{"pl-PL", "de"},
			[4]string{"en", "Są uaktualnienia", "Run Updates", "Defer"},
		},
		"a language that the administrator speaks in part": {
			map[string]any{"Localizations": map[string]any{"pl": map[string]any{"PromptHeading": "Są"}}},
			[]string{"pl"},
			[4]string{"en", "Your Mac has updates to install", "Run Updates", "Defer"},
		},
		"an own label stands as it is": {
			map[string]any{"DeferButtonLabel": "Later"}, []string{"fr"}, [4]string{"fr", "Des mises à jour attendent votre Mac", "Installer", "Later"},
		},
		"an own label can be localized": {
			map[string]any{"DeferButtonLabel": "Later", "Localizations": map[string]any{"fr": map[string]any{"DeferButtonLabel": "Plus tard"}}},
			[]string{"fr"},
			[4]string{"fr", "Des mises à jour attendent votre Mac", "Installer", "Plus tard"},
		},
		"the administrator may localize English too": {
			map[string]any{"Localizations": map[string]any{"en": map[string]any{"PromptHeading": "Updates!"}}},
			[]string{"en-GB"},
			[4]string{"en", "Updates!", "Run Updates", "Defer"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := settings.Decode(settings.Platform{}, settings.Source{Name: "managed profile", Values: row.values})
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			w := s.Wording(row.preferred, settings.PromptHeading, settings.PromptMessage)
			if got := [4]string{w.Language.Tag, w.Heading, w.Install, w.Defer}; got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if w.Message == "" {
				t.Error("there is no message")
			}
		})
	}
}
