package universal_test

import (
	"bytes"
	"context"
	"debug/macho"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/universal"
)

const module = "../.."

// build makes the daemon once for all tests.
var build = sync.OnceValues(func() ([]byte, error) { return universal.Build(context.Background(), module) })

func daemon(t testing.TB) []byte {
	t.Helper()
	data, err := build()
	if errors.Is(err, universal.ErrNoGo) {
		missing(t, "go", "Go")
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func missing(t testing.TB, name, from string) {
	t.Helper()
	if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
		t.Fatalf("%s is missing: install %s", name, from)
	}
	t.Skipf("%s is missing: install %s", name, from)
}

// thin takes a universal file apart, by Go's own reader.
func thin(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	fat, err := macho.NewFatFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, arch := range fat.Arches {
		parts[arch.Cpu.String()] = data[arch.Offset : arch.Offset+arch.Size]
	}
	return parts
}

func TestTheDaemonIsForBothKindsOfMac(t *testing.T) {
	b, err := universal.Check(bytes.NewReader(daemon(t)))
	if err != nil {
		t.Fatal(err)
	}
	if !b.Universal || len(b.Architectures) != 2 {
		t.Fatalf("%+v", b)
	}
	for i, name := range []string{"x86_64", "arm64"} {
		a := b.Architectures[i]
		if a.Name != name || !a.Executable || a.Platform != "macOS" || a.MinimumOS != "12.0" || !a.HasUUID || a.Signed != (name == "arm64") {
			t.Errorf("%+v", a)
		}
	}
}

func TestTheSameSlicesGiveTheSameBytes(t *testing.T) {
	data := daemon(t)
	parts := thin(t, data)
	intel, apple := parts[macho.CpuAmd64.String()], parts[macho.CpuArm64.String()]
	if len(parts) != 2 || intel == nil || apple == nil {
		t.Fatalf("%d parts", len(parts))
	}
	for _, order := range [][][]byte{{intel, apple}, {apple, intel}} {
		again, err := universal.Merge(order...)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("differs (%v)", err)
		}
	}
	for name, part := range parts {
		if _, err := macho.NewFile(bytes.NewReader(part)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b, err := universal.Check(bytes.NewReader(part))
		if err != nil || b.Universal || len(b.Architectures) != 1 {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

// TestTheSameSourceElsewhereGivesTheSameBytes builds a copy of the module, in a folder of another name and without the
// repository.
func TestTheSameSourceElsewhereGivesTheSameBytes(t *testing.T) {
	want := daemon(t)
	dir := filepath.Join(t.TempDir(), "not the same place")
	for _, folder := range []string{"cmd/install-or-deferd", "internal"} {
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join(module, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(module, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-tags=other -ldflags=-X=main.x=y")
	t.Setenv("GOAMD64", "v3")
	got, err := universal.Build(t.Context(), dir)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("differs (%v)", err)
	}
}

func TestBuildSaysWhatIsWrong(t *testing.T) {
	if _, err := universal.Build(t.Context(), t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "build daemon for amd64: go build: exit status 1: ") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := universal.Build(ctx, module); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := universal.Build(t.Context(), module); !errors.Is(err, universal.ErrNoGo) {
		t.Errorf("got %v", err)
	}
}

// llvm finds one of LLVM's tools, which Debian gives a version or hides.
func llvm(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, pattern := range []string{"/usr/bin/" + name + "-[0-9]*", "/usr/lib/llvm-*/bin/" + name} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return slices.Max(found)
		}
	}
	missing(t, name, "llvm")
	return ""
}

func TestLLVMAgrees(t *testing.T) {
	lipo, otool := llvm(t, "llvm-lipo"), llvm(t, "llvm-otool")
	data, folder := daemon(t), t.TempDir()
	merged := filepath.Join(folder, "merged")
	if err := os.WriteFile(merged, data, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	if archs := strings.Fields(run(lipo, merged, "-archs")); !slices.Equal(archs, []string{"x86_64", "arm64"}) {
		t.Errorf("holds %q", archs)
	}
	for arch, cpu := range map[string]macho.Cpu{"x86_64": macho.CpuAmd64, "arm64": macho.CpuArm64} {
		part := filepath.Join(folder, arch)
		run(lipo, merged, "-thin", arch, "-output", part)
		got, err := os.ReadFile(part)
		if err != nil || !bytes.Equal(got, thin(t, data)[cpu.String()]) {
			t.Errorf("%s differs (%v)", arch, err)
		}
		commands := run(otool, "-l", part)
		for _, want := range []string{"cmd LC_UUID", "cmd LC_BUILD_VERSION", "minos 12.0"} {
			if strings.Count(commands, want) != 1 {
				t.Errorf("%s: %q is there %d times", arch, want, strings.Count(commands, want))
			}
		}
	}
	if header := run(otool, "-f", merged); strings.Count(header, "align 2^14") != 2 {
		t.Errorf("%s", header)
	}
}
