package deployment

import (
	"fmt"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
)

// writer writes keys under each other.
type writer struct {
	b      *strings.Builder
	indent string
}

func (w writer) in(key string) writer {
	fmt.Fprintf(w.b, "%s%s:\n", w.indent, key)
	return writer{w.b, w.indent + "  "}
}

func (w writer) raw(key, value string) { fmt.Fprintf(w.b, "%s%s: %s\n", w.indent, key, value) }

func (w writer) text(key, value string) {
	if value != "" {
		w.raw(key, quote(value))
	}
}

// texts writes a list; none is written as such.
func (w writer) texts(key string, values []string) {
	if len(values) == 0 {
		w.raw(key, "[]")
		return
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	w.raw(key, "["+strings.Join(quoted, ", ")+"]")
}

// some is the same, but a list of nothing is left out.
func (w writer) some(key string, values []string) {
	if len(values) > 0 {
		w.texts(key, values)
	}
}

// item begins an item of a list: what is written with the first writer stands after a dash.
func (w writer) item(write func(writer)) {
	var b strings.Builder
	write(writer{&b, w.indent + "  "})
	text := b.String()
	w.b.WriteString(w.indent + "- " + strings.TrimPrefix(text, w.indent+"  "))
}

func writeJamf(b *strings.Builder, j *Jamf) {
	if j == nil {
		return
	}
	b.WriteByte('\n')
	w := writer{b, ""}.in(jamfSection)
	w.text("url", j.URL)
	w.text("category", j.Category)
	p := w.in("package")
	p.text("file", j.Package.File)
	p.raw("priority", fmt.Sprint(j.Package.Priority))
	p.text("notes", j.Package.Notes)
	if a := j.Attributes; a != nil {
		in := w.in("extension_attributes")
		in.text("prefix", a.Prefix)
		in.texts("fields", a.Fields)
	}
	if len(j.Groups) > 0 {
		in := w.in("groups")
		for _, g := range j.Groups {
			in.item(g.write)
		}
	}
	if p := j.Profile; p != nil {
		in := w.in("profile")
		in.text("name", p.Name)
		in.text("distribution", p.Distribution)
		in.text("redeploy", p.Redeploy)
		in.some("groups", p.Groups)
		in.some("exclusions", p.Exclusions)
	}
	j.writePolicies(w)
	if len(j.Stages) > 0 {
		in := w.in("stages")
		for _, s := range j.Stages {
			in.item(s.write)
		}
	}
}

func (j *Jamf) writePolicies(w writer) {
	if p := j.Policy; p != nil {
		in := w.in("policy")
		in.text("name", p.Name)
		in.texts("triggers", p.Triggers)
		in.raw("event", quote(p.Event))
		in.text("frequency", p.Frequency)
		if p.Retries > 0 {
			in.raw("retries", fmt.Sprint(p.Retries))
		}
		in.raw("update_inventory", fmt.Sprint(p.UpdateInventory))
		in.some("exclusions", p.Exclusions)
	}
	if u := j.Uninstall; u != nil {
		in := w.in("uninstall")
		in.text("name", u.Name)
		in.text("group", u.Group)
		in.raw("event", quote(u.Event))
		in.text("frequency", u.Frequency)
	}
}

func (g JamfGroup) write(w writer) {
	w.text("name", g.Name)
	w.text("description", g.Description)
	if g.UpdateNeeded {
		w.raw("update_needed", "true")
	}
	writeCondition(w.in("criteria"), g.Criteria)
}

func writeCondition(w writer, n criteria.Node) {
	if n.Join != criteria.Alone {
		in := w.in(string(n.Join))
		for _, p := range n.Parts {
			in.item(func(w writer) { writeCondition(w, p) })
		}
		return
	}
	t := n.Test
	value := writer.texts
	if len(t.Values) == 1 {
		value = func(w writer, key string, values []string) { w.raw(key, quote(values[0])) }
	}
	if t.Field == criteria.Criterion || t.Field == criteria.Attribute {
		w.text(t.Field, t.Name)
		value(w, t.Operator, t.Values)
		return
	}
	value(w.in(t.Field), t.Operator, t.Values)
}

func (s JamfStage) write(w writer) {
	w.text("name", s.Name)
	w.texts("groups", s.Groups)
	if s.Soak > 0 {
		w.raw("soak", formatSpan(int64(s.Soak/time.Second)))
	}
	if s.Gate == (JamfGate{}) {
		return
	}
	in := w.in("gate")
	for _, limit := range []struct {
		key   string
		value *int
	}{
		{"min_reporting_percent", s.Gate.MinReporting},
		{"max_failed_percent", s.Gate.MaxFailed},
		{"min_finished_percent", s.Gate.MinFinished},
	} {
		if limit.value != nil {
			in.raw(limit.key, fmt.Sprint(*limit.value))
		}
	}
}
