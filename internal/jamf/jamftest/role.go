package jamftest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Roles and the API clients that hold them can be made over the API, too. The options make clients without roles.

// role is an API role, in Jamf's words.
type role struct {
	ID          string   `json:"id"`
	DisplayName string   `json:"displayName"`
	Privileges  []string `json:"privileges"`
}

// integration is an API client, in Jamf's words. Its scopes are the names of roles.
type integration struct {
	AuthorizationScopes        []string `json:"authorizationScopes"`
	DisplayName                string   `json:"displayName"`
	Enabled                    bool     `json:"enabled"`
	AccessTokenLifetimeSeconds int      `json:"accessTokenLifetimeSeconds"`

	client, secret string // once they have been made
}

func roles() *shelf[role] {
	show := func(_ *call, id int, t role) any {
		t.ID = strconv.Itoa(id)
		return t
	}
	return &shelf[role]{
		path: "/api/v1/api-roles", fields: []string{"id", "displayName"}, order: "id:asc", required: []string{"displayName", "privileges"},
		named: "displayName", name: func(t role) string { return t.DisplayName }, updated: http.StatusOK, show: show, row: show,
		// The only POST that answers 200, and with the object.
		made: func(c *call, id int, t role) answer { return object(http.StatusOK, show(c, id, t)) },
		check: func(c *call, _ int, t *role) *answer {
			for _, name := range t.Privileges {
				if !slices.Contains(c.privileges(), name) {
					return invalid("privileges", "no privilege is called "+name)
				}
			}
			return nil
		},
		gone: func(c *call, _ int, t role) *answer {
			for _, client := range c.integrations.all(c.truth()) {
				if slices.Contains(client.AuthorizationScopes, t.DisplayName) {
					return refuse(http.StatusConflict, cause{Code: "HAS_DEPENDENCIES", Description: "used by " + client.DisplayName})
				}
			}
			return nil
		},
	}
}

func integrations() *shelf[integration] {
	show := func(_ *call, id int, t integration) any {
		kind := "NONE"
		if t.client != "" {
			kind = "CLIENT_CREDENTIALS"
		}
		return struct {
			ID int `json:"id"` // a number, as nowhere else in the Pro API
			integration
			AppType  string `json:"appType"`
			ClientID string `json:"clientId"`
		}{id, t, kind, t.client}
	}
	return &shelf[integration]{
		path: "/api/v1/api-integrations", fields: []string{"id", "displayName"}, order: "id:asc",
		required: []string{"displayName", "authorizationScopes"}, named: "displayName",
		name: func(t integration) string { return t.DisplayName }, updated: http.StatusOK, show: show, row: show,
		made: func(c *call, id int, t integration) answer { return object(http.StatusCreated, show(c, id, t)) },
		check: func(c *call, id int, t *integration) *answer {
			old, _ := c.integrations.get(c.truth(), id)
			t.client, t.secret = old.client, old.secret
			for _, name := range t.AuthorizationScopes {
				if _, _, ok := c.roles.find(c.view, func(r role) bool { return r.DisplayName == name }); !ok {
					return invalid("authorizationScopes", "no role is called "+name)
				}
			}
			return nil
		},
	}
}

// makeCredentials gives a client a new secret. The old one is no good any more.
func (c *call) makeCredentials() answer {
	t, ok := c.integrations.get(c.view, c.id())
	if !ok {
		return missing(c.r.PathValue("id"))
	}
	if t.client == "" {
		t.client = c.uuid()
	}
	t.secret = strings.ReplaceAll(c.uuid()+c.uuid(), "-", "")
	c.integrations.put(c.view, c.id(), t)
	return object(http.StatusOK, map[string]string{"clientId": t.client, "clientSecret": t.secret})
}

// clients are those of the options, and those that were made since.
func (s *Server) clients() []Client {
	list := slices.Clone(s.options.Clients)
	for _, t := range s.integrations.all(s.truth()) {
		if t.client == "" || !t.Enabled {
			continue
		}
		held := []string{}
		for _, r := range s.roles.all(s.truth()) {
			if slices.Contains(t.AuthorizationScopes, r.DisplayName) {
				held = append(held, r.Privileges...)
			}
		}
		list = append(list, Client{t.client, t.secret, held, time.Duration(t.AccessTokenLifetimeSeconds) * time.Second})
	}
	return list
}
