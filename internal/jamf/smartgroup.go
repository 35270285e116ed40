package jamf

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// SmartGroup are the computers that meet its criteria.
type SmartGroup struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	SiteID      string      `json:"siteId"`          // "-1" for none
	Criteria    []Criterion `json:"criteria"`        // nil in a list
	Count       int         `json:"membershipCount"` // of members; in a list only
	raw         document
}

// SmartGroups are those of the server, of computers.
func (c *Client) SmartGroups() Collection[SmartGroup] {
	return Collection[SmartGroup]{client: c, kind: kind[SmartGroup]{
		noun: "smart group", family: groupPaths, path: "smart-groups", nameKey: "name", partial: true,
		readOnly: []string{"membershipCount"},
		parts:    func(v *SmartGroup) parts { return parts{&v.ID, &v.Name, &v.raw} },
		refuse: func(v SmartGroup) error {
			if err := refuseCriteria(v.Criteria); err != nil {
				return err
			}
			return refuseName(v.Name)
		},
		finish: finishGroup,
	}}
}

// finishGroup says what the server needs said: no site, and empty lists instead of none.
func finishGroup(d document) {
	if site := string(d["siteId"]); site == `""` || site == "" {
		d["siteId"] = json.RawMessage(`"-1"`)
	}
	for _, list := range []string{"criteria", "assignments"} {
		if string(d[list]) == "null" {
			d[list] = json.RawMessage("[]")
		}
	}
}

// SmartGroupMembers are the ids of the computers that were in a group when the server last looked.
func (c *Client) SmartGroupMembers(ctx context.Context, id string) ([]string, error) {
	members, err := c.smartGroupMembers(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("list members of smart group %s: %w", oneLine(id), err)
	}
	return members, nil
}

func (c *Client) smartGroupMembers(ctx context.Context, id string) ([]string, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	v, err := c.version(ctx)
	if err != nil {
		return nil, err
	}
	sent := call{method: http.MethodGet, path: c.families.pick(groupPaths, v) + "smart-group-membership/" + id}
	got, err := c.do(ctx, sent)
	if err != nil {
		return nil, err
	}
	var said struct{ Members []text }
	if err := fromJSON(sent, got, &said); err != nil {
		return nil, err
	}
	members := make([]string, 0, len(said.Members))
	for _, m := range said.Members {
		members = append(members, string(m))
	}
	return members, nil
}

// RecalculateSmartGroup makes the server look who is in a group, and returns how many are.
func (c *Client) RecalculateSmartGroup(ctx context.Context, id string) (int, error) {
	count, err := c.recalculate(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("recalculate smart group %s: %w", oneLine(id), err)
	}
	return count, nil
}

func (c *Client) recalculate(ctx context.Context, id string) (int, error) {
	if err := checkID(id); err != nil {
		return 0, err
	}
	sent := call{method: http.MethodPost, path: proRoot + "v1/smart-computer-groups/" + id + "/recalculate"}
	got, err := c.do(ctx, sent)
	if err != nil {
		return 0, err
	}
	var said struct{ Count text }
	if err := fromJSON(sent, got, &said); err != nil {
		return 0, err
	}
	count, err := strconv.Atoi(string(said.Count))
	if err != nil || count < 0 {
		return 0, fmt.Errorf("POST %s: %w: it does not say how many", sent.path, ErrMalformed)
	}
	return count, nil
}
