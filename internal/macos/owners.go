package macos

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Owners tells who owns the volume that macOS is on. On a Mac with Apple silicon only an owner's password, or a token
// that the management holds, lets macOS be updated.
type Owners struct{ Host Host }

// Ownership is what diskutil(8) says about the users of the volume's encryption.
type Ownership struct {
	People []string // ids of accounts that own the volume, as in "2DB09770-999B-43FB-99AF-2B878E4FE971"
	Told   bool     // it says of somebody whether they are an owner; macOS on Intel does not, and needs none
	Token  bool     // the management has left a bootstrap token
}

// List asks diskutil(8). It may have to wait for a disk, so it is given a minute.
func (o Owners) List(ctx context.Context) (Ownership, error) {
	out, err := o.Host.Runner.Run(ctx, Command{
		Path: diskutilPath, Args: []string{"apfs", "listUsers", rootVolume}, Timeout: time.Minute,
	})
	if err != nil {
		return Ownership{}, fmt.Errorf("list volume owners: %w", err)
	}
	ownership, ok := parseOwners(out.Text())
	if !ok {
		return Ownership{}, fmt.Errorf("list volume owners: %w", out.failure(diskutilPath))
	}
	return ownership, nil
}

// Include tells whether a person owns the volume. The id of their account, which dscl(1) knows, leads to the answer.
func (o Owners) Include(ctx context.Context, person Person) (bool, error) {
	if person.Nobody() || strings.ContainsAny(person.Name, "/\x00") {
		return false, fmt.Errorf("find volume owner: %w", errNobody)
	}
	ownership, err := o.List(ctx)
	if err != nil || len(ownership.People) == 0 {
		return false, err
	}
	out, err := o.Host.Runner.Run(ctx, Command{
		Path: dsclPath, Args: []string{".", "-read", "/Users/" + person.Name, "GeneratedUID"}, Timeout: shortly,
	})
	if err != nil {
		return false, fmt.Errorf("find volume owner: %w", err)
	}
	id, found := strings.CutPrefix(firstLine(out.Stdout), "GeneratedUID: ")
	if !found {
		return false, fmt.Errorf("find volume owner: %w", out.failure(dsclPath))
	}
	return slices.ContainsFunc(ownership.People, func(one string) bool { return strings.EqualFold(one, id) }), nil
}

// parseOwners reads what `diskutil apfs listUsers /` prints, as captured from macOS 10.13 to 26: a tree whose entries are
// an id, "+-- 2DB09770-…", and under it "Type: Local Open Directory User" and, on Apple silicon, "Volume Owner: Yes". Users
// for recovery are owners too, and nobody who could type a password; so is the token, which only macOS itself uses.
func parseOwners(text string) (o Ownership, ok bool) {
	id, person := "", false
	for line := range strings.Lines(text) {
		body := strings.TrimLeft(strings.TrimSpace(line), "| ")
		key, value, _ := strings.Cut(body, ": ")
		entry, begins := strings.CutPrefix(body, "+-- ")
		switch {
		case strings.HasPrefix(body, "Cryptographic user"), strings.HasPrefix(body, "No cryptographic users"):
			ok = true
		case begins:
			id, person = entry, false
		case key == "Type":
			person = value == "Local Open Directory User"
			o.Token = o.Token || strings.HasPrefix(value, "MDM Bootstrap Token")
		case key == "Volume Owner":
			o.Told = true
			if person && value == "Yes" && id != "" {
				o.People = append(o.People, id)
			}
		}
	}
	if !ok {
		return Ownership{}, false
	}
	return o, true
}
