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
// components say of themselves, in every file and script, by mode, owner, time and content, and in what else the archive
// holds. Signatures, tickets and the packing do not count. Each difference is a line that names the thing; there are none
// where both hold the same. Of very many the last line tells the number only.
func Differences(ctx context.Context, have, want *Package) ([]string, error) {
	d := &differences{}
	if have.Kind != want.Kind {
		d.add("it is a %s, not a %s", have.Kind, want.Kind)
	}
	for _, s := range have.Strays {
		if !slices.ContainsFunc(want.Strays, func(w Stray) bool { return w.Path == s.Path && w.Folder == s.Folder }) {
			d.add("archive: %s does not belong there", s.Path)
		}
	}
	if have.Distribution != nil && want.Distribution != nil {
		d.descriptions("Distribution", have.Distribution.Raw, want.Distribution.Raw)
	}
	for _, w := range want.Components {
		at := slices.IndexFunc(have.Components, func(h *Contents) bool { return h.Info.Identifier == w.Info.Identifier })
		if at < 0 {
			d.add("component %s is missing", w.Info.Identifier)
			continue
		}
		if err := d.contents(ctx, have.Components[at], w); err != nil {
			return nil, fmt.Errorf("compare packages: %w", err)
		}
	}
	if len(have.Components) > len(want.Components) {
		d.add("it holds %d components, not %d", len(have.Components), len(want.Components))
	}
	if d.more > 0 {
		d.lines = append(d.lines, fmt.Sprintf("and %d more", d.more))
	}
	return d.lines, nil
}

// differences are the lines so far.
type differences struct {
	lines []string
	more  int // than are kept
}

func (d *differences) add(format string, args ...any) {
	const most = 200
	if len(d.lines) >= most {
		d.more++
		return
	}
	d.lines = append(d.lines, Visible(fmt.Sprintf(format, args...)))
}

// contents compares two components. Of what is not wanted nothing but the names is read.
func (d *differences) contents(ctx context.Context, have, want *Contents) error {
	d.descriptions("PackageInfo", have.Info.Raw, want.Info.Raw)
	for _, archive := range []Archive{Payload, Scripts} {
		if have.Has(archive) && !want.Has(archive) {
			d.add("archive: %s does not belong there", archive)
		}
		wanted := map[string]string{}
		err := want.Walk(ctx, archive, func(f File, content io.Reader) (err error) {
			wanted[f.Path], err = sumOf(f, content)
			return err
		})
		if err != nil {
			return err
		}
		err = have.Walk(ctx, archive, func(f File, content io.Reader) error {
			w, ok := wanted[f.Path]
			if !ok {
				d.add("%s: %s does not belong there", archive, f.Path)
				return nil
			}
			delete(wanted, f.Path)
			sum, err := sumOf(f, content)
			if err == nil && sum != w {
				d.add("%s: %s is %s, not %s", archive, f.Path, sum, w)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, path := range slices.Sorted(maps.Keys(wanted)) {
			d.add("%s: %s is missing", archive, path)
		}
	}
	return nil
}

// sumOf is all that an archive says of a path, and of a file a strong checksum: cksum is easily fooled.
func sumOf(f File, content io.Reader) (string, error) {
	if !f.Mode.IsRegular() {
		return f.String(), nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(f.String(), " with cksum ")
	return fmt.Sprintf("%s with SHA-256 %x", line, sum.Sum(nil)), nil
}

// descriptions adds the first line in which two descriptions of a package differ.
func (d *differences) descriptions(name string, have, want []byte) {
	if bytes.Equal(have, want) {
		return
	}
	ours, theirs := strings.Split(string(want), "\n"), strings.Split(string(have), "\n")
	at := 0
	for at < min(len(ours), len(theirs))-1 && ours[at] == theirs[at] {
		at++
	}
	their, our := strings.TrimSpace(theirs[at]), strings.TrimSpace(ours[at])
	if their == our {
		d.add("%s: from line %d on it differs in white space, or something follows", name, at+1)
		return
	}
	const enough = 300 // bytes; a line of somebody else's may be long
	d.add("%s: line %d is %.*s, not %.*s", name, at+1, enough, their, enough, our)
}
