//go:build linux

package installer_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

func TestUninstallingLeavesNothing(t *testing.T) {
	for _, identifier := range []string{agent.Identifier, own} {
		t.Run(identifier, func(t *testing.T) {
			t.Parallel()
			r := mac(t)
			r.write("/usr/local/bin/other", "")
			r.check(os.MkdirAll(r.path("/var/log"), 0o755))
			before := r.files()
			r.install(content(t, deployment.Deployment{Identifier: identifier, Logo: "l"}, png))
			r.write(agent.StatePath, state)
			r.list(macos.PreferencesPath(identifier), round())
			r.write(agent.LogPath, "lines\n")
			r.write("/var/standin/receipts/"+identifier, "")
			c := uninstaller(t, identifier)
			if len(c.Payload) > 0 || c.Identifier != identifier+".uninstaller" {
				t.Errorf("%+v", c)
			}
			c = packed(t, c)
			for range 2 { // the second time there is nothing to do
				if code, out := r.script(c, "postinstall", "/"); code != 0 || !strings.Contains(out, "install-or-defer: Removed.") {
					t.Fatalf("exit %d\n%s", code, out)
				}
				if diff := cmp.Diff(before, r.files()); diff != "" || len(r.jobs()) > 0 {
					t.Errorf("it leaves %q and\n%s", r.jobs(), diff)
				}
				r.gone("/var/standin/receipts/" + identifier)
			}
		})
	}
}

func TestUninstallingTakesFormerNamesAlong(t *testing.T) {
	t.Parallel()
	r := mac(t)
	r.install(content(t, deployment.Deployment{Identifier: own}, nil))
	r.list(macos.PreferencesPath(own), round())
	r.check(os.MkdirAll(r.path("/usr/local/bin"), 0o755))
	r.check(os.Remove(r.path(agent.LinkPath)))
	r.check(os.Symlink("/opt/other", r.path(agent.LinkPath)))
	if code, out := r.script(uninstaller(t, ""), "postinstall", "/"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	r.gone(agent.LaunchDaemonPath(own), macos.PreferencesPath(own), agent.SupportFolder)
	if len(r.jobs()) > 0 || !r.exists(agent.LinkPath) {
		t.Errorf("runs %q", r.jobs())
	}
}
