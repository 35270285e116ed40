package cli_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"debug/macho"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	// The part for Apple silicon alone: what Go makes is signed there, if only ad hoc.
	signed := filepath.Join(t.TempDir(), "signed")
	if err := os.WriteFile(signed, thin(t, daemon, macho.CpuArm64), 0o755); err != nil {
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
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	unfit, err := newIdentity(curve, "Example Curve", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	forger, err := newIdentity(key, "Forger\u009b2J\nsecond line", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "package"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DAEMON", file)
			env.Setenv("SIGNED", signed)
			pictures := filepath.Join(env.WorkDir, "pictures")
			if err := os.Mkdir(pictures, 0o755); err != nil {
				return err
			}
			png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
			if err := os.WriteFile(filepath.Join(pictures, "logo.png"), png, 0o644); err != nil {
				return err
			}
			for name, data := range map[string][]byte{"curve.p12": unfit, "forger.p12": forger, "installer.p12": identity} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), data, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// thin is one part of a universal program.
func thin(t *testing.T, program []byte, cpu macho.Cpu) []byte {
	t.Helper()
	fat, err := macho.NewFatFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range fat.Arches {
		if a.Cpu == cpu {
			return program[a.Offset : a.Offset+a.Size]
		}
	}
	t.Fatalf("there is no part for %v", cpu)
	return nil
}

// standInQuill is called as quill is: it notes how, and puts another program in the place of the one to sign.
func standInQuill() {
	err := os.WriteFile("called", []byte(strings.Join(os.Args[1:len(os.Args)-1], " ")+"\npassword "+os.Getenv("QUILL_SIGN_PASSWORD")+"\n"), 0o600)
	signed, readErr := os.ReadFile(os.Getenv("SIGNED"))
	if os.Getenv("QUILL_SIGN_PASSWORD") != "secret" {
		err = errors.New("unable to decode p12: incorrect password")
	}
	if err := errors.Join(err, readErr, os.WriteFile(os.Args[len(os.Args)-1], signed, 0o755)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
