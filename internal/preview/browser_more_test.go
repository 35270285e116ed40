package preview_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/preview"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// media has the browser say that its owner prefers something.
func (p *tab) media(name, value string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: name, Value: value}},
		})
		return chromedp.Void{}, err
	}); err != nil {
		p.t.Fatal(err)
	}
}

// view goes to one of the views, and waits until all of it is there.
func (p *tab) view(name string) {
	p.t.Helper()
	p.click("#tab-" + name)
	switch name {
	case "messages":
		p.await(`document.documentElement.dataset.grid !== undefined && document.documentElement.dataset.shots !== undefined`)
	case "export":
		p.await(`document.documentElement.dataset.sheets !== undefined`)
	}
}

func TestBrowserMakesThings(t *testing.T) {
	ctx, open := stories(t)
	t.Run("a message that is edited is seen in all windows", func(t *testing.T) {
		p := open(t, preview.Options{})
		p.intel()
		p.view("messages")
		before := eval[string](p, `document.documentElement.dataset.shots`)
		p.after(func() {
			p.fill("#t-PromptMessage", "Only %UPDATE_LIST%{{, or later}}.")
			p.fill("#t-DeferButtonLabel", "Wait")
		})
		p.await(fmt.Sprintf(`Number(document.documentElement.dataset.shots) > Number(%q) && document.querySelectorAll('#shots [aria-label=Wait]').length === 3`, before))
		for moment, want := range map[string]string{
			preview.ShotFirst: "Only macOS Sequoia 15.7.2 and Safari 18.3, or later.", preview.ShotMiddle: "Only macOS Sequoia 15.7.2 and Safari 18.3, or later.",
			preview.ShotLast: "Only macOS Sequoia 15.7.2 and Safari 18.3.",
		} {
			p.await(fmt.Sprintf(`document.querySelector('[data-moment=%q] .w-text').textContent === %q`, moment, want))
		}
		p.await(`[...document.querySelectorAll("#grid tr:has([lang=en]) .w-text")].slice(0, 3).every((e) => e.textContent.startsWith("Only"))`)
		p.click("#tab-play")
		if text := p.text("[data-sort=prompt] .w-text"); !strings.HasPrefix(text, "Only macOS") {
			t.Errorf("on the desk: %s", text)
		}
	})
	t.Run("a text that is too long is marked, in its language and beside the field", func(t *testing.T) {
		p := open(t, based("f.yaml", "localizations:\n  de:\n    PromptHeading: "+strings.Repeat("Wichtig! ", 12)+"\n    PromptMessage: Jetzt. %DEADLINE_DATE% %UPDATE_LIST%\n"))
		p.view("messages")
		p.await(`document.querySelector('.thumb[data-key="g-de-first prompt"]')?.getAttribute("aria-label").includes("Too long: the heading is cut")`)
		p.await(`document.querySelector('.thumb[data-key="g-en-first prompt"]').getAttribute("aria-label").endsWith("It fits.")`)
		p.do(chromedp.Click(chromedp.CSS(`.thumb[data-key="g-de-first prompt"]`)))
		p.await(`document.querySelector("#t-PromptHeading").value.startsWith("Wichtig") && document.querySelector("#t-PromptHeading-findings .warning") !== null`)
	})
	t.Run("the profile that is taken away is what the daemon reads", func(t *testing.T) { takeAway(ctx, t, open(t, preview.Options{})) })
	t.Run("a picture that is chosen is shown in the windows", func(t *testing.T) {
		p := open(t, preview.Options{})
		file := filepath.Join(t.TempDir(), "logo.png")
		if err := os.WriteFile(file, dot(t), 0o600); err != nil {
			t.Fatal(err)
		}
		p.view("export")
		p.after(func() { p.do(chromedp.SetUploadFiles(chromedp.CSS("#logo"), []string{file})) })
		p.await(`document.querySelector("#sheet img")?.src.startsWith("data:image/png")`)
		p.click("#tab-play")
		p.await(`document.querySelector(".screen .w-icon").src.startsWith("blob:") && document.querySelector(".screen .w-icon").naturalWidth === 4`)
	})
	t.Run("a bad file opens the page with the error at its field", func(t *testing.T) {
		p := open(t, based("bad.yaml", "settings:\n  DeferralPeriod: 2h\n  PromptTimeout: soon\n  UpdateDely: 5m\n"))
		if text := p.text("#banner"); !strings.Contains(text, "bad.yaml, line 4") || !strings.Contains(text, "did you mean UpdateDelay?") {
			t.Errorf("the banner: %s", text)
		}
		if text := p.text("#f-PromptTimeout-findings"); !strings.Contains(text, "Error: PromptTimeout") || eval[string](p, `document.querySelector("#f-PromptTimeout").getAttribute("aria-invalid")`) != "true" {
			t.Errorf("at the field: %s", text)
		}
		if eval[int](p, `document.querySelectorAll("[aria-invalid=true]").length`) != 1 {
			t.Error("another field is marked, too")
		}
		p.click("#lint")
		p.await(`document.activeElement.id === "f-PromptTimeout"`)
		p.after(func() {
			p.do(chromedp.SetValue(chromedp.CSS("#f-PromptTimeout"), "600"))
			eval[bool](p, `(document.querySelector("#f-PromptTimeout").dispatchEvent(new Event("change")), true)`)
		})
		if text := p.text("#f-PromptTimeout-findings"); text != "" {
			t.Errorf("once it is put right: %s", text)
		}
	})
	t.Run("a file that is none opens the page, too", func(t *testing.T) {
		p := open(t, based("none.yaml", "settings: [\n"))
		if text := p.text("#banner"); !strings.Contains(text, "none.yaml") || !p.there("[data-sort=prompt]") {
			t.Errorf("the banner: %s", text)
		}
	})
	t.Run("another origin gets nothing, with a browser that has the cookie", func(t *testing.T) { foreign(ctx, t) })
	t.Run("not even a script in the page can ask another computer", func(t *testing.T) { confined(t, open(t, preview.Options{})) })
	t.Run("a wrong token opens nothing", func(t *testing.T) {
		server := serve(t, preview.Options{})
		p := blank(ctx, t)
		p.quiet = true
		address, _, _ := strings.Cut(server.URL(), "=")
		p.do(chromedp.Navigate(address + "=wrong"))
		if text := p.text("body"); !strings.Contains(text, "is not right") || p.there("#stage") {
			t.Error(text)
		}
	})
}

