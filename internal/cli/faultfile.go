package cli

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// faultFile is a tool of a scenario that misbehaves.
type faultFile struct {
	Tool  string `yaml:"tool"`
	Arg   string `yaml:"arg"`
	Kind  string `yaml:"kind"`
	Skip  int    `yaml:"skip"`
	Times int    `yaml:"times"`
}

// check tells which key of a fault would make it one that never happens.
func (f faultFile) check() (where string, err error) {
	var tools []string
	for _, tool := range macos.Tools() {
		tools = append(tools, path.Base(tool))
	}
	tools = slices.Compact(slices.Sorted(slices.Values(tools)))
	switch {
	case !slices.Contains(tools, f.Tool):
		return "tool", fmt.Errorf("%q is not one of %s", f.Tool, strings.Join(tools, ", "))
	case !slices.Contains(sim.FaultKinds(), f.Kind):
		return "kind", fmt.Errorf("%q is not one of %s", f.Kind, strings.Join(sim.FaultKinds(), ", "))
	case f.Skip < 0:
		return "skip", fmt.Errorf("%d is negative", f.Skip)
	case f.Times < 0:
		return "times", fmt.Errorf("%d is negative", f.Times)
	}
	return "", nil
}
