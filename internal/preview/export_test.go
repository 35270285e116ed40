package preview

import (
	"context"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// Bare plays a desk's Mac by itself, for tests.
func Bare(t testing.TB, d Desk) sim.Tally {
	t.Helper()
	begins, err := d.Mac.start()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{mac: sim.New(scenario(d, begins)), begins: begins, stop: func() {}}
	return s.mac.Play(context.Background(), func(ctx context.Context, host macos.Host) error {
		agent := s.agent(host)
		agent.Watch = nil
		return agent.Turn(ctx)
	})
}

// Assets lists what the page is made of, as it is asked for.
func Assets() []string {
	entries, _ := pageFiles.ReadDir("page")
	var list []string
	for _, e := range entries {
		if e.Name() != "index.html" && e.Name() != "sheet.html" {
			list = append(list, "/page/"+e.Name())
		}
	}
	return list
}

// SheetTexts are the texts of a sheet in a language.
func SheetTexts(tag string) map[string]string { return sheetTexts(tag) }
