package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// jsonEntry is one line of the transcript as JSON.
type jsonEntry struct {
	At     time.Time   `json:"at"`
	Kind   string      `json:"kind"`
	Text   string      `json:"text"`
	Args   []string    `json:"args,omitempty"`
	Window *jsonWindow `json:"window,omitempty"`
}

type jsonWindow struct {
	Title     string   `json:"title"`
	Text      string   `json:"text"`
	Buttons   []string `json:"buttons"`
	Locked    bool     `json:"locked"`
	Standing  bool     `json:"standing"`
	Timeout   float64  `json:"timeout_seconds"`
	Countdown string   `json:"countdown,omitempty"`
}

// writeJSON writes the journal, one entry a line.
func writeJSON(out io.Writer, journal []sim.Entry) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, e := range journal {
		line := jsonEntry{At: e.At, Kind: string(e.Kind), Text: e.Text, Args: e.Args}
		if w := e.Window; w != nil {
			line.Window = &jsonWindow{
				Title: w.Title, Text: w.Text, Buttons: w.Buttons, Locked: w.Locked, Standing: w.Standing,
				Timeout: w.Timeout.Seconds(), Countdown: w.Countdown,
			}
		}
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("print transcript: %w", err)
		}
	}
	return nil
}
