//go:build unix

package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// TestRunRefusesAToolThatOthersCanExchange lets a person own what root would run, or the way to it.
func TestRunRefusesAToolThatOthersCanExchange(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to others: run the tests as root")
	}
	const person = 501
	own := func(path string) error { return os.Chown(path, person, person) }
	open := func(path string) error { return os.Chmod(path, 0o777) } //nolint:gosec // that is the point
	for name, row := range map[string]struct {
		change  func(string) error
		path    string // below the folder that holds all
		because string
	}{
		"nothing is changed":                    {func(string) error { return nil }, "", ""},
		"the tool is a person's":                {own, "vendor/tool", "vendor/tool"},
		"everybody may write to the tool":       {open, "vendor/tool", "vendor/tool"},
		"its folder is a person's":              {own, "vendor", "vendor"},
		"everybody may write to its folder":     {open, "vendor", "vendor"},
		"a group may write to its folder":       {func(p string) error { return os.Chmod(p, 0o775) }, "vendor", ""},                                        //nolint:gosec // likewise
		"every account may write to its folder": {func(p string) error { return errors.Join(os.Chown(p, 0, 20), os.Chmod(p, 0o775)) }, "vendor", "vendor"}, //nolint:gosec // likewise
		"and administrators to another's":       {func(p string) error { return errors.Join(os.Chown(p, 0, 80), os.Chmod(p, 0o775)) }, "vendor", ""},       //nolint:gosec // likewise
		"the folder of a link is a person's":    {func(p string) error { return errors.Join(os.Chmod(p, 0o755), own(p)) }, "bin", "bin"},                   //nolint:gosec // likewise
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tool, link := filepath.Join(dir, "vendor", "tool"), filepath.Join(dir, "bin", "tool")
			for _, err := range []error{
				os.Mkdir(filepath.Dir(tool), 0o755), os.Mkdir(filepath.Dir(link), 0o755),
				os.WriteFile(tool, []byte("#!/bin/sh\nexit 0\n"), 0o755), os.Symlink(tool, link), row.change(filepath.Join(dir, row.path)), //nolint:gosec // it is a program
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			_, err := (&Runner{allowed: []string{link}, files: &Files{}}).Run(t.Context(), macos.Command{Path: link, Timeout: time.Minute})
			var refused *macos.UntrustedError
			switch {
			case row.because == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case row.because != "" && (!errors.As(err, &refused) || refused.Path != link || refused.Because != filepath.Join(dir, row.because)):
				t.Errorf("it ends with %v", err)
			}
		})
	}
}
