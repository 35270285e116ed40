package rollout

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// Config is what a rollout needs.
type Config struct {
	Deployment  deployment.Deployment // with a section for Jamf Pro
	Server      string                // its address, for the state and for people
	Client      *jamf.Client
	State       *State
	Save        func(*State) error // keeps the state
	Package     *Package           // nil where none is at hand
	Uninstaller string             // the script that removes the program
	Tell        func(text string)  // told what is being done, a sentence at a time; nil for nobody
	Meter       func(name string, size int64) (progress func(sent, total int64), end func())
	Clock       jamf.Clock
	Patience    time.Duration // how long a package may take until Macs can fetch it
}

// Package is an installer package to distribute.
type Package struct {
	Version string
	Content io.ReaderAt
	Size    int64
	Hash    string   // SHA3-512, in hexadecimal
	Notes   []string // what of it a plan tells
}

// Rollout is one deployment on one server.
type Rollout struct {
	config     Config
	identifier string
	jamf       deployment.Jamf
	state      *State
	book       *book
}

// ErrNothing says that nothing is declared.
var ErrNothing = errors.New("the file has no section jamf")

// New prepares a rollout. It sends nothing.
func New(c Config) (*Rollout, error) {
	if c.Deployment.Jamf == nil {
		return nil, ErrNothing
	}
	identifier := c.Deployment.Identifier
	if identifier == "" {
		identifier = agent.Identifier
	}
	c.Server = strings.TrimRight(c.Server, "/")
	if err := c.State.bind(c.Server, identifier); err != nil {
		return nil, err
	}
	if c.Tell == nil {
		c.Tell = func(string) {}
	}
	if c.Meter == nil {
		c.Meter = func(string, int64) (func(int64, int64), func()) { return nil, func() {} }
	}
	return &Rollout{config: c, identifier: identifier, jamf: *c.Deployment.Jamf, state: c.State, book: newBook()}, nil
}

func (r *Rollout) tell(format string, args ...any) { r.config.Tell(fmt.Sprintf(format, args...)) }

// save keeps the state.
func (r *Rollout) save() error {
	if err := r.config.Save(r.state); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

func (r *Rollout) marker() string { return marker(r.identifier) }

// allGroups are the groups of all stages.
func (r *Rollout) allGroups() []string { return r.groupsUpTo(len(r.jamf.Stages) - 1) }

// groupsUpTo are the groups of the stages up to one, which the policy is for in that stage.
func (r *Rollout) groupsUpTo(stage int) []string {
	var names []string
	for i, s := range r.jamf.Stages {
		if i <= stage {
			names = append(names, s.Groups...)
		}
	}
	return names
}

// referred are the names of all groups that are named anywhere, each once.
func (r *Rollout) referred() []string {
	names := r.allGroups()
	for _, g := range r.jamf.Groups {
		names = append(names, g.Criteria.Groups()...)
	}
	if p := r.jamf.Profile; p != nil {
		names = slices.Concat(names, p.Groups, p.Exclusions)
	}
	if p := r.jamf.Policy; p != nil {
		names = append(names, p.Exclusions...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// declares tells whether a group is one of those that are made here.
func (r *Rollout) declares(group string) bool {
	if u := r.jamf.Uninstall; u != nil && u.Group == group {
		return true
	}
	return slices.ContainsFunc(r.jamf.Groups, func(g deployment.JamfGroup) bool { return g.Name == group })
}
