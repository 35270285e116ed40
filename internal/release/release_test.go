package release_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/release"
)

func TestReleaseCanBeRead(t *testing.T) {
	if v := release.Version(); !regexp.MustCompile(`^\d+\.\d+\.\d+(-[a-z0-9.]+)?$`).MatchString(v) {
		t.Errorf("the version is %q", v)
	}
	if d := release.Date(); d.Before(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the date is %s", d)
	}
}
