//go:build linux

package daemon_test

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// BenchmarkTurnWithNothingDue is a whole process that finds a deferral running, with stand-in tools: how many processes
// it starts, and how much CPU time it takes, in all and without what the tools take.
func BenchmarkTurnWithNothingDue(b *testing.B) {
	r := macRoot(b, build(b))
	r.set(macos.PreferencesPath(agent.Identifier), map[string]any{
		"AppleSoftwareUpdatesForcedAfter":   time.Now().Add(48 * time.Hour).Unix(),
		"AppleSoftwareUpdatesDeferredUntil": time.Now().Add(2 * time.Hour).Unix(),
	})
	r.turn() // takes the values over
	tool := cpuOf(b, filepath.Join(r.dir, macos.Tools()[0]), 50)
	started, cpu := 0, time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		r.write("/var/standin/calls", "")
		b.StartTimer()
		d := r.daemon("run")
		if code := r.end(d); code != 0 {
			b.Fatalf("exit %d\n%s", code, d.errOut.String())
		}
		b.StopTimer()
		started += len(r.calls())
		cpu += d.ProcessState.UserTime() + d.ProcessState.SystemTime()
		b.StartTimer()
	}
	children := float64(started) / float64(b.N)
	all := float64(cpu.Microseconds()) / 1000 / float64(b.N)
	b.ReportMetric(children, "processes/turn")
	b.ReportMetric(all, "cpu-ms/turn")
	b.ReportMetric(max(0, all-children*tool), "own-cpu-ms/turn")
}

// BenchmarkEmptyProgram is the measure for the one above: a Go program that does nothing.
func BenchmarkEmptyProgram(b *testing.B) {
	path := filepath.Join(b.TempDir(), "empty")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./testdata/empty")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	cpu, runs := 0.0, 0
	for b.Loop() {
		cpu += cpuOf(b, path, 1)
		runs++
	}
	b.ReportMetric(cpu/float64(runs), "cpu-ms/turn")
}

// cpuOf runs a program so often, and returns the CPU time of one run in ms.
func cpuOf(b *testing.B, path string, runs int) float64 {
	cpu := time.Duration(0)
	for range runs {
		cmd := exec.Command(path)
		_ = cmd.Run()
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return float64(cpu.Microseconds()) / 1000 / float64(runs)
}
