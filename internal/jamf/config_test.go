package jamf

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func testClock() Clock {
	return Clock{
		Now:   func() time.Time { return time.Unix(1_800_000_000, 0) },
		Sleep: func(context.Context, time.Duration) error { return nil },
		Rand:  func() float64 { return 0 },
	}
}

func TestAddressesOfServers(t *testing.T) {
	for _, row := range []struct{ name, url, want string }{
		{"the cloud", "https://acme.jamfcloud.com", "https://acme.jamfcloud.com"},
		{"a slash at the end goes", "https://acme.jamfcloud.com/", "https://acme.jamfcloud.com"},
		{"a port stays", "https://jamf.acme.example:8443", "https://jamf.acme.example:8443"},
		{"a path stays, since a server may be behind a gateway", "https://gw.example/pro/t%2F1/", "https://gw.example/pro/t%2F1"},
		{"space around it is a slip of the hand", " https://acme.jamfcloud.com\n", "https://acme.jamfcloud.com"},
		{"this computer may be spoken to unencrypted", "http://127.0.0.1:9006", "http://127.0.0.1:9006"},
		{"so may its other address", "http://[::1]:9006", "http://[::1]:9006"},
		{"so may its name", "http://localhost:9006", "http://localhost:9006"},
		{"no other may", "http://acme.jamfcloud.com", ""},
		{"a name that begins like this computer is another", "http://localhost.acme.example", ""},
		{"credentials do not belong in it", "https://ann:p4ssw0rd of ann@acme.jamfcloud.com", ""},
		{"a query is none of it", "https://acme.jamfcloud.com/?x=1", ""},
		{"a fragment is none of it", "https://acme.jamfcloud.com/#x", ""},
		{"a bare name is no address", "acme.jamfcloud.com", ""},
		{"another scheme is of no use", "ftp://acme.jamfcloud.com", ""},
		{"nothing is no address", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			u, err := baseURL(row.url)
			if row.want == "" {
				fails(t, err, "address of the server")
				return
			}
			ok(t, err)
			equal(t, u.String(), row.want)
		})
	}
}

func TestConfigsThatAreRefused(t *testing.T) {
	client, user := Credentials{ID: theID, Secret: theSecret}, Credentials{User: "ann", Password: thePassword}
	for _, row := range []struct {
		name   string
		config Config
		words  string
	}{
		{"without credentials nobody is let in", Config{Clock: testClock()}, "no credentials"},
		{"an API client has a secret", Config{Clock: testClock(), Credentials: Credentials{ID: theID}}, "no secret"},
		{"a user has a password", Config{Clock: testClock(), Credentials: Credentials{User: "ann"}}, "no password"},
		{"both at once is a mistake", Config{Clock: testClock(), Credentials: Credentials{theID, theSecret, "ann", thePassword}}, "both"},
		{"time comes from outside", Config{Credentials: client}, "clock"},
		{"a cookie has a name", Config{Clock: testClock(), Credentials: user, Cookie: "=x"}, "cookie"},
		{"a cookie is one", Config{Clock: testClock(), Credentials: user, Cookie: "a=b; c=d"}, "cookie"},
		{"a server has an address", Config{Clock: testClock(), Credentials: user}, "address"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := New(row.config)
			fails(t, err, "prepare jamf client: ", row.words)
		})
	}
}

func TestCredentialsPrintWithoutWhatOpensADoor(t *testing.T) {
	for _, c := range []Credentials{{ID: theID, Secret: theSecret}, {User: "ann", Password: thePassword}} {
		noSecrets(t, "credentials", fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c, c))
		noSecrets(t, "config", fmt.Sprintf("%v %+v", Config{Credentials: c}, Config{Credentials: c}))
	}
}
