package preview_test

import (
	"context"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/preview"
)

// said is what a sheet says, a step a line.
func said(s preview.Sheet) string {
	var all []string
	for _, step := range s.Steps {
		all = append(all, step.Title+": "+step.Text)
	}
	return strings.Join(all, "\n")
}

func TestEveryLanguageHasEveryTextOfTheSheet(t *testing.T) {
	braces := regexp.MustCompile(`\{[a-z]+\}`)
	base := preview.SheetTexts("en")
	if len(base) < 20 {
		t.Fatalf("%d texts", len(base))
	}
	for _, tag := range tags() {
		texts := preview.SheetTexts(tag)
		for key, english := range base {
			want, have := braces.FindAllString(english, -1), braces.FindAllString(texts[key], -1)
			slices.Sort(want)
			slices.Sort(have)
			if texts[key] == "" || !slices.Equal(want, have) {
				t.Errorf("%s: %s is %q", tag, key, texts[key])
			}
		}
		if len(texts) != len(base) {
			t.Errorf("%s has %d texts", tag, len(texts))
		}
	}
}

func TestTheSheetSaysWhatWillBe(t *testing.T) {
	sheet := func(c preview.Choices) preview.Sheet {
		t.Helper()
		s, err := preview.MakeSheet(context.Background(), c, preview.Base{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	usual := chosen()
	if text := said(sheet(usual)); !strings.Contains(text, "asked again after 2 hours. After 3 days") || !strings.Contains(text, "start after 10 minutes") ||
		!strings.Contains(text, "after 5 minutes your Mac restarts") || !strings.Contains(text, "“Run Updates”") {
		t.Errorf("on Intel:\n%s", text)
	}
	other := chosen()
	other.Desk.Values = map[string]any{
		"MaxDeferralTime": int64(2*86400 + 6*3600), "MaxDeferralCount": int64(5), "DeadlineDate": "2026-12-01T18:00:00Z", "DeferButtonLabel": "Later", "SupportContact": "Kim",
	}
	s := sheet(other)
	if text := said(s); !strings.Contains(text, "After 2 days 6 hours") || !strings.Contains(text, "5 times") || !strings.Contains(text, "Tuesday 1 December 2026 at 18:00") ||
		!strings.Contains(text, "“Later”") || s.Contact != "Questions? Kim can help." {
		t.Errorf("with limits:\n%s\n%s", text, s.Contact)
	}
	const place = "System Settings > General > Software Update"
	byHand := chosen()
	byHand.Desk.Mac = silicon()
	byHand.Desk.Mac.Language = "de"
	if text := said(sheet(byHand)); !strings.Contains(text, "Ein Fenster erinnert Sie") || !strings.Contains(text, place) {
		t.Errorf("on Apple silicon:\n%s", text)
	}
	skip := chosen()
	skip.Desk.Values = map[string]any{"SkipDeferral": true}
	if text := said(sheet(skip)); strings.Contains(text, "You can defer") || strings.Contains(text, "that time") || !strings.Contains(text, "they start after 10 minutes") {
		t.Errorf("without deferral:\n%s", text)
	}
	byHand.Desk.Mac.Language = "en"
	want := []string{
		"A window asks you: It names the updates. Click “Run Updates” when it suits you, and follow what the next window says: some updates you install yourself, in " + place + ".",
		"You can defer: ", "The last window: ", "Some updates install by themselves: ",
		"A window reminds you: A window asks you to install the updates in " + place + ". It comes back until you have done so.",
		"Your Mac restarts: It does so after you have started the installation in " + place + ". Save your work before.",
	}
	for i, step := range sheet(byHand).Steps {
		if i >= len(want) || !strings.HasPrefix(step.Title+": "+step.Text, want[i]) {
			t.Errorf("step %d on Apple silicon: %s: %s", i+1, step.Title, step.Text)
		}
	}
	if n := len(sheet(byHand).Steps); n != len(want) {
		t.Errorf("%d steps on Apple silicon", n)
	}
	byHand.Desk.Values = map[string]any{"SkipDeferral": true}
	if text := said(sheet(byHand)); strings.Contains(text, "that time") || !strings.Contains(text, "A window reminds you") {
		t.Errorf("without deferral, on Apple silicon:\n%s", text)
	}
}

func TestTheSheetIsAPageOfItsOwn(t *testing.T) {
	c := chosen()
	c.Organization, c.Logo, c.Picture = `<script>alert("x")</script> & Co`, "logo.png", base64.StdEncoding.EncodeToString(dot(t))
	c.Desk.Values["PromptMessage"] = `<img src=x onerror=alert(1)> %DEADLINE_DATE% %UPDATE_LIST%`
	s, err := preview.MakeSheet(context.Background(), c, preview.Base{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.HTML()
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, word := range []string{"<script", "onerror=alert(1)>", "http:", "https:", "<link", "url("} {
		if strings.Contains(text, word) {
			t.Errorf("it holds %s", word)
		}
	}
	for _, word := range []string{"&lt;script&gt;", `<img src="data:image/png;base64,iVBOR`, "<style>", ".sheet", `lang="en"`} {
		if !strings.Contains(text, word) {
			t.Errorf("it lacks %s", word)
		}
	}
}
