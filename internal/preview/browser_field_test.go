package preview_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/install-or-defer/install-or-defer/internal/preview"
)

// menu chooses an entry of a menu that makes no film.
func (p *tab) menu(key, value string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector('[data-key=%q]'); s.value = %q; s.dispatchEvent(new Event("change")); return true })()`, key, value))
}

// TestBrowserLeadsToWhatIsWrong looks for what is wrong at the place where it can be put right.
func TestBrowserLeadsToWhatIsWrong(t *testing.T) {
	_, open := stories(t)
	t.Run("a text that is wrong", func(t *testing.T) {
		p := open(t, based("bad.yaml", "messages:\n  FinalMessage: \"%UPDATE_LST%\"\nlocalizations:\n  de:\n    RestartHeading: 5\n  sv: {}\n"))
		if text := p.text("#lint"); !strings.Contains(text, "error") {
			t.Fatalf("counted is %q", text)
		}
		for _, line := range []string{"bad.yaml, line 4: Localizations.de holds no texts", "bad.yaml, line 6: Localizations.sv holds no texts"} {
			if text := p.text("#banner"); strings.Count(text, line) != 1 {
				t.Errorf("what has no field is not in the banner, or not once: %s", text)
			}
		}
		p.click("#lint")
		p.await(`document.activeElement.id === "t-RestartHeading" && document.querySelector("[data-key=m-language]").value === "de" && document.querySelector("[data-key=m-window]").value === "Restart"`)
		p.await(`document.activeElement.getAttribute("aria-invalid") === "true" && document.querySelector("#t-RestartHeading-findings .error") !== null`)
		if p.there("#t-RestartMessage-findings .finding") {
			t.Error("the other text is marked, too")
		}
		p.menu("m-language", "")
		p.menu("m-window", "Final")
		if text := p.text("#t-FinalMessage-findings"); !strings.Contains(text, "did you mean %UPDATE_LIST%?") {
			t.Errorf("at the final warning, at once: %q", text)
		}
		p.menu("m-language", "de")
		p.menu("m-window", "Restart")
		p.after(func() { p.fill("#t-RestartHeading", "Neu") })
		p.await(`document.querySelector("#t-RestartHeading").getAttribute("aria-invalid") === "false" && !document.querySelector("#banner").textContent.includes("holds no texts")`)
	})
	t.Run("a text of a language without the other", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.view("messages")
		p.fill("#other-tag", "not a tag")
		p.do(chromedp.Focus(chromedp.CSS("#other-tag")))
		p.key(kb.Enter)
		p.await(`document.querySelector("#other-note").textContent.includes("“not a tag” is not the tag of a language") && document.querySelector("#other-tag").getAttribute("aria-invalid") === "true"`)
		p.after(func() { p.fill("#other-tag", "da"); p.key(kb.Enter) })
		p.await(`document.querySelector("[data-key=m-language]").value === "da" && document.querySelector("#other-note").hidden`)
		p.after(func() { p.fill("#t-PromptHeading", "Nu") })
		p.await(`document.querySelector("#t-PromptHeading-findings").textContent.includes("is not shown without Localizations.da.PromptMessage")`)
		p.after(func() { p.fill("#t-PromptMessage", "%UPDATE_LIST% %DEADLINE_DATE%") })
		p.await(`document.querySelector("#t-PromptHeading-findings").textContent === ""`)
		p.await(`document.querySelector('#shots .w').lang === "da" && document.querySelector('#grid .thumb[data-key="g-de-first prompt"]').parentElement.querySelector(".w").lang === "de"`)
	})
	t.Run("the words of the reminder are seen on a Mac where the person installs", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.view("messages")
		p.menu("m-window", "Manual")
		p.after(func() { p.fill("#t-ManualHeading", "By your own hand") })
		p.await(fmt.Sprintf(`document.querySelector('#shots [data-moment=%q] .w-title')?.textContent === "By your own hand"`, preview.ShotReminder))
	})
	t.Run("a time that is too late, and an identifier that is none", func(t *testing.T) {
		p := open(t, preview.Options{})
		at := func(value string) {
			eval[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector("#start"); s.value = %q; s.dispatchEvent(new Event("change")); return true })()`, value))
		}
		at("2200-01-01T09:00")
		if text := p.text("#start-findings"); !strings.Contains(text, "2000 to 2100") || !p.there("#start[aria-invalid=true]") || p.text("#banner") != "" {
			t.Errorf("at the field %q, in the banner %q", text, p.text("#banner"))
		}
		p.after(func() { at("2027-01-01T09:00") })
		if text := p.text("#stands"); !p.there("#start-findings[hidden]") || !strings.Contains(text, "January") {
			t.Errorf("then: %q %s", p.text("#start-findings"), text)
		}
		p.view("export")
		p.after(func() { p.fill("#identifier", "updates") })
		p.await(`document.querySelector("#identifier-note").textContent.includes("is not an identifier") && document.querySelector("#identifier").getAttribute("aria-invalid") === "true"`)
		p.quiet = true // the browser notes that the server refuses
		p.click(`[data-file="install-or-defer.yaml"]`)
		p.await(`document.querySelector("#refused").textContent.includes("is not an identifier")`)
		p.after(func() { p.fill("#identifier", "com.example.updates") })
		p.await(`document.querySelector("#identifier-note").hidden && document.querySelector("#refused").textContent === ""`)
	})
	t.Run("a picture is there after a reload, and can be taken away", func(t *testing.T) { logos(t, open) })
	t.Run("a round of a month goes to its end", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		p.set("MaxDeferralTime", "30")
		if text := p.text("#moments .k-more"); !strings.Contains(text, "And so on") {
			t.Errorf("left out is %q", text)
		}
		p.click("#last-prompt")
		if text := p.text("#stands"); !strings.Contains(text, "Deferrals used179") || !strings.Contains(text, "The person is asked") {
			t.Error(text)
		}
		p.click("#to-restart")
		p.await(`document.querySelector(".veil.off") !== null`)
	})
}

func logos(t *testing.T, open func(*testing.T, preview.Options) *tab) {
	t.Helper()
	o := based("f.yaml", "logo: ours.png\n")
	o.Base.Logo = dot(t)
	p := open(t, o)
	const icon, width = `document.querySelector(".screen .w-icon")`, `document.querySelector(".screen .w-icon").naturalWidth === 4`
	p.await(icon + `.src.startsWith("blob:") && ` + width)
	file := filepath.Join(t.TempDir(), "other.png")
	if err := os.WriteFile(file, dot(t), 0o600); err != nil {
		t.Fatal(err)
	}
	p.view("export")
	p.after(func() { p.do(chromedp.SetUploadFiles(chromedp.CSS("#logo"), []string{file})) })
	address, _, _ := strings.Cut(eval[string](p, `location.href`), "?")
	p.open(address)
	p.view("export")
	if text := p.text("#logo-note"); !strings.HasPrefix(text, "other.png goes into the package") {
		t.Errorf("after a reload: %s", text)
	}
	p.await(width + ` && document.querySelector("#sheet img") !== null`)
	p.after(func() { p.click("#no-logo") })
	p.await(icon + `.src.endsWith("/page/update.svg") && document.querySelector("#sheet img") === null && document.querySelector("#no-logo").hidden`)
	p.after(func() { p.click("#file-logo") })
	p.await(width + ` && document.querySelector("#sheet img") !== null && document.querySelector("#logo-note").textContent === "The picture of f.yaml: ours.png."`)
}
