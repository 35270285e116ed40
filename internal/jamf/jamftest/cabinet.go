package jamftest

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// cabinet holds the objects of a kind of the Classic API, and knows what is particular to the kind.
type cabinet struct {
	rows   table[*element]
	root   string // the name of one
	plural string // the name of several, and of the path
	model  *model
	name   []string // where the name is
	id     []string // where the number is
	listed []string // what a list shows besides those two

	// accept refuses what cannot be, and makes what the server makes. It gets what was there, which is nil for what is
	// new, and what is to be there.
	accept func(c *call, id int, have, e *element) (*element, *answer)
	// show is how one is read.
	show func(c *call, id int, e *element) *element

	// Where the objects are that are not in rows. All are nil or none.
	load func(c *call, id int) (*element, bool)
	ids  func(c *call) []int
	save func(c *call, id int, e *element) int
	drop func(c *call, id int) *answer
}

func (k *cabinet) get(c *call, id int) (*element, bool) {
	if k.load != nil {
		return k.load(c, id)
	}
	return k.rows.get(c.view, id)
}

func (k *cabinet) all(c *call) []int {
	if k.ids != nil {
		return k.ids(c)
	}
	var ids []int
	for id := range k.rows.all(c.view) {
		ids = append(ids, id)
	}
	return ids
}

func (k *cabinet) put(c *call, id int, e *element) int {
	if k.save != nil {
		return k.save(c, id, e)
	}
	if id == 0 {
		id = k.rows.next()
	}
	k.rows.put(c.view, id, e)
	return id
}

// list answers with number, name and what else a list shows of each that the filter wants; nil wants all.
func (k *cabinet) list(want func(e *element) bool) func(*call) answer {
	return func(c *call) answer {
		row := &model{name: k.root, children: []*model{{name: "id", kind: "int"}, {name: "name"}}}
		for _, name := range k.listed {
			row.children = append(row.children, k.model.child(name))
		}
		of := &model{name: k.plural, list: true, size: true, children: []*model{row}}
		e := branch(k.plural)
		for _, id := range k.all(c) {
			if one, ok := k.get(c, id); ok && (want == nil || want(one)) {
				shown := branch(k.root, leaf("id", strconv.Itoa(id)), leaf("name", one.text(k.name...)))
				for _, name := range k.listed {
					shown.children = append(shown.children, leaf(name, one.text(name)))
				}
				e.children = append(e.children, shown)
			}
		}
		return c.answerClassic(of, e)
	}
}

// find follows the path of a request to an object, by number or by name. Names with characters that mean something in a
// path are not found, whatever they are written as.
func (k *cabinet) find(c *call) (int, *element) {
	if c.r.PathValue("id") != "" {
		e, _ := k.get(c, c.id())
		return c.id(), e
	}
	name := c.r.PathValue("name")
	if strings.ContainsAny(name, "/+?") {
		return 0, nil
	}
	for _, id := range k.all(c) {
		if e, ok := k.get(c, id); ok && strings.EqualFold(e.text(k.name...), name) {
			return id, e
		}
	}
	return 0, nil
}

func (k *cabinet) read(c *call) answer {
	id, e := k.find(c)
	if e == nil {
		return *notFound()
	}
	e = k.shown(c, id, e)
	if subset := c.r.PathValue("subset"); subset != "" {
		e = part(e, subset)
	}
	return c.answerClassic(k.model, e)
}

// shown is an object with what the server adds when it is read.
func (k *cabinet) shown(c *call, id int, e *element) *element {
	e = c.named(k.model, e).set(strconv.Itoa(id), k.id...)
	if c.has(Silence) {
		e = k.model.shuffled(e)
	}
	if k.show != nil {
		e = k.show(c, id, e)
	}
	return e
}

// part is an object with some of its sections. A name that no section has makes it whole: names are not checked.
func part(e *element, subset string) *element {
	wanted := strings.Split(strings.ToLower(strings.ReplaceAll(subset, "%26", "&")), "&")
	out := branch(e.name)
	for _, c := range e.children {
		if slices.Contains(wanted, strings.ReplaceAll(c.name, "_", "")) {
			out.children = append(out.children, c)
		}
	}
	if len(out.children) == 0 {
		return e
	}
	return out
}

func (k *cabinet) create(c *call) answer {
	if id := c.r.PathValue("id"); id != "0" && id != none {
		return *notFound()
	}
	return k.write(c, 0, nil)
}

func (k *cabinet) update(c *call) answer {
	id, e := k.find(c)
	if e == nil {
		return *notFound()
	}
	return k.write(c, id, e)
}

// write lays what is sent over what is there.
func (k *cabinet) write(c *call, id int, have *element) answer {
	sent, refusal := c.xml(k.root)
	if refusal != nil {
		return *refusal
	}
	var lost []string
	base := have
	if base == nil {
		base = k.model.empty()
	}
	e := merger{func(path string) { lost = append(lost, path) }}.merge(k.model, base, sent, k.root)
	if len(lost) > 0 && !c.has(Silence) {
		return *conflict("Unable to take " + strings.Join(lost, ", "))
	}
	for _, path := range lost {
		c.traffic.drop(c.r, path)
	}
	if refusal := k.unique(c, id, e); refusal != nil {
		return *refusal
	}
	if e, refusal = c.resolved(k.model, e); refusal != nil {
		return *refusal
	}
	if k.accept != nil {
		if e, refusal = k.accept(c, id, have, e); refusal != nil {
			return *refusal
		}
	}
	id = k.put(c, id, e)
	c.changed()
	return k.done(http.StatusCreated, id)
}

// unique refuses a name that is missing or taken.
func (k *cabinet) unique(c *call, id int, e *element) *answer {
	name := e.text(k.name...)
	if name == "" {
		return conflict("Unable to save without a name")
	}
	if k.load != nil {
		if c.nameTaken(id, name) {
			return conflict("Duplicate name")
		}
		return nil
	}
	other, _, taken := k.rows.find(c.truth(), func(o *element) bool { return strings.EqualFold(o.text(k.name...), name) })
	if taken && other != id {
		c.traffic.duplicate()
		return conflict("Duplicate name")
	}
	return nil
}

func (k *cabinet) remove(c *call) answer {
	id, e := k.find(c)
	if e == nil {
		return *notFound()
	}
	if k.drop != nil {
		if refusal := k.drop(c, id); refusal != nil {
			return *refusal
		}
	} else {
		k.rows.remove(c.view, id)
	}
	c.changed()
	return k.done(http.StatusOK, id)
}

// done is the answer to a write: no more than the number.
func (k *cabinet) done(status, id int) answer {
	return answer{status: status, kind: xmlType, body: branch(k.root, leaf("id", strconv.Itoa(id))).render()}
}

// xml reads the body of a write, which must be XML.
func (c *call) xml(root string) (*element, *answer) {
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind != "application/xml" && kind != "text/xml" {
		return nil, page(http.StatusUnsupportedMediaType, "")
	}
	e, err := parseXML(c.body)
	if err != nil {
		return nil, page(http.StatusBadRequest, "Unable to parse the request")
	}
	if e.name != root {
		return nil, page(http.StatusBadRequest, "Unable to find "+root)
	}
	return e, nil
}
