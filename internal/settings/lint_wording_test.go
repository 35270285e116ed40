package settings_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// TestWhatIsNotShownIsSaid compares what lint says is not shown with what windows say.
func TestWhatIsNotShownIsSaid(t *testing.T) {
	texts := map[string]string{
		"PromptHeading": "The heading", "PromptMessage": "The message %UPDATE_LIST% %DEADLINE_DATE%", "InstallButtonLabel": "Go", "DeferButtonLabel": "Wait",
	}
	keys := []string{"DeferButtonLabel", "InstallButtonLabel", "PromptHeading", "PromptMessage"}
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.SampledFrom([]string{"de", "da", "en", "pt-BR", "pt-PT", "DE"}).Draw(t, "tag")
		own, v := map[string]any{}, values{}
		for _, key := range keys {
			if rapid.Bool().Draw(t, "own "+key) {
				own[key] = tag + " " + texts[key]
			}
			if rapid.Bool().Draw(t, "base "+key) {
				v[key] = texts[key]
			}
		}
		if len(own) == 0 {
			t.Skip("nothing is said in the language")
		}
		// the other windows with the button, which a label could be seen in as well, are in the base language
		v["FinalHeading"], v["ManualHeading"] = "Now", "Now"
		v["Localizations"] = map[string]any{tag: own}
		s, _ := settings.Decode(settings.Platform{}, settings.Source{Name: "x", Values: v})
		w := s.Wording([]string{tag}, settings.PromptHeading, settings.PromptMessage)
		shown := []string{w.Heading, w.Message, w.Install, w.Defer}
		for _, key := range keys {
			text, given := own[key].(string)
			if !given {
				continue
			}
			said := slices.ContainsFunc(settings.Lint(v, settings.LintContext{}), func(f settings.LintFinding) bool {
				return f.Key == "Localizations."+tag+"."+key && strings.Contains(f.Message, "is not shown")
			})
			if seen := slices.Contains(shown, text); seen == said {
				t.Fatalf("%s of %v: seen %t, and lint says otherwise %t", key, v, seen, said)
			}
		}
	})
}
