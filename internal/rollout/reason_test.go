package rollout_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// TestALongReasonIsCutBetweenTwoCharacters has Macs report long texts whose characters take one to four bytes.
func TestALongReasonIsCutBetweenTwoCharacters(t *testing.T) {
	for name, text := range map[string]string{
		"one byte": strings.Repeat("a", 200), "two bytes": "a" + strings.Repeat("é", 200), "three bytes": "a" + strings.Repeat("日", 200),
		"four bytes": "a" + strings.Repeat("😀", 200), "as long as may be": strings.Repeat("日", 40),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftest.Options{
				Off: []jamftest.Behaviour{jamftest.Attendance},
				Evaluate: func(_ *jamftest.Mac, a jamftest.Attribute) string {
					return map[string]string{"Reason": text, "Status": "Failed"}[a.Name[len("Install or Defer - "):]]
				},
			}, staged)
			w.group("VIP")
			w.apply(rollout.Options{})
			w.server.Advance(2 * time.Minute)
			w.mac("RING1", "15.6")
			found := w.status(rollout.StatusOptions{}).Reasons
			if len(found) != 1 {
				t.Fatal(found)
			}
			if got := found[0].Text; !utf8.ValidString(got) || !strings.HasPrefix(text, got) || len(got) > 120 || len(got) < 117 {
				t.Errorf("%d bytes: %q", len(got), got)
			}
		})
	}
}
