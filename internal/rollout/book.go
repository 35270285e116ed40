package rollout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// book knows which number on the server is which name. Declarations know names, requests need numbers, and answers have
// both, of which the name may be a thing of yesterday.
type book struct {
	ids   map[key]string
	names map[string]string // by kind and number
}

func newBook() *book { return &book{ids: map[key]string{}, names: map[string]string{}} }

func (b *book) add(k key, id string) {
	b.ids[k], b.names[string(k.kind)+" "+id] = id, k.name
}

// name is what an object is called that the server or a declaration refers to.
func (b *book) name(kind Kind, r jamf.Reference) string {
	if name, ok := b.names[string(kind)+" "+r.ID]; ok {
		return name
	}
	if r.Name == "" && r.ID != "" {
		return "number " + r.ID
	}
	return r.Name
}

// reference is an object by its name, with its number.
func (b *book) reference(kind Kind, name string) (jamf.Reference, error) {
	if name == "" {
		return jamf.Reference{}, nil
	}
	id, ok := b.ids[key{kind, name}]
	if !ok {
		return jamf.Reference{}, fmt.Errorf("there is no %s %q", kind, name)
	}
	return jamf.Reference{ID: id, Name: name}, nil
}

func (b *book) references(kind Kind, names []string) ([]jamf.Reference, error) {
	list := make([]jamf.Reference, 0, len(names))
	for _, name := range names {
		r, err := b.reference(kind, name)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// named are references by name alone, as a declaration has them.
func named(names []string) []jamf.Reference {
	list := make([]jamf.Reference, 0, len(names))
	for _, name := range names {
		list = append(list, jamf.Reference{Name: name})
	}
	return list
}

// lines shows a list whose order means nothing.
func lines(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "\n")
}

// ours tells which names of a list are ours to put in or to take out: those that are declared, or that we have put there.
type ours map[string]bool

func oursOf(lists ...[]string) ours {
	o := ours{}
	for _, names := range lists {
		for _, name := range names {
			o[name] = true
		}
	}
	return o
}

// show lists those of some references that are ours.
func (o ours) show(b *book, list []jamf.Reference) string {
	var names []string
	for _, r := range list {
		if name := b.name(KindGroup, r); o[name] {
			names = append(names, name)
		}
	}
	return lines(names)
}

// foreign lists the others.
func (o ours) foreign(b *book, list []jamf.Reference) []jamf.Reference {
	var kept []jamf.Reference
	for _, r := range list {
		if !o[b.name(KindGroup, r)] {
			kept = append(kept, r)
		}
	}
	return kept
}
