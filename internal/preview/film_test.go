package preview_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/preview"
)

func TestScratch(t *testing.T) {
	for _, p := range []string{"stubborn", "nobody", "lid", "busy"} {
		d := preview.Desk{Values: map[string]any{}, Person: p, Mac: preview.Machine{MacOS: "15.7.1", Zone: "Europe/Berlin", Start: "2026-11-30T09:00", JamfHelper: true}}
		f, err := preview.Play(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := json.Marshal(f)
		fmt.Println(p, len(data), f.Ended, f.Counts, len(f.Moments), f.Deadline, f.Length)
		for _, m := range f.Moments[max(0, len(f.Moments)-25):] {
			fmt.Println(m.At/1000, m.Kind, m.Title, "|", m.Text, m.Phase)
		}
		for _, w := range f.Windows[max(0, len(f.Windows)-5):] {
			fmt.Println(w.From/1000, w.To/1000, w.Sort, w.Title, w.Ended)
		}
		e, err := preview.Why(context.Background(), d, f.Deadline-1000*3600)
		fmt.Println(e.Text(), err)
	}
}
