package macos

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// Folders in which preferences of the system lie, one property list for each domain.
const (
	preferencesFolder = "/Library/Preferences/"
	managedFolder     = "/Library/Managed Preferences/"
)

// Defaults reads preferences as files, and writes them with defaults(1), so that the system's cache agrees.
type Defaults struct{ Host Host }

// PreferencesPath is where the local values of a domain lie.
func PreferencesPath(domain string) string { return preferencesFolder + domain + ".plist" }

// ManagedPath is where the values lie that a configuration profile sets for a domain.
func ManagedPath(domain string) string { return managedFolder + domain + ".plist" }

// ReadList reads a property list; one that does not exist is empty.
func ReadList(host Host, path string) (map[string]any, error) {
	data, err := host.Tree.Read(path, plist.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	values, err := plist.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return values, nil
}

// WriteTime writes a local value of a domain as whole Unix seconds.
func (d Defaults) WriteTime(ctx context.Context, domain, key string, t time.Time) error {
	return d.change(ctx, "write", domain, key, "-int", strconv.FormatInt(t.Unix(), 10))
}

// Delete deletes a local value of a domain, or the whole domain when no key is given.
func (d Defaults) Delete(ctx context.Context, domain string, key ...string) error {
	return d.change(ctx, "delete", domain, key...)
}

func (d Defaults) change(ctx context.Context, verb, domain string, args ...string) error {
	if entry, err := d.Host.Lister.Stat(PreferencesPath(domain)); err == nil && entry.Mode&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s preference: %s: %w", verb, PreferencesPath(domain), ErrLink) // defaults would follow it
	}
	out, err := d.Host.Runner.Run(ctx, Command{
		Path: defaultsPath, Args: append([]string{verb, preferencesFolder + domain}, args...), Timeout: shortly,
	})
	what := strings.Join(append([]string{verb, "preference"}, args[:min(1, len(args))]...), " ")
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if out.Code != 0 {
		return fmt.Errorf("%s: %w", what, out.failure(defaultsPath))
	}
	return nil
}