// takeAway changes a setting, downloads the profile, and reads it as the daemon does.
func takeAway(ctx context.Context, t *testing.T, p *tab) {
	t.Helper()
	folder := t.TempDir()
	if _, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
	}); err != nil {
		t.Fatal(err)
	}
	p.set("DeferralPeriod", "8")
	p.view("export")
	p.fill("#organization", "Example Ltd")
	take := func(selector, name string) []byte {
		t.Helper()
		p.click(selector)
		file := filepath.Join(folder, name)
		for end := time.Now().Add(patience); ; {
			if data, err := os.ReadFile(file); err == nil && len(data) > 0 {
				return data
			}
			if time.Now().After(end) {
				t.Fatalf("%s does not come", name)
			}
			p.await(`new Promise((done) => setTimeout(() => done(true), 30))`)
		}
	}
	profile := take(`[data-file="install-or-defer.mobileconfig"]`, "install-or-defer.mobileconfig")
	document, problems := deployment.Read("p", profile)
	if len(problems) > 0 || document.Deployment.Organization != "Example Ltd" {
		t.Fatalf("%v %+v", problems, document.Deployment)
	}
	s, findings := settings.Decode(settings.Platform{}, settings.Source{Name: "managed profile", Values: document.Values})
	if len(findings) > 0 || s.Duration(settings.DeferralPeriod) != 8*time.Hour {
		t.Errorf("%v %v", findings, s.Duration(settings.DeferralPeriod))
	}
	yaml := take(`[data-file="install-or-defer.yaml"]`, "install-or-defer.yaml")
	if d, problems := deployment.Load("f", yaml); len(problems) > 0 || !cmp.Equal(d.Values(), document.Values) {
		t.Errorf("%v %v", problems, d.Values())
	}
	if page := string(take("#sheet-html", "what-to-expect.html")); !strings.Contains(page, "asked again after 8 hours") {
		t.Error("the sheet says something else")
	}
	if picture := take("#sheet-png", "what-to-expect.png"); !strings.HasPrefix(string(picture), "\x89PNG") || len(picture) < 20_000 {
		t.Errorf("the picture of the sheet has %d bytes", len(picture))
	}
}

