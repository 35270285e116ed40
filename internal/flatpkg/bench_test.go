//go:build unix

package flatpkg_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

// buildVariable names a folder: a process of this test that finds it set packs that folder, and does nothing else. So
// a benchmark can tell the time and memory of a whole process, and hold it beside other programs.
const buildVariable = "FLATPKG_BENCHMARK_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(buildVariable); folder != "" {
		if err := buildFolder(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func buildFolder(folder string) error {
	c := flatpkg.Component{Identifier: "com.example.large", Version: "1", Modified: time.Unix(1_700_000_000, 0)}
	files, err := filepath.Glob(filepath.Join(folder, "payload", "*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		about, err := os.Stat(file)
		if err != nil {
			return err
		}
		c.Payload = append(c.Payload, flatpkg.Entry{
			Path: filepath.Base(file), Mode: 0o644, Size: about.Size(),
			Open: func() (io.ReadCloser, error) { return os.Open(file) },
		})
	}
	out, err := os.Create(filepath.Join(folder, "ours.pkg"))
	if err != nil {
		return err
	}
	if err := flatpkg.WriteComponent(context.Background(), out, c, flatpkg.Options{TempDir: folder}); err != nil {
		return err
	}
	return out.Close()
}

// BenchmarkBuild builds a package of files of some sizes, and then has bsdtar and gzip make an archive of the same files:
// not a package, but as much work. Each is a process of its own; "peak-MB" is its largest size, and "of-bsdtar" is how
// many times the time of the others ours takes.
func BenchmarkBuild(b *testing.B) {
	bsdtar, err := exec.LookPath("bsdtar")
	if err != nil {
		b.Skip("bsdtar is missing: apt-get install libarchive-tools")
	}
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for name, size := range map[string]int64{"10MB": 10 << 20, "1GB": 1 << 30} {
		b.Run(name, func(b *testing.B) {
			folder := b.TempDir()
			fillFolder(b, filepath.Join(folder, "payload"), size)
			var ours, theirs, peak float64
			for b.Loop() {
				took, memory := measure(b, exec.Command(self), buildVariable+"="+folder)
				ours, peak = ours+took, max(peak, memory)
				b.StopTimer()
				took, _ = measure(b, exec.Command("/bin/sh", "-c",
					`cd "$1" && "$2" --format odc -cf - payload | gzip >Payload && "$2" --format xar -cf theirs.xar Payload`,
					"sh", folder, bsdtar))
				theirs += took
				b.StartTimer()
			}
			b.SetBytes(size)
			b.ReportMetric(peak, "peak-MB")
			b.ReportMetric(ours/theirs, "of-bsdtar")
		})
	}
}

// measure runs a process, and tells its seconds and its peak size in MB.
func measure(b *testing.B, cmd *exec.Cmd, environment ...string) (seconds, peak float64) {
	b.Helper()
	cmd.Env = append(os.Environ(), environment...)
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	seconds = time.Since(began).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = float64(usage.Maxrss) / 1024 // Linux counts KiB
	}
	return seconds, peak
}

// fillFolder makes files that can be compressed about as well as programs can.
func fillFolder(b *testing.B, folder string, size int64) {
	b.Helper()
	if err := os.Mkdir(folder, fs.ModePerm); err != nil {
		b.Fatal(err)
	}
	const each = 64 << 20
	random := rand.New(rand.NewPCG(1, 2))
	for i := int64(0); size > 0; i++ {
		file, err := os.Create(filepath.Join(folder, strconv.FormatInt(i, 10)))
		if err != nil {
			b.Fatal(err)
		}
		out := bufio.NewWriterSize(file, 1<<20)
		for n := min(size, each); n > 0; n -= 16 {
			word := random.Uint64()
			_, _ = fmt.Fprintf(out, "%08x%08x", uint32(word), i) // errors come with Flush
		}
		size -= each
		if err := out.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
