package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// choiceNotes tell where a package was built with other choices than those of the file now: it would do on Macs what the file
// does not say. Settings count where no profile brings those of the file to Macs all the same.
func (o *jamfOptions) choiceNotes(ctx context.Context, p *flatpkg.Package, d deployment.Deployment) ([]string, error) {
	logo, err := pkgOptions{config: o.config}.logo(d)
	if err != nil {
		return []string{fmt.Sprintf("the package is not compared with the file: %s", err)}, nil
	}
	has, err := installer.Expect(ctx, p, installer.Wanted{})
	var wants flatpkg.Component
	if err == nil {
		wants, err = installer.Expect(ctx, p, installer.Wanted{Choices: &d, Logo: logo})
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil: // it may be of another version
		return []string{fmt.Sprintf("the package is not compared with the file: %s", err)}, nil
	}
	is, err := choicesOf(has)
	if err != nil {
		return nil, err
	}
	want, err := choicesOf(wants)
	if err != nil {
		return nil, err
	}
	names := is.differences(want, d.Jamf.Profile == nil)
	if len(names) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("the package was built with other choices than those of the file, in %s; build another version", strings.Join(names, ", "))}, nil
}

// packageChoices are what of a package follows from what somebody chose.
type packageChoices struct {
	settings  map[string]any
	job, logo []byte
	resets    bool
}

// choicesOf reads the small files of a package that is described.
func choicesOf(c flatpkg.Component) (made packageChoices, err error) {
	for _, e := range slices.Concat(c.Payload, c.Scripts) {
		folder, name := path.Split("/" + e.Path)
		if !e.Mode.IsRegular() || folder+name == agent.BinaryPath {
			continue
		}
		data, err := entryContent(e)
		if err != nil {
			return made, err
		}
		switch {
		case folder+name == agent.BuildPath:
			if made.settings, err = plist.Decode(data); err != nil {
				return made, err
			}
		case folder+name == agent.LaunchDaemonPath(c.Identifier):
			made.job = data
		case strings.HasPrefix(folder, agent.SupportFolder):
			made.logo = data
		case e.Path == "postinstall":
			made.resets = bytes.Contains(data, []byte("state.json"))
		}
	}
	return made, nil
}

func entryContent(e flatpkg.Entry) ([]byte, error) {
	if e.Open == nil {
		return nil, nil
	}
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	return io.ReadAll(r)
}

// differences are the choices in which two packages differ, by their names in the file.
func (c packageChoices) differences(want packageChoices, settings bool) []string {
	var names []string
	if c.resets != want.resets {
		names = append(names, "reset_on_install")
	}
	if !bytes.Equal(c.job, want.job) {
		names = append(names, "start_interval")
	}
	if !bytes.Equal(c.logo, want.logo) {
		names = append(names, "logo")
	}
	if !settings {
		return names
	}
	all := maps.Clone(c.settings)
	maps.Copy(all, want.settings)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !reflect.DeepEqual(c.settings[name], want.settings[name]) {
			names = append(names, name)
		}
	}
	return names
}
