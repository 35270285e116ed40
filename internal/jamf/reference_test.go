package jamf

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// example reads a payload of the reference that this package was written from, which not everybody has.
func example(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "reference", "jamf-payloads", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the reference payload %s is not here", name)
	}
	ok(t, err)
	return data
}

// sameJSON compares two documents, whatever the order of their fields.
func sameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	var g, w any
	ok(t, json.Unmarshal(got, &g))
	ok(t, json.Unmarshal(want, &w))
	gotten, _ := json.Marshal(g)
	wanted, _ := json.Marshal(w)
	equal(t, string(gotten), string(wanted))
}

func TestReferencePayloadsAreWhatIsSent(t *testing.T) {
	c := &Client{}
	for _, row := range []struct {
		file string
		body func([]byte) ([]byte, error)
	}{
		{"category.json", roundTrip(c.Categories())},
		{"script.json", roundTrip(c.Scripts())},
		{"extension-attribute.json", roundTrip(c.ExtensionAttributes())},
		{"package.json", roundTrip(c.Packages())},
		{"smart-group-catalina-10.15.2.v3.json", roundTrip(c.SmartGroups())},
		{"smart-group-safari-13.0.4.v3.json", roundTrip(c.SmartGroups())},
		{"smart-group-secupd-2019-007.v3.json", roundTrip(c.SmartGroups())},
	} {
		t.Run(row.file, func(t *testing.T) {
			want := example(t, row.file)
			got, err := row.body(want)
			ok(t, err)
			// What is not in an example is said all the same, and empty.
			var sent, wanted map[string]any
			ok(t, json.Unmarshal(got, &sent))
			ok(t, json.Unmarshal(want, &wanted))
			for key, value := range sent {
				if _, given := wanted[key]; !given {
					equal[any](t, value, "")
					delete(sent, key)
				}
			}
			left, err := json.Marshal(sent)
			ok(t, err)
			sameJSON(t, left, want)
		})
	}
}

func roundTrip[T any](o Collection[T]) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) {
		object, err := o.decode(data)
		if err != nil {
			return nil, err
		}
		if err := o.kind.refuse(object); err != nil {
			return nil, err
		}
		return o.body(object)
	}
}

func TestReferencePoliciesAreWhatIsSent(t *testing.T) {
	for _, file := range []string{"policy.classic.xml", "policy-rollback-script.classic.xml"} {
		t.Run(file, func(t *testing.T) {
			e, err := parseXML(example(t, file), "policy")
			ok(t, err)
			p := readPolicy(e)
			ok(t, p.refuse())
			sent, err := branch("policy", p.whole()...).write()
			ok(t, err)
			back, err := parseXML(sent, "policy")
			ok(t, err)
			again := readPolicy(back)
			p.tree, again.tree = nil, nil
			for _, names := range []*Reference{&p.Category, &again.Category} {
				names.Name = "" // ids are what counts
			}
			equal(t, again, p)
		})
	}
}

func TestTheReferenceRoleHasWhatRequestsNeed(t *testing.T) {
	var role struct{ Privileges []string }
	ok(t, json.Unmarshal(example(t, "api-role.json"), &role))
	account := Account{Privileges: role.Privileges}
	var needed []string
	for _, method := range []string{"GET", "POST", "PUT"} {
		for _, path := range []string{"/categories", "/packages", "/scripts", "/computer-extension-attributes", "/smart-groups", "/static-groups", "/policies", "/osxconfigurationprofiles"} {
			needed = append(needed, privilege(method, path))
		}
	}
	needed = append(needed, privilege("GET", "/computers-inventory"), privilege("POST", "/cloud-distribution-point/refresh-inventory"))
	equal(t, account.Missing(needed), nil)
}
