package cli_test

import (
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/install-or-defer/install-or-defer/internal/universal"
)

// TestPackageScripts plays the scripts that build packages, with the real daemon for macOS.
func TestPackageScripts(t *testing.T) {
	daemon, err := universal.Build(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "install-or-deferd")
	if err := os.WriteFile(file, daemon, 0o755); err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := newIdentity(key, "Example Installer", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "package"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DAEMON", file)
			pictures := filepath.Join(env.WorkDir, "pictures")
			if err := os.Mkdir(pictures, 0o755); err != nil {
				return err
			}
			png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
			if err := os.WriteFile(filepath.Join(pictures, "logo.png"), png, 0o644); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "installer.p12"), identity, 0o600)
		},
	})
}
