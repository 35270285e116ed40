package settings_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/language"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// TestEveryMessageOfEveryLanguageAtEveryStage renders what people will see, and looks for what they should not.
func TestEveryMessageOfEveryLanguageAtEveryStage(t *testing.T) {
	s, _ := settings.Decode(settings.Platform{})
	updates := []string{"Safari 18.3", "macOS Ventura 13.7.4, Safari 18.3.1 & Command Line Tools for Xcode 14.2"}
	rendered := 0
	for _, tag := range language.Tags() {
		for _, window := range []string{"Prompt", "Final", "Updating", "Manual", "Restart"} {
			words := s.Wording([]string{tag}, window+"Heading", window+"Message")
			if words.Language.Tag != tag {
				t.Errorf("%s of %s is in %s", window, tag, words.Language.Tag)
			}
			for i := range 5 * len(updates) * 4 {
				facts := enforce.Facts{
					Left:    []time.Duration{72 * time.Hour, 5 * time.Hour, 90 * time.Minute, time.Minute + time.Second, 30 * time.Second}[i%5],
					Restart: i/5%2 == 0, Last: i/10%2 == 0, Updates: updates[i/20%2], Contact: "IT",
					Deadline:  words.Language.Date(time.Date(2026, time.September, 23, 12, 30, 0, 0, time.UTC)),
					Mechanism: "System Settings > General > Software Update",
					Speech: enforce.Speech{
						Day: [2]string(words.Language.Days), Hour: [2]string(words.Language.Hours), Minute: [2]string(words.Language.Minutes),
						Gap: words.Language.Gap, Soon: words.Language.Soon, Around: words.Language.Around, Comma: ", ", And: " ",
					},
				}
				name := fmt.Sprintf("%s in %s, %+v", window, tag, facts)
				heading, message := enforce.Expand(words.Heading, facts), enforce.Expand(words.Message, facts)
				tidy(t, name, heading)
				tidy(t, name, message)
				if !settings.HeadingFits(heading) {
					t.Errorf("%s: the heading is too long: %q", name, heading)
				}
				if lines := settings.MessageLines(message); lines > settings.MaxMessageLines {
					t.Errorf("%s: %d lines", name, lines)
				}
				if soon := strings.Contains(message, words.Language.Soon); window == "Prompt" && soon != (facts.Left < time.Minute) {
					t.Errorf("%s: %q", name, message)
				}
				rendered++
			}
			if window == "Prompt" && (!settings.LabelFits(words.Install) || !settings.LabelFits(words.Defer)) {
				t.Errorf("%s: the labels %q and %q are too long", tag, words.Install, words.Defer)
			}
		}
	}
	if want := 10 * 5 * 40; rendered != want {
		t.Errorf("%d messages, want %d", rendered, want)
	}
}

// tidy fails on what an expansion may leave behind.
func tidy(t *testing.T, name, text string) {
	t.Helper()
	for _, bad := range []string{"%", "<<", ">>", "{{", "}}", "  ", " \n", "\n ", "\n\n\n", "()", " ,", " ."} {
		if strings.Contains(text, bad) {
			t.Errorf("%s: %q is left in %q", name, bad, text)
		}
	}
	if text != strings.TrimSpace(text) || text == "" {
		t.Errorf("%s: spaces around %q", name, text)
	}
}
