package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// corpus is an optional collection of captured outputs of real tools, beside the repository.
const corpus = root + "/../shared/corpus"

// TestTheMainJobRunsOnCapturedListings plays a whole enforcement of each captured listing: the person defers until the
// deadline, and in the end nothing that was to be enforced is left.
func TestTheMainJobRunsOnCapturedListings(t *testing.T) {
	listings, _ := filepath.Glob(filepath.Join(corpus, "softwareupdate-list", "*.txt"))
	more, _ := filepath.Glob(filepath.Join(corpus, "synthetic", "softwareupdate-list", "*.txt"))
	if listings = append(listings, more...); len(listings) == 0 {
		t.Skipf("the optional corpus of captured outputs is not at %s", corpus)
	}
	played := 0
	for _, file := range listings {
		t.Run(filepath.Base(file), func(t *testing.T) {
			args := []string{"simulate", "busy", "--answers", "defer", "--updates", file}
			if version := capturedOn(t, file); sim.Plays(version) {
				args = append(args, "--macos", version)
			}
			stdout, stderr, code := run(t, args...)
			judged, _, conclusive := run(t, "updates", file)
			switch {
			case conclusive != 0:
				if code != 1 || !strings.Contains(stderr, "read listing") {
					t.Errorf("an inconclusive listing plays: %d %s", code, stderr)
				}
			case code != 0 || !strings.Contains(stdout, "The daemon has removed itself, and left nothing behind."):
				t.Errorf("the round does not end: %d %s\n%s\n%s", code, stderr, judged, stdout)
			default:
				played++
			}
		})
	}
	if played < len(listings)/2 {
		t.Errorf("%d of %d listings were played to the end", played, len(listings))
	}
}

// capturedOn reads on which macOS a listing was captured.
func capturedOn(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(strings.TrimSuffix(file, ".txt") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var about struct {
		MacOS string `json:"macos"`
	}
	if err := json.Unmarshal(data, &about); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(about.MacOS, ".x")
}
