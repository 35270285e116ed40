package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamflocal"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// jamfServer starts a Jamf Pro server whose clock moves only when somebody moves it, and returns its address.
func jamfServer(server *jamftest.Server) (url string, stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	address, ended := make(chan string, 1), make(chan struct{})
	still := time.Unix(0, 0)
	go func() {
		defer close(ended)
		err = jamflocal.Serve(ctx, server, jamflocal.Options{
			Address: "127.0.0.1:0", Speed: 1, Now: func() time.Time { return still },
			Sleep: func(ctx context.Context, _ time.Duration) error {
				<-ctx.Done()
				return ctx.Err()
			},
			Ready: func(url string) error {
				address <- url
				return nil
			},
		})
	}()
	select {
	case url = <-address:
		return url, func() {
			cancel()
			<-ended
		}, nil
	case <-ended:
		cancel()
		return "", nil, err
	}
}

// emptyPackage is a package of this program that has nothing in it but a name and a version.
func emptyPackage(version string) ([]byte, error) {
	var b bytes.Buffer
	c := flatpkg.Component{
		Identifier: agent.Identifier, Version: version, InstallLocation: "/", Modified: time.Unix(1700000000, 0),
		Payload: []flatpkg.Entry{{Path: "etc", Mode: os.ModeDir | 0o755}},
	}
	err := flatpkg.WriteProduct(context.Background(), &b, installer.Product(c), flatpkg.Options{})
	return b.Bytes(), err
}

// TestJamfScripts plays the scripts that speak with a Jamf Pro server, each with one of its own: JAMF_URL names it, and
// READER and READER_SECRET are those of an API client that may only read.
func TestJamfScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "jamf"), UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			server := jamftest.New(jamftest.Options{
				Nodes: 1, Off: []jamftest.Behaviour{jamftest.Transfer}, Start: time.Now().UTC().Truncate(time.Second),
				Clients: []jamftest.Client{
					{ID: jamftest.ClientID, Secret: jamftest.ClientSecret, Lifetime: 1000 * time.Hour},
					{ID: "reader", Secret: "reader-secret", Lifetime: 1000 * time.Hour, Privileges: []string{"Read Policies", "Read Computers", "Update Policies"}},
				},
				Users: []jamftest.User{{Name: "ann", Password: "ann-secret"}},
				Evaluate: func(m *jamftest.Mac, a jamftest.Attribute) string {
					status := strings.Split(m.Username, " ")[0]
					return map[bool]string{true: status}[strings.HasSuffix(a.Name, "Status")]
				},
				Macs: scriptMacs(),
			})
			url, stop, err := jamfServer(server)
			if err != nil {
				return err
			}
			env.Defer(stop)
			env.Setenv("JAMF_URL", url)
			env.Setenv("JAMF_CLIENT_ID", jamftest.ClientID)
			env.Setenv("JAMF_CLIENT_SECRET", jamftest.ClientSecret)
			for _, version := range []string{"1.0.0", "2.0.0"} {
				data, err := emptyPackage(version)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, fmt.Sprintf("install-or-defer-%s.pkg", version)), data, 0o600); err != nil {
					return err
				}
				data[bytes.Index(data, []byte{0x1f, 0x8b})+12] ^= 1 // in the Payload, which is made by gzip
				if err := os.WriteFile(filepath.Join(env.WorkDir, fmt.Sprintf("damaged-%s.pkg", version)), data, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// scriptMacs are four Macs, whose people are called what the Macs report.
func scriptMacs() (macs []jamftest.Mac) {
	for i, status := range []string{"Deferred", "Failed", "Compliant", "Enforcing"} {
		version := map[bool]string{true: "15.7.1", false: "15.6"}[status == "Compliant"]
		macs = append(macs, jamftest.Mac{
			Serial: fmt.Sprintf("TEST%d", i+1), Username: status, Version: version, Managed: true, Supervised: true, BootstrapToken: true,
		})
	}
	return macs
}
