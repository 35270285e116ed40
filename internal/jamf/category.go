package jamf

import "fmt"

// Category sorts objects in Jamf's lists and in Self Service.
type Category struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Priority int    `json:"priority"` // 1 to 20, of its place in Self Service; Jamf's own default is 9
	raw      document
}

// Categories are those of the server.
func (c *Client) Categories() Collection[Category] {
	return Collection[Category]{client: c, kind: kind[Category]{
		noun: "category", path: proRoot + "v1/categories", nameKey: "name",
		parts: func(v *Category) parts { return parts{&v.ID, &v.Name, &v.raw} },
		refuse: func(v Category) error {
			if v.Priority < 1 || v.Priority > 20 {
				return fmt.Errorf("%w: priority %d is not from 1 to 20", ErrRefused, v.Priority)
			}
			return refuseName(v.Name)
		},
	}}
}

// refuseName refuses names that the server changes, or that cannot be found again.
func refuseName(name string) error {
	const longest = 255
	switch {
	case name == "":
		return fmt.Errorf("%w: it has no name", ErrRefused)
	case len([]rune(name)) > longest:
		return fmt.Errorf("%w: its name is longer than %d characters", ErrRefused, longest)
	case name != oneLineKept(name):
		return fmt.Errorf("%w: its name %q begins or ends with a space, or holds control characters", ErrRefused, oneLine(name))
	}
	return nil
}

// refuseWord refuses a word that is not in a list. The Classic API takes any, and stores another.
func refuseWord[W ~string](what string, word W, known []W) error {
	for _, k := range known {
		if word == k {
			return nil
		}
	}
	return fmt.Errorf("%w: %s %q is not one of %q", ErrRefused, what, oneLine(string(word)), known)
}
