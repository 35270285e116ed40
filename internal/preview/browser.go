package preview

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
)

// ErrNoBrowser says that no browser could be opened.
var ErrNoBrowser = errors.New("no browser could be opened")

// Open opens an address in the administrator's own browser, on the administrator's own computer: the one program that this
// package starts. It does not wait for it.
func Open(ctx context.Context, address string) error {
	name, args := opener(runtime.GOOS)
	path, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%w: %s is not there", ErrNoBrowser, name)
	}
	command := exec.CommandContext(context.WithoutCancel(ctx), path, append(args, address)...)
	if err := command.Start(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoBrowser, err)
	}
	go func() { _ = command.Wait() }() // it is no matter how it ends, only that nothing is left of it
	return nil
}

// opener is the program of a system that opens an address in the browser that its owner has chosen.
func opener(system string) (name string, args []string) {
	switch system {
	case "darwin":
		return "open", nil
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler"}
	default:
		return "xdg-open", nil
	}
}
