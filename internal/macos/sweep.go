package macos

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// Sweep takes away a window that a killed turn has left standing, and tells whether there was one. Only what Keep names
// is ended, and only if it still is one of our windows: a process id may have been given to another since.
//
// A window does not outlive the Mac's restart, so what was there before booted is only forgotten.
func (s Screen) Sweep(ctx context.Context, booted time.Time) (swept bool, err error) {
	const longest = 32
	entry, err := s.Host.Lister.Stat(s.Keep)
	if err == nil && entry.Modified.Before(booted) {
		return false, s.forget()
	}
	data, err := s.Host.Tree.Read(s.Keep, longest)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	pid, numberErr := strconv.Atoi(strings.TrimSpace(string(data)))
	if err == nil && numberErr == nil && pid > 1 {
		swept, err = s.end(ctx, pid)
	}
	return swept, errors.Join(err, s.forget())
}

// forget removes what a window has left.
func (s Screen) forget() error {
	if s.Folder != "" {
		s.tidy(StyleSwiftDialog)
	}
	return s.Host.Tree.Remove(s.Keep)
}

func (s Screen) end(ctx context.Context, pid int) (ended bool, err error) {
	out, err := s.Host.Runner.Run(ctx, Command{
		Path: psPath, Args: []string{"-ww", "-o", "command=", "-p", strconv.Itoa(pid)}, Timeout: shortly, // -ww: not cut at 80 characters
	})
	if err != nil || !containsAny(out.Stdout, jamfHelperPath+" -windowType", dialogOrder, "display dialog") {
		return false, err
	}
	err = s.Host.Runner.End(pid)
	return err == nil, err
}
