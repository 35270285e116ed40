//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestAPipeIsWrittenInto(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	linked(t, "pipe", "link")
	for _, name := range []string{"pipe", "link"} {
		read := make(chan string)
		go func() {
			data, err := os.ReadFile("pipe")
			if err != nil {
				data = []byte(err.Error())
			}
			read <- string(data)
		}()
		if err := replace(name, []byte("content")); err != nil {
			t.Fatal(err)
		}
		if about, err := os.Lstat("pipe"); err != nil || about.Mode().Type() != fs.ModeNamedPipe {
			t.Fatalf("it is %v, %v", about, err) // and nobody would write to the reader
		}
		if got := <-read; got != "content" {
			t.Errorf("the pipe gave %q", got)
		}
	}
}

// TestADeviceStays makes one like /dev/null of its own, as that of this computer is in use.
func TestADeviceStays(t *testing.T) {
	t.Chdir(t.TempDir())
	const null = 1<<8 | 3 // on Linux
	if err := syscall.Mknod("null", syscall.S_IFCHR|0o666, null); err != nil {
		t.Skipf("making a device takes root: %v", err)
	}
	device, err := os.OpenFile("null", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("devices do not work in this folder: %v", err)
	}
	if err := device.Close(); err != nil {
		t.Fatal(err)
	}
	if err := replace("null", []byte("content")); err != nil {
		t.Fatal(err)
	}
	if about, err := os.Lstat("null"); err != nil || about.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("it is %v, %v", about, err)
	}
}

func TestASocketIsNoOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	listener, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // nothing was sent
	var usage *usageError
	if err := replace("socket", nil); !errors.As(err, &usage) || usage.hint == "" {
		t.Error(err)
	}
	if about, err := os.Lstat("socket"); err != nil || about.Mode().Type() != fs.ModeSocket {
		t.Errorf("it is %v, %v", about, err)
	}
}

func TestStandardOutputGetsTheFileAndNothingElse(t *testing.T) {
	for name, place := range map[string]func(*testing.T) (*os.File, func() string){
		"a pipe": func(t *testing.T) (*os.File, func() string) {
			from, to, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			return to, func() string {
				data, err := io.ReadAll(from)
				if err != nil {
					t.Error(err)
				}
				return string(data)
			}
		},
		"a file that is added to": func(t *testing.T) (*os.File, func() string) {
			written(t, "log", "before ")
			to, err := os.OpenFile("log", os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			return to, func() string {
				data, err := os.ReadFile("log")
				if err != nil {
					t.Error(err)
				}
				return string(data)[len("before "):]
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			to, said := place(t)
			before := os.Stdout
			os.Stdout = to
			defer func() { os.Stdout = before }()
			linked(t, fmt.Sprintf("/dev/fd/%d", to.Fd()), "out")
			if err := deliver(to, "out", []byte("content")); err != nil {
				t.Fatal(err)
			}
			if err := to.Close(); err != nil {
				t.Fatal(err)
			}
			if got := said(); got != "content" {
				t.Errorf("it gets %q", got)
			}
		})
	}
}
