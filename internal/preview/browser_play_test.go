package preview_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/install-or-defer/install-or-defer/internal/preview"
)

// TestBrowser opens the page as an administrator does, in one browser, a tab for each story.
func TestBrowser(t *testing.T) {
	ctx, open := stories(t)
	t.Run("a stubborn person is clicked through to the forced restart", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		p.click("#to-start")
		for n := 1; n <= 18; n++ {
			p.click("#next-prompt")
			p.await(fmt.Sprintf(`document.querySelector('[data-sort=prompt][data-number="%d"]') !== null`, n))
			p.after(func() { p.click(`[data-sort=prompt] [aria-label="Defer"]`) })
			if p.there("[data-sort=prompt]") {
				t.Fatalf("prompt %d is there still", n)
			}
		}
		if text := p.text("#forget"); text != "Forget 18 clicks" {
			t.Errorf("the clicks are counted as %q", text)
		}
		p.click("#next-prompt")
		p.await(`document.querySelector("[data-sort=warning]") !== null`)
		p.click("#to-restart")
		p.await(`document.querySelector(".veil.off") !== null`)
		if text := p.text("#ended"); !strings.Contains(text, "18 prompts, 1 restart (forced)") {
			t.Error(text)
		}
	})
	t.Run("a click on Run Updates installs them", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		p.choose("person", preview.You)
		p.click("#to-start")
		p.click("#next-prompt")
		p.after(func() { p.click(`[data-sort=prompt] [aria-label="Run Updates"]`) })
		p.await(`document.querySelector("[data-sort=updating]") !== null`)
		if text := p.text("#stands"); !strings.Contains(text, "The updates are being installed") {
			t.Error(text)
		}
		p.after(func() { p.click("#forget") })
		if p.there("[data-sort=updating]") {
			t.Error("the click is not forgotten")
		}
	})
	t.Run("the final warning cannot be dismissed", func(t *testing.T) { finalWarning(t, open(t, preview.Options{})) })
	t.Run("a prompt can be closed, which counts as a deferral", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		p.choose("person", preview.You)
		p.click("#to-start")
		p.click("#next-prompt")
		p.after(func() { p.click(`[data-sort=prompt] .w-close`) })
		if text := p.text("#stands"); p.there("[data-sort=prompt]") || !strings.Contains(text, "Deferrals used1") {
			t.Error(text)
		}
	})
	t.Run("the slider is drawn to the deadline", func(t *testing.T) { slider(t, open(t, preview.Options{})) })
	t.Run("play stops at the next window", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		eval[bool](p, `(() => { const s = document.querySelector("[data-key=speed]"); s.value = "10000"; s.dispatchEvent(new Event("change")); return true })()`)
		p.click("#to-deadline")
		p.click("#play")
		p.await(`document.querySelector("[data-sort=warning]") !== null && document.querySelector("#play").textContent === "Play"`)
		p.click(`[data-key=halt]`)
		p.click("#play")
		p.await(`document.querySelector("#slider").value === "10000"`)
	})
	t.Run("every moment has its reason", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		p.click("#why summary")
		p.await(`document.querySelector("#why-text").textContent.includes("so the person is asked")`)
		p.do(chromedp.Click(chromedp.CSS(`#moments .k-warning button`)))
		p.await(`document.querySelector("#why-text").textContent.includes("so the final warning is shown")`)
		if text := p.text(`#moments [aria-current=step]`); !strings.Contains(text, "Final warning") {
			t.Errorf("marked is %q", text)
		}
		p.choose("person", preview.Nobody)
		p.click("#to-start")
		eval[bool](p, `(document.querySelector("#slider").focus(), true)`)
		p.key(kb.PageUp)
		if text := p.text("#stands"); !strings.Contains(text, "The person is to be asked") || p.there("[data-sort=prompt]") {
			t.Errorf("where nobody is there: %s", text)
		}
	})
	t.Run("two tabs do not disturb each other", func(t *testing.T) {
		server := serve(t, preview.Options{})
		one := page(ctx, t, server.URL())
		two := page(ctx, t, server.URL()) // the browser has the cookie by now
		one.intel()
		one.set("DeferralPeriod", "8")
		two.choose("language", "de")
		if text := one.text("#ended"); !strings.Contains(text, "9 prompts") {
			t.Errorf("the first tab: %s", text)
		}
		if text := two.text("#ended"); !strings.Contains(text, "18 prompts") {
			t.Errorf("the second tab: %s", text)
		}
		if text := one.text("[data-sort=prompt] .w-title"); text != "Your Mac has updates to install" {
			t.Errorf("the first tab speaks: %s", text)
		}
		address, _, _ := strings.Cut(server.URL(), "?")
		one.open(address)
		if text := one.text("#ended"); !strings.Contains(text, "9 prompts") {
			t.Errorf("after a reload: %s", text)
		}
	})
	t.Run("all of it goes with the keyboard alone", func(t *testing.T) { keyboard(t, open(t, preview.Options{})) })
}

// set types an amount into the field of a setting.
func (p *tab) set(name, value string) {
	p.t.Helper()
	p.after(func() { p.fill("#f-"+name, value) })
}

