package installer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// ErrForeign says that a package is none that this program builds, of whatever version.
var ErrForeign = errors.New("is not a package of install-or-defer")

const uninstallerSuffix = ".uninstaller"

// Product is the product archive of a package that [Content] or [Uninstaller] has described.
func Product(c flatpkg.Component) flatpkg.Product {
	title := "Install or Defer"
	if strings.HasSuffix(c.Identifier, uninstallerSuffix) {
		title += ": remove"
	}
	return flatpkg.Product{
		Title: title, Identifier: c.Identifier, Version: c.Version, MinOSVersion: MinimumMacOS,
		HostArchitectures: []string{"arm64", "x86_64"}, Components: []flatpkg.Component{c},
	}
}

// Uninstalls tells whether a package is one that [Uninstaller] has described, by its form. Such a package holds neither
// a daemon nor a picture.
func Uninstalls(p *flatpkg.Package) bool {
	return len(p.Components) == 1 && strings.HasSuffix(p.Components[0].Info.Identifier, uninstallerSuffix) && !p.Components[0].Has(flatpkg.Payload)
}

// Wanted is what is known of a package that is expected, besides what it says itself.
type Wanted struct {
	Program *io.SectionReader      // the daemon; nil for the package's own, of which only the form is checked then
	Choices *deployment.Deployment // the administrator's; nil for those that the package holds
	Logo    []byte                 // the content of the picture that the choices name
}

// Expect describes what this version of the program builds from the choices that a package holds: the same identifier,
// settings, interval, picture, version and date. So whatever is different in the package was put there by another
// version, or by somebody else.
func Expect(ctx context.Context, p *flatpkg.Package, w Wanted) (flatpkg.Component, error) {
	c, err := expect(ctx, p, w)
	if err != nil {
		return flatpkg.Component{}, fmt.Errorf("read choices of package: %w", err)
	}
	return c, nil
}

func expect(ctx context.Context, p *flatpkg.Package, w Wanted) (flatpkg.Component, error) {
	if len(p.Components) != 1 {
		return flatpkg.Component{}, fmt.Errorf("it %w: it holds %d components", ErrForeign, len(p.Components))
	}
	have := p.Components[0]
	o := Options{Version: have.Info.Version, Modified: p.Created}
	if Uninstalls(p) {
		identifier := strings.TrimSuffix(have.Info.Identifier, uninstallerSuffix)
		if w.Choices != nil {
			identifier = w.Choices.Identifier
		}
		return Uninstaller(identifier, o)
	}
	files, err := files(ctx, have, limits(have.Info.Identifier, w))
	if err != nil {
		return flatpkg.Component{}, err
	}
	script, err := have.Script(ctx, "postinstall")
	if err != nil {
		return flatpkg.Component{}, err
	}
	d, logo, err := choices(have.Info.Identifier, files)
	if err != nil {
		return flatpkg.Component{}, err
	}
	d.Package.ResetOnInstall = bytes.Contains(script, []byte(resets))
	if w.Choices != nil {
		d, logo = *w.Choices, w.Logo
	}
	if w.Program == nil {
		own := files[within(agent.BinaryPath)]
		w.Program = io.NewSectionReader(bytes.NewReader(own), 0, int64(len(own)))
	}
	o.Logo = logo
	return Content(d, w.Program, o)
}

// resets is in a postinstall script that forgets the deadline, and in no other.
const resets = `/bin/rm -f "$support/state.json"`

// limits are the files of a payload that are needed, and how large they can be in a package of ours, in bytes. There may
// be any others in a package of somebody else's, so those are never read into memory.
func limits(identifier string, w Wanted) map[string]int64 {
	const list, picture, program = 1 << 20, 16 << 20, 64 << 20
	most := map[string]int64{within(agent.BuildPath): list, within(agent.LaunchDaemonPath(identifier)): list}
	if w.Choices == nil {
		most[within(path.Join(agent.SupportFolder, logoPNG))] = picture
		most[within(path.Join(agent.SupportFolder, logoICNS))] = picture
	}
	if w.Program == nil {
		most[within(agent.BinaryPath)] = program
	}
	return most
}

// files reads those files of a payload that have a limit.
func files(ctx context.Context, c *flatpkg.Contents, limits map[string]int64) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := c.Walk(ctx, flatpkg.Payload, func(f flatpkg.File, r io.Reader) error {
		most, needed := limits[f.Path]
		if !needed || !f.Mode.IsRegular() {
			return nil
		}
		if f.Size > most {
			return fmt.Errorf("it %w: %s has %d bytes, and at most %d there", ErrForeign, f.Path, f.Size, most)
		}
		data := make([]byte, f.Size)
		_, err := io.ReadFull(r, data)
		files[f.Path] = data
		return err
	})
	return files, err
}

// choices are those that the files of a package tell.
func choices(identifier string, files map[string][]byte) (d deployment.Deployment, logo []byte, err error) {
	foreign := func(name string, err error) (deployment.Deployment, []byte, error) {
		return deployment.Deployment{}, nil, fmt.Errorf("it %w: %s: %w", ErrForeign, name, err)
	}
	values, err := plist.Decode(files[within(agent.BuildPath)])
	if err != nil {
		return foreign(agent.BuildPath, err)
	}
	job, err := plist.Decode(files[within(agent.LaunchDaemonPath(identifier))])
	if err != nil {
		return foreign(agent.LaunchDaemonPath(identifier), err)
	}
	delete(values, agent.IdentifierKey)
	seconds, _ := job["StartInterval"].(int64)
	d = deployment.Deployment{
		Identifier: identifier, Settings: values,
		Package: deployment.PackageOptions{StartInterval: time.Duration(seconds) * time.Second},
	}
	for _, name := range []string{logoPNG, logoICNS} {
		place := path.Join(agent.SupportFolder, name)
		if data, ok := files[within(place)]; ok {
			d.Logo, logo = name, data
			if values[settings.MessagingLogo] == place {
				delete(values, settings.MessagingLogo) // the package brings it along
			}
		}
	}
	return d, logo, nil
}
