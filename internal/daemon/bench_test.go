//go:build linux

package daemon_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// BenchmarkTurnWithNothingDue is a whole process that finds a deferral running, with stand-in tools: how many processes
// it starts, its largest size, and how much CPU time it takes, in all and without what the tools take.
func BenchmarkTurnWithNothingDue(b *testing.B) {
	r := macRoot(b, build(b))
	r.set(macos.PreferencesPath(agent.Identifier), map[string]any{
		"AppleSoftwareUpdatesForcedAfter":   time.Now().Add(48 * time.Hour).Unix(),
		"AppleSoftwareUpdatesDeferredUntil": time.Now().Add(2 * time.Hour).Unix(),
	})
	r.turn() // takes the values over
	r.write("/var/standin/calls", "")
	r.turn()
	run := r.calls()
	var cpu, peak, tools float64
	for b.Loop() {
		d := r.daemon("run")
		if code := r.end(d); code != 0 {
			b.Fatalf("exit %d\n%s", code, d.errOut.String())
		}
		took, size := used(d.ProcessState)
		cpu, peak = cpu+took, max(peak, size)
		b.StopTimer()
		for _, c := range run { // alone, as often as the turn, while the machine is as busy
			known := macos.Tools()
			tool := slices.IndexFunc(known, func(tool string) bool { return path.Base(tool) == c.Tool })
			cmd := r.command(known[tool], c.Args...)
			cmd.Stdin = strings.NewReader(c.Stdin)
			r.check(cmd.Run())
			took, _ := used(cmd.ProcessState)
			tools += took
		}
		b.StartTimer()
	}
	n := float64(b.N)
	b.ReportMetric(float64(len(run)), "processes/turn")
	b.ReportMetric(cpu/n, "cpu-ms/turn")
	b.ReportMetric((cpu-tools)/n, "own-cpu-ms/turn")
	b.ReportMetric(peak, "peak-MB")
}

// BenchmarkEmptyProgram is the measure for the one above: a Go program that does nothing.
func BenchmarkEmptyProgram(b *testing.B) {
	empty := filepath.Join(b.TempDir(), "empty")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", empty, "./testdata/empty")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	cpu, runs := 0.0, 0.0
	for b.Loop() {
		cmd := exec.Command(empty)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		took, _ := used(cmd.ProcessState)
		cpu, runs = cpu+took, runs+1
	}
	b.ReportMetric(cpu/runs, "own-cpu-ms/turn")
}

// used is the CPU time of a process and of its children in milliseconds, and its largest size in MB.
func used(p *os.ProcessState) (cpu, peak float64) {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		peak = float64(usage.Maxrss) / 1024 // Linux counts KiB
	}
	return float64((p.UserTime() + p.SystemTime()).Microseconds()) / 1000, peak
}