// confined tries what a script would that has got into the page: what is forbidden is so by the browser.
func confined(t *testing.T, p *tab) {
	t.Helper()
	asked := make(chan string, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		asked <- r.URL.Path
	}))
	defer elsewhere.Close()
	p.quiet = true // the browser complains of what it refuses
	eval[bool](p, fmt.Sprintf(`(() => {
		const target = %q;
		window.refused = new Set();
		document.addEventListener("securitypolicyviolation", (e) => refused.add(e.effectiveDirective));
		fetch(target + "/fetch").catch(() => {});
		new Image().src = target + "/image.png";
		const link = document.createElement("link");
		link.rel = "stylesheet";
		link.href = target + "/style.css";
		document.head.append(link);
		document.body.insertAdjacentElement("beforeend", document.createElement("iframe")).src = target + "/frame";
		try { document.body.insertAdjacentHTML("beforeend", "<b onclick='1'>"); } catch { refused.add("text as markup"); }
		const form = document.createElement("form");
		form.action = target + "/form";
		document.body.append(form);
		form.submit();
		return true;
	})()`, elsewhere.URL))
	p.await(`["connect-src", "img-src", "style-src-elem", "frame-src", "text as markup", "form-action"].every((d) => refused.has(d))`)
	if len(asked) > 0 {
		t.Errorf("another server was asked for %s", <-asked)
	}
}

// foreign is a page of another port of this computer, opened in a browser in which the preview is open.
func foreign(ctx context.Context, t *testing.T) {
	t.Helper()
	server := serve(t, preview.Options{})
	page(ctx, t, server.URL()) // the browser has the cookie now
	target, _, _ := strings.Cut(server.URL(), "/?")
	script := `<title>elsewhere</title><script>
	const target = ` + fmt.Sprintf("%q", target) + `;
	const tries = {
		read: () => fetch(target + "/form", {credentials: "include"}).then((r) => r.text()),
		blind: () => fetch(target + "/film", {method: "POST", mode: "no-cors", credentials: "include", headers: {"Content-Type": "text/plain"}, body: "{}"}).then((r) => r.status),
		asked: () => fetch(target + "/film", {method: "POST", credentials: "include", headers: {"Content-Type": "application/json"}, body: "{}"}).then((r) => r.text()),
		script: () => new Promise((done, fail) => { const s = document.createElement("script"); s.src = target + "/form"; s.onload = () => done("loaded"); s.onerror = () => fail(new Error("refused")); document.head.append(s); }),
		frame: () => new Promise((done) => { const f = document.createElement("iframe"); f.src = target + "/"; f.onload = () => { try { done(f.contentDocument ? "readable" : "closed"); } catch { done("closed"); } }; document.documentElement.append(f); }),
	};
	const told = {};
	Promise.all(Object.entries(tries).map(async ([name, go]) => { try { told[name] = String(await go()); } catch (e) { told[name] = "refused"; } })).then(() => { window.told = JSON.stringify(told); });
	</script>`
	cookies := make(chan string, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies <- r.Header.Get("Cookie")
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(script))
	}))
	defer elsewhere.Close()
	p := blank(ctx, t)
	p.quiet = true // the browser complains of what it refuses
	p.do(chromedp.Navigate(elsewhere.URL))
	thief := &visitor{t: t, client: &http.Client{}, origin: target}
	request := thief.request(http.MethodGet, "/form", nil)
	request.Header.Set("Cookie", <-cookies)
	if code, body := thief.do(request); code != http.StatusForbidden || !strings.Contains(body, "has lost its key") {
		t.Errorf("with the cookie that browsers send to other ports: %d %.80s", code, body)
	}
	p.await(`window.told !== undefined`)
	var told map[string]string
	if err := json.Unmarshal([]byte(eval[string](p, `window.told`)), &told); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"read": "refused", "blind": "refused", "asked": "refused", "script": "refused", "frame": "closed"}
	if diff := cmp.Diff(want, told); diff != "" && told["blind"] != "0" { // an opaque answer tells nothing
		t.Error(diff)
	}
	if told["read"] != "refused" || told["asked"] != "refused" || told["script"] != "refused" || told["frame"] != "closed" {
		t.Errorf("%v", told)
	}
}
