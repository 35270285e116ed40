package agent_test

import (
	"context"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// fullDisk has no room for any content.
type fullDisk struct {
	macos.Tree
	macos.Ledger
}

func (fullDisk) Write(path string, _ []byte, _ fs.FileMode) error {
	return &fs.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
}

func (fullDisk) Append(path string, _ []byte, _ fs.FileMode) error {
	return &fs.PathError{Op: "append", Path: path, Err: syscall.ENOSPC}
}

func TestADiskWithoutAnyRoomStopsEverythingForAsLongAsItLasts(t *testing.T) {
	const full, room = 20 * time.Hour, 5 * 24 * time.Hour // the deadline is after 24 hours
	p := promisetest.New(deferringDaily())
	p.Hindered = true
	report := ""
	p.Take = func(ctx context.Context, host macos.Host) error {
		since := p.True().Sub(sim.CommonStart())
		if since < full || since > room {
			return p.Agent(host).Turn(ctx)
		}
		disk := fullDisk{host.Tree, host.Ledger}
		host.Tree, host.Ledger = disk, disk
		said := p.Log.Len()
		err := p.Agent(host).Turn(ctx)
		if err == nil || !strings.Contains(p.Log.String()[said:], "Nothing is done, since the state cannot be saved") {
			t.Errorf("after %s a turn ends with %v: %s", since, err, p.Log.String()[said:])
		}
		data, _ := p.File(agent.ReportPath)
		if report == "" {
			report = string(data)
		}
		if report == "" || string(data) != report {
			t.Errorf("after %s the report is %s, and was %s", since, data, report)
		}
		return err
	}
	p.ToEnd(t.Context())
	p.Hold(t)
	p.Removed(t)
	for _, install := range promisetest.Actions[enforce.Install](p) {
		if at := install.Real.Sub(sim.CommonStart()); at < room || at > room+2*time.Hour {
			t.Errorf("installed after %s", at)
		}
	}
	if len(promisetest.Actions[enforce.Install](p)) == 0 || !strings.Contains(report, `"status": "Deferred"`) {
		t.Errorf("never installed, or the report was %s", report)
	}
}
