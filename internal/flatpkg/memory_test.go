package flatpkg_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func TestWriteEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := daemon()
	c.Payload = append(c.Payload, flatpkg.Entry{Path: "endless", Size: 1 << 31, Open: func() (io.ReadCloser, error) {
		cancel()
		return io.NopCloser(zeros{}), nil
	}})
	if err := flatpkg.WriteComponent(ctx, io.Discard, c, flatpkg.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// noise is content that does not pack.
type noise struct{ state uint64 }

func (n *noise) Read(p []byte) (int, error) {
	for i := range p {
		n.state ^= n.state << 13
		n.state ^= n.state >> 7
		n.state ^= n.state << 17
		p[i] = byte(n.state)
	}
	return len(p), nil
}

func large(size int64) flatpkg.Component {
	return flatpkg.Component{Identifier: "com.example.large", Version: "1", Modified: modified(), Payload: []flatpkg.Entry{
		{Path: "large", Mode: 0o644, Size: size, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.LimitReader(&noise{1}, size)), nil
		}},
	}}
}

func TestMemoryDoesNotGrowWithThePayload(t *testing.T) {
	allocated := func(size int64) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := flatpkg.WriteComponent(t.Context(), io.Discard, large(size), flatpkg.Options{TempDir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	small, big := allocated(1<<20), allocated(48<<20)
	if big > small+1<<20 {
		t.Errorf("allocates %d bytes for 1 MiB and %d for 48", small, big)
	}
}

func benchmark(b *testing.B, size int64) {
	b.SetBytes(size)
	b.ReportAllocs()
	folder := b.TempDir()
	for b.Loop() {
		if err := flatpkg.WriteComponent(b.Context(), io.Discard, large(size), flatpkg.Options{TempDir: folder}); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "MiB-heap")
}

func BenchmarkWrite10MB(b *testing.B) { benchmark(b, 10_000_000) }

func BenchmarkWrite1GB(b *testing.B) {
	if testing.Short() {
		b.Skip("takes a minute and a gigabyte of disk")
	}
	benchmark(b, 1_000_000_000)
}
