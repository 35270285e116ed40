package installer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/universal"
)

// MinimumMacOS is the oldest macOS that the package installs on, which is that of programs made by Go 1.26.
const MinimumMacOS = "12.0"

// ErrIdentifier says that a text cannot name a preference domain, a LaunchDaemon and a receipt.
var ErrIdentifier = errors.New("is not an identifier such as com.example.updates")

// Options are what a package needs besides what the administrator chose.
type Options struct {
	Version  string    // of the package, unless the deployment names one
	Modified time.Time // of everything in the package
	Logo     []byte    // the content of the picture that the deployment names; there has to be one then
}

// Content describes the package that installs: the daemon, what the administrator chose, the picture, and the job that
// starts it. The identifier is the name of the job and its file, of the preference domain and of the receipt.
func Content(d deployment.Deployment, daemon *io.SectionReader, o Options) (flatpkg.Component, error) {
	c, err := component(d.Identifier, o)
	if err != nil {
		return flatpkg.Component{}, err
	}
	if d.Package.Version != "" {
		c.Version = d.Package.Version
	}
	if _, err := universal.Check(daemon); err != nil {
		return flatpkg.Component{}, fmt.Errorf("describe package: daemon: %w", err)
	}
	logo, err := logoName(d, o.Logo)
	if err != nil {
		return flatpkg.Component{}, fmt.Errorf("describe package: %w", err)
	}
	chosen, err := chosen(d, c.Identifier, logo)
	if err != nil {
		return flatpkg.Component{}, fmt.Errorf("describe package: settings: %w", err)
	}
	job, err := job(c.Identifier, d.Package.StartInterval)
	if err != nil {
		return flatpkg.Component{}, fmt.Errorf("describe package: LaunchDaemon: %w", err)
	}
	c.Payload = append(
		folders(),
		flatpkg.Entry{
			Path: within(agent.BinaryPath), Mode: 0o755, Size: daemon.Size(),
			Open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.NewSectionReader(daemon, 0, daemon.Size())), nil
			},
		},
		file(agent.BuildPath, chosen),
		file(agent.LaunchDaemonPath(c.Identifier), job),
	)
	if logo != "" {
		c.Payload = append(c.Payload, file(path.Join(agent.SupportFolder, logo), o.Logo))
	}
	s := script{Identifier: c.Identifier, Logo: logo, Reset: d.Package.ResetOnInstall}
	c.Scripts, err = scripts(s, "preinstall", "postinstall")
	return c, err
}

// Uninstaller describes a package that installs nothing and removes everything: the job, the files, the preferences, the
// log and the receipt. An empty identifier is the program's own.
func Uninstaller(identifier string, o Options) (flatpkg.Component, error) {
	c, err := component(identifier, o)
	if err != nil {
		return flatpkg.Component{}, err
	}
	s := script{Identifier: c.Identifier}
	c.Identifier += uninstallerSuffix
	c.Scripts, err = scripts(s, "uninstall")
	return c, err
}

func component(identifier string, o Options) (flatpkg.Component, error) {
	if identifier == "" {
		identifier = agent.Identifier
	}
	if !settings.ValidIdentifier(identifier) {
		return flatpkg.Component{}, fmt.Errorf("describe package: %.200q %w", identifier, ErrIdentifier)
	}
	return flatpkg.Component{
		Identifier: identifier, Version: o.Version, InstallLocation: "/", MinOSVersion: MinimumMacOS, Modified: o.Modified,
	}, nil
}

// within is a path as the payload of a package for / has it.
func within(name string) string { return strings.TrimPrefix(name, "/") }

func file(name string, data []byte) flatpkg.Entry {
	return flatpkg.Entry{Path: within(name), Mode: 0o644, Size: int64(len(data)), Open: flatpkg.Content(data)}
}

// folders are those that lead to the files. An installer sets the owners and modes of folders, also of those that are
// there already, so they are what macOS has itself: Application Support is the group admin's, though not to write.
func folders() []flatpkg.Entry {
	const admin = 80
	folder := func(name string, group int) flatpkg.Entry {
		return flatpkg.Entry{Path: within(name), Mode: fs.ModeDir | 0o755, GID: group}
	}
	return []flatpkg.Entry{
		folder("/Library", 0),
		folder(path.Dir(agent.SupportFolder), admin),
		folder(agent.SupportFolder, 0),
		folder(path.Dir(agent.LaunchDaemonPath(agent.Identifier)), 0),
	}
}

// chosen is what the daemon reads: the identifier and the settings, for which a profile is not needed then.
func chosen(d deployment.Deployment, identifier, logo string) ([]byte, error) {
	values := d.Values()
	values[agent.IdentifierKey] = identifier
	if logo != "" {
		values[settings.MessagingLogo] = path.Join(agent.SupportFolder, logo)
	}
	return plist.Encode(values)
}

// job is the LaunchDaemon: a turn at once, and then one at every interval.
//
// What is not there is left out on purpose. KeepAlive would start turn after turn. AbandonProcessGroup would spare what
// is left in the daemon's process group when it ends; the daemon runs each tool in a group of its own and ends those
// itself, so nothing that is to stay is ever in its own. A ProcessType of Background would put turns off for hours on
// battery; without any, launchd takes the job for an ordinary one.
func job(identifier string, interval time.Duration) ([]byte, error) {
	if interval == 0 {
		interval = agent.Interval
	}
	seconds := int64(interval / time.Second)
	if seconds < 1 {
		return nil, fmt.Errorf("an interval of %s is shorter than a second", interval)
	}
	return plist.Encode(map[string]any{
		"Label":            identifier,
		"ProgramArguments": []any{agent.BinaryPath, "run"},
		"RunAtLoad":        true,
		"StartInterval":    seconds,
	})
}
