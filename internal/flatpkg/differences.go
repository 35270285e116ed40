package flatpkg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Differences tells where a package differs from the one that is wanted: in kind, title and conditions, in what its
// components say of themselves, and in every file and script, by mode, owner, time and content. Signatures, tickets and
// the packing do not count. Each difference is a line that names the thing; there are none where both hold the same.
func Differences(ctx context.Context, have, want *Package) ([]string, error) {
	var lines []string
	if have.Kind != want.Kind {
		lines = append(lines, fmt.Sprintf("it is a %s, not a %s", have.Kind, want.Kind))
	}
	if have.Distribution != nil && want.Distribution != nil {
		lines = descriptions(lines, "Distribution", have.Distribution.Raw, want.Distribution.Raw)
	}
	for _, w := range want.Components {
		at := slices.IndexFunc(have.Components, func(h *Contents) bool { return h.Info.Identifier == w.Info.Identifier })
		if at < 0 {
			lines = append(lines, fmt.Sprintf("component %s is missing", w.Info.Identifier))
			continue
		}
		more, err := have.Components[at].differences(ctx, w)
		if err != nil {
			return nil, fmt.Errorf("compare packages: %w", err)
		}
		lines = append(lines, more...)
	}
	if extra := len(have.Components) - len(want.Components); extra > 0 {
		lines = append(lines, fmt.Sprintf("it holds %d components, not %d", len(have.Components), len(want.Components)))
	}
	return lines, nil
}

func (c *Contents) differences(ctx context.Context, want *Contents) ([]string, error) {
	lines := descriptions(nil, "PackageInfo", c.Info.Raw, want.Info.Raw)
	for _, archive := range []Archive{Payload, Scripts} {
		have, err := c.sums(ctx, archive)
		if err != nil {
			return nil, err
		}
		wanted, err := want.sums(ctx, archive)
		if err != nil {
			return nil, err
		}
		for _, path := range slices.Sorted(maps.Keys(wanted)) {
			if _, ok := have[path]; !ok {
				lines = append(lines, fmt.Sprintf("%s: %s is missing", archive, path))
				continue
			}
			lines = field(lines, fmt.Sprintf("%s: %s", archive, path), have[path], wanted[path])
		}
		for _, path := range slices.Sorted(maps.Keys(have)) {
			if _, ok := wanted[path]; !ok {
				lines = append(lines, fmt.Sprintf("%s: %s does not belong there", archive, path))
			}
		}
	}
	return lines, nil
}

// sums is all that an archive says of each path, and of files a strong checksum: cksum is easily fooled.
func (c *Contents) sums(ctx context.Context, archive Archive) (map[string]string, error) {
	sums := map[string]string{}
	err := c.Walk(ctx, archive, func(f File, content io.Reader) error {
		if !f.Mode.IsRegular() {
			sums[f.Path] = f.String()
			return nil
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, content); err != nil {
			return err
		}
		line, _, _ := strings.Cut(f.String(), " with cksum ")
		sums[f.Path] = fmt.Sprintf("%s with SHA-256 %x", line, sum.Sum(nil))
		return nil
	})
	return sums, err
}

// field adds a line where two descriptions of a thing differ.
func field(lines []string, name, have, want string) []string {
	if have == want {
		return lines
	}
	return append(lines, fmt.Sprintf("%s is %s, not %s", name, have, want))
}

// descriptions adds the first line in which two descriptions of a package differ.
func descriptions(lines []string, name string, have, want []byte) []string {
	if bytes.Equal(have, want) {
		return lines
	}
	ours, theirs := strings.Split(string(want), "\n"), strings.Split(string(have), "\n")
	at := 0
	for at < min(len(ours), len(theirs))-1 && ours[at] == theirs[at] {
		at++
	}
	return field(lines, fmt.Sprintf("%s: line %d", name, at+1), strings.TrimSpace(theirs[at]), strings.TrimSpace(ours[at]))
}
