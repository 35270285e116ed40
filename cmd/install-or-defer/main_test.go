package main_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestTimeZonesComeAlong looks into what the two programs are made of. The administrator's tool plays Macs in any time zone, on
// systems that have no list of them; the daemon is on a Mac, which has one.
func TestTimeZonesComeAlong(t *testing.T) {
	for program, want := range map[string]bool{"install-or-defer": true, "install-or-deferd": false} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../"+program).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		if has := slices.Contains(strings.Fields(string(out)), "time/tzdata"); has != want {
			t.Errorf("%s has time zones of its own: %t, want %t", program, has, want)
		}
	}
}
