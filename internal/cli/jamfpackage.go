package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/release"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// openPackage opens the package that is to be distributed: the one that is named, or one of the name that the configuration
// says, here or beside it. Where there is none, what was distributed last is what counts.
func (o *jamfOptions) openPackage(d deployment.Deployment) (*rollout.Package, *os.File, error) {
	if d.Jamf.Policy == nil || o.command.Flags().Lookup("package") == nil {
		return nil, nil, nil
	}
	name := o.pkg
	if name == "" {
		usual := d.Jamf.Package.FileName(cmp.Or(d.Package.Version, release.Version()))
		for _, place := range []string{usual, filepath.Join(filepath.Dir(o.config), usual)} {
			if _, err := os.Stat(place); err == nil {
				name = place
				break
			}
		}
	}
	if name == "" {
		return nil, nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("read package: %w", err)
	}
	p, err := o.measurePackage(o.command.Context(), file, d)
	if err != nil {
		_ = file.Close() // it was only read
		return nil, nil, err
	}
	return p, file, nil
}

// measurePackage reads the version of a package, and refuses one that is damaged or not of this deployment.
func (o *jamfOptions) measurePackage(ctx context.Context, file *os.File, d deployment.Deployment) (*rollout.Package, error) {
	about, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	p, err := flatpkg.Open(file, about.Size())
	if err != nil {
		return nil, usagef("give one from install-or-defer pkg build", "read package: %s: %w", file.Name(), err)
	}
	trust := flatpkg.Trust{Now: now()}
	if p.Signature != nil && p.Signature.Timestamp != nil { // a signature with a time stamp outlives its certificate
		trust.Now = p.Signature.Timestamp.Time
	}
	if err := p.Verify(ctx, trust); err != nil {
		return nil, usagef("Macs would not install it; build it anew with install-or-defer pkg build", "%s: %w", file.Name(), err)
	}
	if len(p.Components) != 1 {
		return nil, usagef("give one from install-or-defer pkg build", "%s: holds %d components, not one", file.Name(), len(p.Components))
	}
	have, want := p.Components[0].Info, cmp.Or(d.Identifier, agent.Identifier)
	if have.Identifier != want {
		return nil, usagef("build one with install-or-defer pkg build --config", "%s: is of %s, and the configuration of %s", file.Name(), have.Identifier, want)
	}
	measured, err := rollout.NewPackage(have.Version, file, about.Size())
	if err != nil {
		return nil, err
	}
	if measured.Notes, err = o.choiceNotes(ctx, p, d); err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	return measured, nil
}

// uninstallScript is the script that removes the program, as Jamf Pro runs it: with a mount point, a computer and a user as
// its first parameters, none of which is the volume that installers name there.
func uninstallScript(identifier string) (string, error) {
	c, err := installer.Uninstaller(identifier, installer.Options{Version: release.Version(), Modified: time.Unix(0, 0)})
	if err != nil {
		return "", err
	}
	if len(c.Scripts) != 1 {
		return "", errors.New("the uninstaller has not one script")
	}
	text, err := entryContent(c.Scripts[0])
	if err != nil {
		return "", fmt.Errorf("read uninstaller: %w", err)
	}
	shebang, rest, _ := strings.Cut(string(text), "\n")
	return shebang + "\nset -- # the parameters of Jamf Pro are not those of an installer\n" + rest, nil
}
