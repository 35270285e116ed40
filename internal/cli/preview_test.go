//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/cli"
)

// buffer is written to by one goroutine and read by another.
type buffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// startPreview starts a preview, and returns its address, what it complains of, and what ends it with Ctrl-C.
func startPreview(t *testing.T, args ...string) (address string, complaints *buffer, end func() (code int)) {
	t.Helper()
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt) // so that a preview that does not take the signal does not end the tests
	t.Cleanup(func() { signal.Stop(caught) })
	read, write := io.Pipe()
	complaints = &buffer{}
	done := make(chan int, 1)
	go func() {
		done <- cli.Main(append([]string{"preview"}, args...), cli.Streams{In: strings.NewReader(""), Out: write, Err: complaints})
		_ = write.Close()
	}()
	lines := bufio.NewScanner(read)
	if !lines.Scan() {
		t.Fatalf("it says nothing, but complains: %s", complaints)
	}
	address = lines.Text()
	go func() { _, _ = io.Copy(io.Discard, read) }()
	return address, complaints, func() int {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		return <-done
	}
}

// visitor is a browser without a window.
type visitor struct {
	*http.Client
	t   *testing.T
	key string // that the page came with
}

// openPage opens the address of a preview.
func openPage(t *testing.T, address string) visitor {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	v := visitor{&http.Client{Jar: jar}, t, ""}
	_, rest, _ := strings.Cut(v.ask(http.MethodGet, address), `<meta name="key" content="`)
	if v.key, _, _ = strings.Cut(rest, `"`); v.key == "" {
		t.Fatal("the page comes without a key")
	}
	return v
}

// ask asks as the page does.
func (v visitor) ask(method, address string) string {
	v.t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(`{}`))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Origin", request.URL.Scheme+"://"+request.URL.Host)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Preview-Key", v.key)
	response, err := v.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

func TestPreviewServesUntilCtrlC(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(file, []byte("logo: nowhere.png\nsettings:\n  PromptTimeout: soon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address, complaints, end := startPreview(t, "--no-open", "--config", file)
	if !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.Contains(complaints.String(), "2 problems; the page shows where") {
		t.Errorf("%s\n%s", address, complaints)
	}
	origin, _, _ := strings.Cut(address, "/?")
	client := openPage(t, address)
	if body := client.ask(http.MethodGet, origin+"/form"); !strings.Contains(body, `"file":"bad.yaml"`) {
		t.Errorf("the form: %s", body)
	}
	if code := end(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if _, err := client.Get(origin + "/"); err == nil { //nolint:bodyclose // nobody answers
		t.Error("it answers still")
	}
}

func TestPreviewSaysWhatABuildOfThePackageLacks(t *testing.T) {
	t.Chdir(t.TempDir()) // no checkout of the source is here
	address, _, end := startPreview(t, "--no-open", "--daemon", "nowhere")
	origin, _, _ := strings.Cut(address, "/?")
	client := openPage(t, address)
	ask := func() string { return client.ask(http.MethodPost, origin+"/package") }
	if said := ask(); !strings.Contains(said, "read daemon: open nowhere: ") {
		t.Error(said)
	}
	if err := os.WriteFile("nowhere", []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := ask(); !strings.Contains(said, "to build packages, make it with: install-or-defer pkg daemon") {
		t.Error(said)
	}
	if code := end(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}

func TestPreviewWithoutABrowserPrintsTheAddress(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	address, complaints, end := startPreview(t)
	if code := end(); code != 0 || address == "" || !strings.Contains(complaints.String(), "no browser could be opened") ||
		!strings.Contains(complaints.String(), "hint: open the address yourself") {
		t.Errorf("%d %s", code, complaints)
	}
}

func TestPreviewOpensTheBrowser(t *testing.T) {
	folder := t.TempDir()
	seen := filepath.Join(folder, "seen")
	if err := syscall.Mkfifo(seen, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\nprintf %s \"$1\" > '"+seen+"'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	address, complaints, end := startPreview(t)
	opened := make(chan string, 1)
	go func() {
		data, _ := os.ReadFile(seen)
		opened <- string(data)
	}()
	select {
	case have := <-opened:
		if have != address {
			t.Errorf("opened is %s", have)
		}
	case <-time.After(time.Minute):
		t.Errorf("no browser is opened; it complains: %s", complaints)
	}
	if code := end(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address, _ := listener.Addr().(*net.TCPAddr)
	for hint, args := range map[string][]string{
		"hint: leave --port out":      {"preview", "--no-open", "--port", fmt.Sprint(address.Port)},
		"hint: give another port, as": {"dev", "jamf-server", "--address", address.String()},
	} {
		_, stderr, code := run(t, args...)
		if code != 2 || !strings.Contains(stderr, "is taken by another program") || !strings.Contains(stderr, hint) {
			t.Errorf("%v: %d %s", args, code, stderr)
		}
	}
}
