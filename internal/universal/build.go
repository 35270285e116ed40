package universal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Daemon is the package to build, as the go command names it within this module.
const Daemon = "./cmd/install-or-deferd"

// ErrNoGo says that there is no go command to build with.
var ErrNoGo = errors.New("the go command is missing")

// Build has the go command make the daemon for both kinds of Mac, from the source of this module in a folder, and
// merges the two. The same source and the same Go give the same bytes, in whatever folder and with whatever settings of
// the go command: no path and no state of the repository gets in. The build id stays, since without it there is no
// LC_UUID.
//
// This is the one place but the daemon's own where a program is started. It is the administrator's go command, on the
// administrator's computer, with the administrator's environment, and never part of what runs on a Mac.
func Build(ctx context.Context, dir string) ([]byte, error) {
	var slices [][]byte
	for _, processor := range []string{"amd64", "arm64"} {
		slice, err := compile(ctx, dir, processor)
		if err != nil {
			return nil, fmt.Errorf("build daemon for %s: %w", processor, err)
		}
		slices = append(slices, slice)
	}
	merged, err := Merge(slices...)
	if err != nil {
		return nil, fmt.Errorf("build daemon: %w", err)
	}
	return merged, nil
}

func compile(ctx context.Context, dir, processor string) (_ []byte, err error) {
	program, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGo, err)
	}
	folder, err := os.MkdirTemp("", "install-or-defer-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	out := filepath.Join(folder, "install-or-deferd")
	cmd := exec.CommandContext(ctx, program, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out, Daemon)
	cmd.Dir = dir
	cmd.Env = append(
		cmd.Environ(), "GOOS=darwin", "GOARCH="+processor, "CGO_ENABLED=0",
		"GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "GOFIPS140=off",
	)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		const enough = 2000
		text := strings.TrimSpace(said.String())
		return nil, fmt.Errorf("go build: %w: %s", err, text[:min(len(text), enough)])
	}
	return os.ReadFile(out)
}
