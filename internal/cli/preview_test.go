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

func TestPreviewServesUntilCtrlC(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(file, []byte("logo: nowhere.png\nsettings:\n  PromptTimeout: soon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address, complaints, end := startPreview(t, "--no-open", "--config", file)
	if !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.Contains(complaints.String(), "2 problems; the page shows where") {
		t.Errorf("%s\n%s", address, complaints)
	}
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	origin, _, _ := strings.Cut(address, "?")
	for _, ask := range []string{address, origin + "form"} {
		response, err := client.Get(ask)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || ask != address && !strings.Contains(string(body), `"file":"bad.yaml"`) {
			t.Errorf("%s: %d", ask, response.StatusCode)
		}
	}
	if code := end(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if _, err := client.Get(origin); err == nil { //nolint:bodyclose // nobody answers
		t.Error("it answers still")
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
	for _, name := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\nprintf %s \"$1\" > '"+seen+".new' && /bin/mv '"+seen+".new' '"+seen+"'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	address, complaints, end := startPreview(t)
	for {
		if data, err := os.ReadFile(seen); err == nil {
			if string(data) != address {
				t.Errorf("opened is %s", data)
			}
			break
		}
		if complaints.String() != "" {
			t.Fatal(complaints)
		}
	}
	if code := end(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}

func TestPreviewSaysThatAPortIsTaken(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address, _ := listener.Addr().(*net.TCPAddr)
	_, stderr, code := run(t, "preview", "--no-open", "--port", fmt.Sprint(address.Port))
	if code != 2 || !strings.Contains(stderr, "is taken by another program") || !strings.Contains(stderr, "hint: leave --port out") {
		t.Errorf("%d %s", code, stderr)
	}
}
