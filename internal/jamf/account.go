package jamf

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// Account is what the server says of who a client is signed in as.
type Account struct {
	Name           string
	Authentication string // such as JSS or CLIENT_CREDENTIALS
	AccessLevel    string // FullAccess, SiteAccess, GroupBasedAccess
	PrivilegeSet   string // ADMINISTRATOR, AUDITOR, ENROLLMENT, CUSTOM
	Privileges     []string
	Sites          []Reference
}

// Account asks who a client is signed in as, and what that account may do.
func (c *Client) Account(ctx context.Context) (Account, error) {
	sent := call{method: http.MethodGet, path: proRoot + "v1/auth"}
	got, err := c.do(ctx, sent)
	var account Account
	if err == nil {
		account, err = readAccount(sent, got)
	}
	if err != nil {
		return Account{}, fmt.Errorf("read account: %w", err)
	}
	return account, nil
}

// Missing are those of some privileges that the account does not have. An administrator with full access, of whom the
// server lists none, has all.
func (a Account) Missing(wanted []string) []string {
	if len(a.Privileges) == 0 && a.PrivilegeSet == "ADMINISTRATOR" && a.AccessLevel == "FullAccess" {
		return nil
	}
	var missing []string
	for _, p := range wanted {
		if !slices.Contains(a.Privileges, p) {
			missing = append(missing, p)
		}
	}
	return missing
}

// readAccount reads an account. Privileges are in several places, by account and site or by group, and some servers
// write a single one as a string.
func readAccount(sent call, got answer) (Account, error) {
	var said struct {
		Account struct {
			Username          text
			AccessLevel       text
			PrivilegeSet      text
			Privileges        words
			AccountPrivileges words
			PrivilegesBySite  map[string]words
		}
		AccountPrivileges words
		AccountGroups     []struct {
			Privileges words
		}
		Sites              []struct{ ID, Name text }
		AuthenticationType text
	}
	if err := fromJSON(sent, got, &said); err != nil {
		return Account{}, err
	}
	all := slices.Concat(said.Account.Privileges, said.Account.AccountPrivileges, said.AccountPrivileges)
	for _, site := range said.Account.PrivilegesBySite {
		all = append(all, site...)
	}
	for _, group := range said.AccountGroups {
		all = append(all, group.Privileges...)
	}
	slices.Sort(all)
	a := Account{
		Name: string(said.Account.Username), Authentication: string(said.AuthenticationType),
		AccessLevel: string(said.Account.AccessLevel), PrivilegeSet: string(said.Account.PrivilegeSet),
		Privileges: slices.Compact(all),
	}
	for _, s := range said.Sites {
		a.Sites = append(a.Sites, Reference{ID: string(s.ID), Name: string(s.Name)})
	}
	return a, nil
}

// words reads a list of strings, a single string, or nothing.
type words []string

// UnmarshalJSON implements json.Unmarshaler.
func (w *words) UnmarshalJSON(data []byte) error {
	var many []text
	if json.Unmarshal(data, &many) != nil {
		var one text
		if err := one.UnmarshalJSON(data); err != nil {
			return err
		}
		many = []text{one}
	}
	*w = nil
	for _, t := range many {
		if t != "" {
			*w = append(*w, string(t))
		}
	}
	return nil
}
