package preview_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/install-or-defer/install-or-defer/internal/preview"
)

// needed skips a test for whose tools there is nothing here; in continuous integration that is a failure.
func needed(t testing.TB, what, how string) {
	t.Helper()
	if os.Getenv("INSTALL_OR_DEFER_CI") == "1" {
		t.Fatalf("%s is missing: %s", what, how)
	}
	t.Skipf("%s is missing: %s", what, how)
}

// chromium is the browser that is there.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	needed(t, "Chromium", "on Debian, apt-get install chromium")
	return ""
}

// axe is the accessibility checker, which is no part of this repository.
func axe(t testing.TB) string {
	t.Helper()
	const name = "../../bin/axe.min.js"
	data, err := os.ReadFile(name)
	if err != nil {
		needed(t, "axe-core", "make axe fetches it")
	}
	return string(data)
}

// today is the day of every test: the film begins on Monday 30 November 2026.
func today() time.Time { return time.Date(2026, time.November, 27, 12, 0, 0, 0, time.UTC) }

// serve starts a preview, and ends it with the test.
func serve(t testing.TB, o preview.Options) *preview.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = today
	}
	ctx, cancel := context.WithCancel(context.Background())
	server, err := preview.Listen(ctx, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, preview.ErrIdle) {
			t.Errorf("the server ends with: %v", err)
		}
	})
	return server
}

// stories lets a test run beside others and tell its stories in one browser, each on a page that open opens. In short tests
// there are none.
func stories(t *testing.T) (ctx context.Context, open func(*testing.T, preview.Options) *tab) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: a browser takes its time")
	}
	ctx = browserOf(t)
	return ctx, func(t *testing.T, o preview.Options) *tab {
		t.Helper()
		return page(ctx, t, serve(t, o).URL())
	}
}

// browserOf starts one browser for a test and its subtests.
func browserOf(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("disable-features", "Translate,SpareRendererForSitePerProcess"), chromedp.Flag("renderer-process-limit", "1"),
	)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// tab is one tab of the browser.
type tab struct {
	t   testing.TB
	ctx context.Context

	mu     sync.Mutex
	errors []string // what the page complained of
	quiet  bool     // it may complain
}

// blank opens an empty tab. Whatever the scripts of pages in it complain of fails the test.
func blank(browser context.Context, t testing.TB) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	const long = 4 * patience
	ctx, cancel = context.WithTimeout(ctx, long)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	p.do(chromedp.Navigate("about:blank"))
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if kind := fmt.Sprint(m.Type); kind == "error" || kind == "exception" || kind == "assert" {
				p.mu.Lock()
				p.errors = append(p.errors, fmt.Sprint(m))
				p.mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, text := range p.errors {
			if p.quiet {
				break
			}
			t.Errorf("the page complains: %s", text)
		}
	})
	if _, err := chromedp.Run(ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "UTC"})
		return chromedp.Void{}, err
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

// page opens a preview in a tab of its own.
func page(browser context.Context, t testing.TB, url string) *tab {
	t.Helper()
	p := blank(browser, t)
	p.open(url)
	return p
}

func (p *tab) open(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS(`html[data-ready][data-painted]`)))
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval is what a script comes to.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return value
}

// patience is how long a test waits for what the page does: far longer than it takes, also on a computer that is busy with
// other tests.
const patience = time.Minute

// await waits until a script says true.
func (p *tab) await(script string) {
	p.t.Helper()
	const often = 25 * time.Millisecond
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](script, chromedp.WithPollingInterval(often), chromedp.WithPollingTimeout(patience))); err != nil {
		p.t.Fatalf("never true: %s (%v); the live region says %q, the banner %q", script, err, p.text("#live"), p.text("#banner"))
	}
}

// click clicks with the mouse where the element is.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// key presses keys.
func (p *tab) key(keys string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys, options...))
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, selector))
}

func (p *tab) there(selector string) bool {
	p.t.Helper()
	return eval[bool](p, fmt.Sprintf(`document.querySelector(%q) !== null`, selector))
}

// choose chooses an entry of a menu, and waits for the film that follows.
func (p *tab) choose(key, value string) {
	p.t.Helper()
	p.after(func() {
		eval[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector('[data-key=%q]'); s.value = %q; s.dispatchEvent(new Event("change")); return true })()`, key, value))
	})
}

// after waits until another film is asked for, and the last that is asked for is painted, once something has been done.
func (p *tab) after(do func()) {
	p.t.Helper()
	before := eval[string](p, `document.documentElement.dataset.asked`)
	do()
	p.await(fmt.Sprintf(`(({asked, painted}) => asked !== %q && asked === painted)(document.documentElement.dataset)`, before))
}

// intel looks at a Mac on which updates are installed in the background.
func (p *tab) intel() {
	p.t.Helper()
	p.after(func() {
		eval[bool](p, `(async () => { const {state, refresh} = await import("/page/state.js"); state.mac = {...state.mac, macos: "15.7.1", silicon: false}; await refresh(); })(), true`)
	})
}

// size makes the tab so wide and so high.
func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}
