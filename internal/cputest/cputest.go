//go:build unix

// Package cputest lets a benchmark count what it does by the CPU time that it has used, which is the same on a machine
// that is busy with something else.
package cputest

import (
	"syscall"
	"testing"
	"time"
)

// Report starts to count. What it returns ends that, and reports the rate at which the benchmark did a thing so often in
// each of its b.N runs. The unit says what: "rounds/cpu-s".
func Report(b *testing.B, each float64, unit string) (end func()) {
	b.Helper()
	began := used(b)
	return func() {
		b.Helper()
		b.ReportMetric(each*float64(b.N)/(used(b)-began).Seconds(), unit)
	}
}

// used is the CPU time of this process so far, collecting garbage included.
func used(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
