package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Management is how a Mac is managed. The zero Management is all that an organization could want: by a server, supervised,
// with a bootstrap token that the server has.
type Management struct {
	None         bool // not managed
	Unsupervised bool
	Unescrowed   bool // the server could have a bootstrap token, and has none
	Tokenless    bool // the server knows nothing of bootstrap tokens
}

func (g Management) escrows() bool { return !g.None && !g.Unescrowed && !g.Tokenless }

// enforces tells whether declarations of the server are obeyed.
func (g Management) enforces() bool { return !g.None && !g.Unsupervised }

// profiles tells of the enrollment and of the bootstrap token.
func (m *Mac) profiles(c macos.Command) macos.Output {
	g := m.scenario.Management
	switch {
	case !slices.Contains(c.Args, "bootstraptoken") && g.None:
		return macos.Output{Stdout: "Enrolled via DEP: No\nMDM enrollment: No\n"}
	case !slices.Contains(c.Args, "bootstraptoken"):
		return macos.Output{Stdout: "Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\nMDM server: https://mdm.example.com/mdm\n"}
	case g.None || g.Tokenless:
		return macos.Output{Stdout: "Bootstrap Token functionality is not supported on the server.\n"}
	default:
		has := map[bool]string{true: "YES", false: "NO"}[g.escrows()]
		return macos.Output{Stdout: "profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: " + has + "\n"}
	}
}

// mdmclient is what `mdmclient QueryDeviceInformation` prints, a small part of it. Before macOS 10.15 it does not tell of
// supervision.
func (m *Mac) mdmclient(c macos.Command) macos.Output {
	if m.pass(8*time.Second, limitsOf(c)) {
		return macos.Output{TimedOut: true, Code: -1}
	}
	supervised := ""
	if modern(m.version) {
		supervised = fmt.Sprintf("\t\tIsSupervised = %d;\n", map[bool]int{true: 1, false: 0}[m.scenario.Management.enforces()])
	}
	return macos.Output{Stdout: "Daemon response: {\n\tQueryResponses =\t {\n\t\tAwaitingConfiguration = 0;\n\t\tBuildVersion = " + m.build + ";\n" +
		"\t\tDeviceName = \"A Mac\";\n" + supervised + "\t\tMDMOptions =\t\t {\n\t\t\tActivationLockAllowedWhileSupervised = 1;\n\t\t};\n" +
		"\t\tOSVersion = \"" + m.version + "\";\n\t};\n}\nAgent response: (null)\n"}
}