// fill has a field hold a text, in one go: with every key that is pressed, a film is made.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q; f.dispatchEvent(new Event("input")); return true })()`, selector, text))
}

func finalWarning(t *testing.T, p *tab) {
	t.Helper()
	p.intel()
	p.click("#to-deadline")
	p.click("#next-prompt")
	p.await(`document.querySelector("[data-sort=warning]") !== null`)
	if p.there("[data-sort=warning] .w-close") || eval[int](p, `document.querySelectorAll("[data-sort=warning] button").length`) != 1 {
		t.Error("there is more to click than its one button")
	}
	eval[bool](p, `(document.querySelector("[data-sort=warning] button").focus(), true)`)
	p.key(kb.Escape)
	p.key("q", chromedp.KeyModifiers(chromedp.ModifierMeta))
	p.key("w", chromedp.KeyModifiers(chromedp.ModifierMeta))
	p.do(chromedp.MouseClickXY(60, 500), chromedp.Click(chromedp.CSS("[data-sort=warning] .w-bar")))
	if !p.there("[data-sort=warning]") || p.text("#forget") != "Forget 0 clicks" {
		t.Error("it is gone, or something was clicked")
	}
	before := p.text("[data-timeout]")
	eval[bool](p, `(document.querySelector("#slider").focus(), true)`)
	p.key(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift))
	if after := p.text("[data-timeout]"); before != "10:00" || after != "09:00" {
		t.Errorf("the countdown goes from %s to %s", before, after)
	}
	if text := p.text("#live"); !strings.Contains(text, "cannot be dismissed") {
		p.await(`document.querySelector("#live").textContent.includes("cannot be dismissed")`)
	}
}

func slider(t *testing.T, p *tab) {
	t.Helper()
	p.intel()
	p.click("#to-start")
	type point struct{ X, Y, To float64 }
	at := eval[point](p, `(() => { scrollTo(0, 200); const s = document.querySelector("#slider").getBoundingClientRect(), m = document.querySelector(".mark.deadline").getBoundingClientRect();
		return {X: s.left + 9, Y: s.top + 17, To: m.left + m.width / 2} })()`)
	p.do(chromedp.DragAndDropXY(at.X, at.Y, at.To+1, at.Y, 12))
	if text := p.text("#stands"); !strings.Contains(text, "Thursday 3 December") || !strings.Contains(text, "Deadline") {
		t.Error(text)
	}
	eval[bool](p, `(document.querySelector("#slider").focus(), true)`)
	for range 6 {
		if strings.Contains(p.text("#stands"), "The deadline has passed") {
			break
		}
		p.key(kb.ArrowRight)
	}
	if text := eval[string](p, `document.querySelector("#slider").getAttribute("aria-valuetext")`); !strings.HasPrefix(text, "Thursday 3 December, 09:") {
		t.Errorf("the slider says %q", text)
	}
	p.key(kb.Home)
	if text := eval[string](p, `document.querySelector("#slider").getAttribute("aria-valuetext")`); !strings.HasPrefix(text, "Monday 30 November, 09:00:00") {
		t.Errorf("the slider says %q", text)
	}
}

// reach goes from one control to the next until the one that is wanted has the focus.
func (p *tab) reach(selector string, back bool) {
	p.t.Helper()
	for range 120 {
		if eval[bool](p, fmt.Sprintf(`document.activeElement?.matches(%q) ?? false`, selector)) {
			return
		}
		if back {
			p.key(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
		} else {
			p.key(kb.Tab)
		}
	}
	p.t.Fatalf("%s cannot be reached with the keyboard", selector)
}

func keyboard(t *testing.T, p *tab) {
	t.Helper()
	p.reach("#tab-play", false)
	p.key(kb.ArrowRight)
	p.await(`!document.querySelector("#view-messages").hidden && document.activeElement.id === "tab-messages"`)
	p.key(kb.Home)
	p.reach("[data-key=macos]", false)
	p.after(func() { p.key(kb.ArrowDown); p.key(kb.ArrowDown) }) // 26.6, 15.7.1, 14.8.1
	p.reach("[data-key=chip]", false)
	p.after(func() { p.key(kb.ArrowDown) })
	p.reach("#f-DeferralPeriod", false)
	p.after(func() { p.key("8") })
	if text := p.text("#ended"); !strings.Contains(text, "9 prompts") {
		t.Error(text)
	}
	p.reach("#to-start", true)
	p.key(kb.Enter)
	p.reach("#next-prompt", true)
	p.key(kb.Enter)
	p.reach(`[data-sort=prompt] [aria-label="Run Updates"]`, true)
	if eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`) != "solid" {
		t.Error("the focus is not to be seen")
	}
	p.after(func() { p.key(kb.Enter) })
	p.await(`document.querySelector("[data-sort=updating]") !== null && ["next-prompt", "play"].includes(document.activeElement.id)`)
	p.reach("#slider", false)
	p.key(kb.End)
	p.await(`document.querySelector("#slider").value === "10000"`)
	p.reach("#why summary", false)
	p.key(kb.Enter)
	p.await(`document.querySelector("#why-text").textContent !== ""`)
}
