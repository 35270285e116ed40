package macos

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	annsID     = "2DB09770-999B-43FB-99AF-2B878E4FE971"
	recoveryID = "EBC6C064-0000-11AA-AA11-00306543ECAC"
)

func TestCapturedOwners(t *testing.T) {
	for _, file := range corpusFiles(t, "diskutil-apfs-listusers") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					Users []struct {
						UUID, Type string
						Owner      *bool `json:"volume_owner"`
					}
				}
			}
			got, ok := parseOwners(readCorpus(t, file, &want))
			var expected Ownership
			for _, u := range want.Expected.Users {
				expected.Told = expected.Told || u.Owner != nil
				expected.Token = expected.Token || strings.Contains(u.Type, "Bootstrap Token")
				if u.Type == "Local Open Directory User" && u.Owner != nil && *u.Owner {
					expected.People = append(expected.People, u.UUID)
				}
			}
			if diff := cmp.Diff(expected, got); diff != "" || !ok {
				t.Errorf("%t: %s", ok, diff)
			}
		})
	}
}

func TestParseOwners(t *testing.T) {
	user := func(id, kind, owner string) string {
		entry := "|\n+-- " + id + "\n|   Type: " + kind + "\n"
		if owner != "" {
			entry += "|   Volume Owner: " + owner + "\n"
		}
		return entry
	}
	const head, local = "Cryptographic users for disk3s1s1 (2 found)\n", "Local Open Directory User"
	for _, row := range []struct {
		name, text string
		want       Ownership
		ok         bool
	}{
		{"a person owns the volume", head + user(annsID, local, "Yes"), Ownership{People: []string{annsID}, Told: true}, true},
		{"a person does not", head + user(annsID, local, "No"), Ownership{Told: true}, true},
		{"two do", head + user("A", local, "Yes") + user("B", local, "Yes"), Ownership{People: []string{"A", "B"}, Told: true}, true},
		{"a recovery key is no person", head + user(recoveryID, "Personal Recovery User", "Yes"), Ownership{Told: true}, true},
		{"nor is what follows a person without a word on the owner", head + user("A", local, "") + user(recoveryID, "Personal Recovery User", "Yes"), Ownership{Told: true}, true},
		{"Intel's macOS does not tell", head + user("A", local, ""), Ownership{}, true},
		{"a token of the management", head + user("A", "MDM Bootstrap Token External Key", "Yes"), Ownership{Told: true, Token: true}, true},
		{"one user is one", "Cryptographic user for disk3s1s1 (1 found)\n" + user(annsID, local, "Yes"), Ownership{People: []string{annsID}, Told: true}, true},
		{"nobody", "No cryptographic users for disk1s1\n", Ownership{}, true},
		{"line ends of a terminal", strings.ReplaceAll(head+user(annsID, local, "Yes"), "\n", "\r\n"), Ownership{People: []string{annsID}, Told: true}, true},
		{"an error", "Could not find disk: /\n", Ownership{}, false},
		{"nothing", "", Ownership{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, ok := parseOwners(row.text)
			if diff := cmp.Diff(row.want, got); diff != "" || ok != row.ok {
				t.Errorf("%t: %s", ok, diff)
			}
		})
	}
}

func TestWhetherAPersonOwnsTheVolume(t *testing.T) {
	owned := Output{Stdout: "Cryptographic users for disk3s1s1 (1 found)\n|\n+-- " + annsID + "\n    Type: Local Open Directory User\n    Volume Owner: Yes\n"}
	ann := Person{"ann lee", 501}
	for _, row := range []struct {
		name string
		who  Person
		out  map[string]Output
		want bool
		err  string
	}{
		{"they do", ann, map[string]Output{"diskutil": owned, "dscl": {Stdout: "GeneratedUID: " + annsID + "\n"}}, true, ""},
		{"whatever the case of the id", ann, map[string]Output{"diskutil": owned, "dscl": {Stdout: "GeneratedUID: " + strings.ToLower(annsID) + "\n"}}, true, ""},
		{"another does", ann, map[string]Output{"diskutil": owned, "dscl": {Stdout: "GeneratedUID: " + recoveryID + "\n"}}, false, ""},
		{"nobody does, so the id is not asked for", ann, map[string]Output{"diskutil": {Stdout: "No cryptographic users for disk1s1\n"}}, false, ""},
		{"nobody is there", Person{}, nil, false, "find volume owner: nobody is known to be logged in"},
		{"a name that is a path", Person{"../x", 501}, nil, false, "find volume owner: nobody is known to be logged in"},
		{"the account is not known", ann, map[string]Output{"diskutil": owned, "dscl": {Code: 56, Stderr: "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n"}}, false, "find volume owner: dscl: exit status 56: <dscl_cmd> DS Error: -14136 (eDSRecordNotFound)"},
		{"dscl is missing", ann, map[string]Output{"diskutil": owned}, false, "find volume owner: /usr/bin/dscl: not found"},
		{"diskutil hangs", ann, map[string]Output{"diskutil": {TimedOut: true, Code: -1, Awake: time.Minute}}, false, "list volume owners: diskutil: timed out after 1m0s"},
		{"diskutil is missing", ann, nil, false, "list volume owners: /usr/sbin/diskutil: not found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Owners{Host: Host{Runner: &answers{out: row.out}}}.Include(t.Context(), row.who)
			if got != row.want || errorText(err) != row.err {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
	r := &answers{out: map[string]Output{"diskutil": owned, "dscl": {Stdout: "GeneratedUID: " + annsID + "\n"}}}
	if _, err := (Owners{Host: Host{Runner: r}}).Include(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	want := []Command{
		{Path: "/usr/sbin/diskutil", Args: []string{"apfs", "listUsers", "/"}, Timeout: time.Minute},
		{Path: "/usr/bin/dscl", Args: []string{".", "-read", "/Users/ann lee", "GeneratedUID"}, Timeout: shortly},
	}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseOwners(f *testing.F) {
	f.Add("Cryptographic users for disk3s1s1 (1 found)\n|\n+-- " + annsID + "\n    Type: Local Open Directory User\n    Volume Owner: Yes\n")
	f.Add("No cryptographic users for disk1s1\n")
	f.Fuzz(func(t *testing.T, text string) {
		o, ok := parseOwners(text)
		if !ok && (o.Told || o.Token || o.People != nil) || len(o.People) > 0 && !o.Told {
			t.Errorf("%q: %+v, %t", text, o, ok)
		}
		if len(o.People) > strings.Count(text, "Volume Owner: Yes") || slices.Contains(o.People, "") {
			t.Errorf("%q: %q", text, o.People)
		}
	})
}
