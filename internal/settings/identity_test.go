package settings_test

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// TestValidIdentifierAgainstAnExpression compares the rule with another way to say it.
func TestValidIdentifierAgainstAnExpression(t *testing.T) {
	parts := regexp.MustCompile(`\A[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)+\z`)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9_.-]{0,160}`), rapid.StringMatching(`[a-z]{1,80}\.[a-z]{1,80}`), rapid.String()).Draw(t, "identifier")
		if want := parts.MatchString(id) && len(id) <= 155; settings.ValidIdentifier(id) != want {
			t.Fatalf("%q: want %t", id, want)
		}
	})
}
