package sim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Run implements macos.Runner.
func (m *Mac) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	m.touch()
	if err := ctx.Err(); err != nil {
		return macos.Output{}, err
	}
	if !slices.Contains(m.tools, c.Path) {
		return macos.Output{}, &macos.UnlistedError{Path: c.Path}
	}
	fault := m.fault(c)
	if _, ok := m.files[c.Path]; !ok || fault == Missing {
		return macos.Output{}, &macos.MissingError{Path: c.Path}
	}
	m.Journal = append(m.Journal, Entry{At: m.Now(), Kind: KindTool, Text: path.Base(c.Path), Args: c.Args})
	began := m.awake
	out := m.faulty(fault, c)
	out.Awake = m.awake - began
	return out, nil
}

// Start implements macos.Runner: the only tools that stand are windows.
func (m *Mac) Start(_ context.Context, c macos.Command) (macos.Standing, error) {
	m.touch()
	fault := m.fault(c)
	switch _, there := m.files[c.Path]; {
	case !there || fault == Missing:
		return nil, &macos.MissingError{Path: c.Path}
	case fault == Exit, fault == Killed, fault == Empty, fault == Garbage, fault == Huge:
		return standing{gone: true}, nil
	}
	if w, ok := m.windowOf(innermost(c)); ok && m.present() {
		w.Standing = true
		m.Journal = append(m.Journal, Entry{At: m.Now(), Kind: KindWindow, Text: w.Title, Window: &w})
	}
	return standing{}, nil
}

// End implements macos.Runner: no window outlives the turn that shows it.
func (*Mac) End(int) error { return nil }

type standing struct{ gone bool }

func (standing) Stop() {}

func (s standing) Running() bool { return !s.gone }

// fault tells which fault a call meets, if any.
func (m *Mac) fault(c macos.Command) string {
	if m.Faulty != nil {
		if kind := m.Faulty(c); kind != "" {
			return kind
		}
	}
	for i, f := range m.scenario.Faults {
		if f.Tool != path.Base(c.Path) || f.Arg != "" && !slices.Contains(c.Args, f.Arg) {
			continue
		}
		m.faulted[i]++
		if n := m.faulted[i]; n > f.Skip && (f.Times == 0 || n <= f.Skip+f.Times) {
			return f.Kind
		}
	}
	return ""
}

func (m *Mac) faulty(fault string, c macos.Command) macos.Output {
	switch fault {
	case Hang:
		const forEver = 1000 * 24 * 60 * 60 * 1e9
		m.pass(forEver, limitsOf(c))
		return macos.Output{Code: -1, TimedOut: true}
	case Exit:
		return macos.Output{Code: 1}
	case Killed:
		return macos.Output{Code: -1}
	case Empty:
		return macos.Output{}
	case Garbage:
		return macos.Output{Stdout: "\x00\xff%!s(nil) segmentation fault\n* \n- Label:\n"}
	case Huge:
		return macos.Output{Stdout: strings.Repeat("zz zz zz\n", 100_000), Cut: true}
	case Half:
		return half(m.call(c))
	case Foreign:
		return foreign(m.call(c))
	}
	return m.call(c)
}

// Read implements macos.Tree.
func (m *Mac) Read(name string, limit int64) ([]byte, error) {
	m.touch()
	f, ok := m.files[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	case f.mode&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s: %w", name, macos.ErrLink)
	case !f.mode.IsRegular():
		return nil, fmt.Errorf("%s: is not a file", name)
	case int64(len(f.data)) > limit:
		return nil, fmt.Errorf("%s: %w", name, macos.ErrTooLarge)
	}
	return slices.Clone(f.data), nil
}

// Write implements macos.Tree.
func (m *Mac) Write(name string, data []byte, mode fs.FileMode) error {
	m.touch()
	m.put(name, slices.Clone(data), mode)
	return nil
}

// Append implements macos.Ledger.
func (m *Mac) Append(name string, data []byte, mode fs.FileMode) error {
	m.touch()
	f, ok := m.files[name]
	switch {
	case !ok:
		m.put(name, slices.Clone(data), mode)
	case f.mode&fs.ModeSymlink != 0:
		return fmt.Errorf("%s: %w", name, macos.ErrLink)
	default:
		if len(f.data) > 0 && f.data[len(f.data)-1] != '\n' {
			f.data = append(f.data, '\n')
		}
		f.data, f.modified = append(f.data, data...), m.Now()
	}
	return nil
}

// Tail implements macos.Ledger.
func (m *Mac) Tail(name string, most int64) ([]byte, error) {
	data, err := m.Read(name, math.MaxInt64)
	return data[max(0, int64(len(data))-max(0, most)):], err
}

// Remove implements macos.Tree.
func (m *Mac) Remove(name string) error {
	m.touch()
	f, ok := m.files[name]
	if ok && f.mode.IsDir() {
		for other := range m.files {
			if strings.HasPrefix(other, name+"/") {
				return fmt.Errorf("%s: folder is not empty", name)
			}
		}
	}
	delete(m.files, name)
	return nil
}

// Stat implements macos.Lister.
func (m *Mac) Stat(name string) (macos.Entry, error) {
	f, ok := m.files[name]
	if !ok {
		return macos.Entry{}, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return macos.Entry{Mode: f.mode, UID: f.uid, Size: int64(len(f.data)), Modified: f.modified}, nil
}

// Lock implements macos.Lister.
func (m *Mac) Lock(name string) (func(), error) {
	m.touch()
	if m.locked {
		return nil, fmt.Errorf("%s: %w", name, macos.ErrLocked)
	}
	if f, ok := m.files[name]; ok && f.mode&fs.ModeSymlink != 0 {
		return nil, errors.Join(macos.ErrLink)
	}
	m.locked = true
	m.put(name, nil, 0o600)
	return func() { m.locked = false }, nil
}
