package installer_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

// packed is a description as it is after it went through a package: written, opened, verified and unpacked.
func packed(t testing.TB, c flatpkg.Component) flatpkg.Component {
	t.Helper()
	var b bytes.Buffer
	if err := flatpkg.WriteComponent(t.Context(), &b, c, flatpkg.Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	p, err := flatpkg.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	back := flatpkg.Component{Identifier: c.Identifier, Version: c.Version}
	for archive, entries := range map[flatpkg.Archive]*[]flatpkg.Entry{flatpkg.Payload: &back.Payload, flatpkg.Scripts: &back.Scripts} {
		err := p.Components[0].Walk(t.Context(), archive, func(f flatpkg.File, r io.Reader) error {
			e := flatpkg.Entry{Path: f.Path, Mode: f.Mode, UID: f.UID, GID: f.GID, Link: f.Link, Size: f.Size}
			if r != nil && f.Mode.IsRegular() {
				data, err := io.ReadAll(r)
				if err != nil {
					return err
				}
				e.Open = flatpkg.Content(data)
			}
			*entries = append(*entries, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := len(c.Payload) + 1; len(c.Payload) > 0 && len(back.Payload) != want {
		t.Fatalf("%d entries, not %d", len(back.Payload), want)
	}
	return back
}
