package jamf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Roots of the two APIs.
const (
	proRoot     = "/api/"
	classicRoot = "/JSSResource/"
)

// Version is that of a Jamf Pro server.
type Version struct {
	Text                string // as the server says it, such as 11.30.1-t1784555528405
	Major, Minor, Patch int
}

// String is the part that people know.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// AtLeast compares with a version.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// parseVersion reads a version; its build, after a dash, is ignored.
func parseVersion(said string) (Version, bool) {
	numbers, _, _ := strings.Cut(strings.TrimSpace(said), "-")
	parts := strings.Split(numbers, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return Version{}, false
	}
	v := Version{Text: said}
	for i, into := range []*int{&v.Major, &v.Minor, &v.Patch} {
		if i >= len(parts) {
			break
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return Version{}, false
		}
		*into = n
	}
	return v, true
}

// Version asks the server once which release of Jamf Pro it is, and remembers.
func (c *Client) Version(ctx context.Context) (Version, error) {
	v, err := c.version(ctx)
	if err != nil {
		return Version{}, fmt.Errorf("read version of jamf pro: %w", err)
	}
	return v, nil
}

func (c *Client) version(ctx context.Context) (Version, error) {
	if v, known := c.families.known(); known {
		return v, nil
	}
	sent := call{method: http.MethodGet, path: proRoot + "v1/jamf-pro-version"}
	got, err := c.do(ctx, sent)
	if err != nil {
		return Version{}, err
	}
	var said struct{ Version text }
	if err := fromJSON(sent, got, &said); err != nil {
		return Version{}, err
	}
	v, ok := parseVersion(string(said.Version))
	if !ok {
		return Version{}, fmt.Errorf("%s: %w: %q is no version", sent.path, ErrMalformed, oneLine(string(said.Version)))
	}
	c.families.learn(v)
	return v, nil
}

// Time asks the server what time it is, to the second. It is by that clock that it dates what Macs report.
func (c *Client) Time(ctx context.Context) (time.Time, error) {
	sent := call{method: http.MethodGet, path: proRoot + "v1/jamf-pro-version"}
	got, err := c.do(ctx, sent)
	var at time.Time
	if err == nil {
		if at, err = http.ParseTime(got.header.Get("Date")); err != nil {
			err = fmt.Errorf("%s: %w: it does not say the time", sent.path, ErrMalformed)
		}
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read time of jamf pro: %w", err)
	}
	return at, nil
}

// family is a set of paths that grew newer versions.
type family int

const (
	onePath family = iota // it never changed
	groupPaths
	inventoryPaths
)

// versioned is one version of a family's paths, and since when servers have it.
type versioned struct {
	root         string
	major, minor int
}

// paths are those of a family, newest first. All that is known of the oldest is that it was there before the others.
func (f family) paths() []versioned {
	switch f {
	case onePath:
	case groupPaths:
		return []versioned{{proRoot + "v3/computer-groups/", 11, 28}, {proRoot + "v2/computer-groups/", 0, 0}}
	case inventoryPaths:
		return []versioned{
			{proRoot + "v4/computers-inventory", 11, 30},
			{proRoot + "v3/computers-inventory", 11, 23},
			{proRoot + "v1/computers-inventory", 0, 0},
		}
	}
	return nil
}

// families remembers the server's version, and which paths it turned out not to have.
type families struct {
	mu      sync.Mutex
	version *Version
	from    [3]int // the first path of each family that is not known to be missing
}

func (f *families) known() (Version, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.version == nil {
		return Version{}, false
	}
	return *f.version, true
}

func (f *families) learn(v Version) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.version = &v
}

// pick is the newest path of a family for a server of some version.
func (f *families) pick(of family, v Version) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	paths := of.paths()
	for i := f.from[of]; i < len(paths)-1; i++ {
		if v.AtLeast(paths[i].major, paths[i].minor) {
			return paths[i].root
		}
	}
	return paths[len(paths)-1].root
}

// missing notes that the server does not have a path, and tells whether there is an older one.
func (f *families) missing(of family, root string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	paths := of.paths()
	for i, path := range paths {
		if path.root == root && i < len(paths)-1 {
			f.from[of] = max(f.from[of], i+1)
			return true
		}
	}
	return false
}

// newest runs a request under the newest path of a family that the server has. It must be one on a path that is always
// there, such as a list, so that 404 is about the path and not about an object.
func (c *Client) newest(ctx context.Context, of family, run func(root string) error) error {
	v, err := c.version(ctx)
	if err != nil {
		return err
	}
	for {
		root := c.families.pick(of, v)
		err := run(root)
		var walk *walkError
		begun := errors.As(err, &walk) && walk.seen > 0 // a list that was there a page ago
		if err == nil || begun || !IsNotFound(err) || !c.families.missing(of, root) {
			return err
		}
	}
}
