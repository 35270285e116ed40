package rollout_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamftestOff() jamftest.Options {
	return jamftest.Options{Off: []jamftest.Behaviour{jamftest.Attendance}}
}

// crowd is a server of which only the inventory is large, and is made up page by page. It looks how much memory is in use
// whenever it is asked for a page.
type crowd struct {
	macs  int
	peak  uint64
	pages int
}

func (c *crowd) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v4/computers-inventory") {
			next.ServeHTTP(w, r)
			return
		}
		size, _ := strconv.Atoi(r.URL.Query().Get("page-size"))
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		c.pages++
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
		fmt.Fprintf(w, `{"totalCount":%d,"results":[`, c.macs)
		for i := page * size; i < min((page+1)*size, c.macs); i++ {
			if i > page*size {
				fmt.Fprint(w, ",")
			}
			c.mac(w, i+1)
		}
		fmt.Fprint(w, "]}")
	})
}

// mac writes a record of the size that a real one has in these sections.
func (*crowd) mac(w http.ResponseWriter, id int) {
	status := []string{"Compliant", "Pending", "Deferred", "Enforcing", "Failed", "Unknown", "Not installed", ""}[id%8]
	group := []string{"Ring", "Old", "Other"}[id%3]
	filler, _ := json.Marshal(strings.Repeat("text that nobody reads. ", 10))
	fmt.Fprintf(w, `{"id":"%d","udid":"%036d","general":{"name":"mac-%d","lastCheckIn":"2026-11-30T08:00:00Z","reportDate":"2026-11-30T08:00:00Z",
	"remoteManagement":{"managed":true},"notes":%s},"hardware":{"serialNumber":"S%d","appleSilicon":true},"operatingSystem":{"version":"15.6","build":"24G84"},
	"security":{"bootstrapTokenEscrowedStatus":"ESCROWED"},"storage":{"bootDriveAvailableSpaceMegabytes":120000},
	"groupMemberships":[{"groupId":"1","groupName":%q,"smartGroup":true}],
	"extensionAttributes":[{"definitionId":"1","name":"Install or Defer - Status","values":[%q]},{"definitionId":"2","name":"Install or Defer - Reason","values":["r%d"]}]}`,
		id, id, id, filler, id, group, status, id)
}

// cost is what a status takes.
type cost struct {
	bytes uint64        // beyond what was in use
	each  time.Duration // for one Mac
}

// measure takes a status of a fleet, with so many snapshots of it before.
func measure(w *world, macs, snapshots int) (*rollout.Report, cost) {
	w.t.Helper()
	c := &crowd{macs: macs}
	w.wrap = c.wrap
	defer func() { w.wrap = nil }()
	o := rollout.StatusOptions{}
	if snapshots > 0 {
		var history bytes.Buffer
		for range snapshots {
			w.server.Advance(time.Hour)
			w.snapshot(&history)
		}
		w.server.Advance(time.Hour)
		o.History = w.history(&history)
	}
	c.peak, c.pages = 0, 0
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	report := w.status(o)
	took := cost{max(c.peak, before.HeapAlloc) - before.HeapAlloc, time.Since(began) / time.Duration(macs)}
	w.t.Logf("%d Macs, %d snapshots: %d pages, %d KiB beyond what was in use, %s for each Mac", macs, snapshots, c.pages, took.bytes>>10, took.each)
	return report, took
}

// TestAStatusTakesTheMemoryOfAPage compares a fleet with one of many times as many Macs, with and without two snapshots: it
// takes no more memory, and as much more time as there are more Macs.
func TestAStatusTakesTheMemoryOfAPage(t *testing.T) {
	w := fleet(t, reports{}, staged)
	large, past := 20000, 5000
	if prooftest.Full() {
		large, past = 50000, 20000
	}
	_, small := measure(w, 2000, 0)
	report, whole := measure(w, large, 0)
	if all := report.Stages[0].InScope + report.Stages[1].InScope + report.NotInScope + report.Outside.InScope; report.Total.InScope != large/3 || all != large {
		t.Errorf("%d of %d", report.Total.InScope, all)
	}
	const slack = 1 << 20
	if whole.bytes > small.bytes+slack {
		t.Errorf("2,000 Macs take %d bytes, %d take %d", small.bytes, large, whole.bytes)
	}
	if whole.each > 4*small.each { // the computer has other things to do, too
		t.Errorf("each of 2,000 Macs takes %s, and each of %d takes %s", small.each, large, whole.each)
	}
	if _, history := measure(w, past, 2); history.bytes > small.bytes+slack {
		t.Errorf("with snapshots %d take %d bytes", past, history.bytes)
	}
}
