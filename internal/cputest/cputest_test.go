//go:build unix

package cputest_test

import (
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/cputest"
)

func TestReportCountsByCPUTime(t *testing.T) {
	ran := 0
	result := testing.Benchmark(func(b *testing.B) {
		defer cputest.Report(b, 2, "things/cpu-s")()
		for b.Loop() {
			for n := range 1000 {
				ran += n % 2
			}
		}
	})
	if rate := result.Extra["things/cpu-s"]; ran == 0 || rate < 2e3 || rate > 2e9 {
		t.Errorf("%v things a second", rate)
	}
}
