package jamftest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func exampleMac() *Mac {
	at := CommonStart()
	return &Mac{
		ID: 7, Name: "Kim's Mac", Serial: "FVFX7", Version: "15.9", Build: "19B88", AppleSilicon: true, Supervised: true,
		Applications: []Application{{Name: "Safari.app", Version: "13.0.2"}, {Name: "Mail.app", Version: "16.0"}},
		Attributes:   map[string]string{"Status": "Deferred", "Deferrals used": "3", "Deadline": "2026-12-03 09:00:00"},
		LastReport:   at.Add(-48 * time.Hour), LastContact: at, Enrolled: at.AddDate(-1, 0, 0),
	}
}

func exampleServer() *Server {
	s := New(Options{})
	on := true
	for i, name := range []string{"Status", "Deferrals used", "Deadline"} {
		s.attributes.put(s.truth(), i+1, attribute{Name: name, DataType: "STRING", Enabled: &on})
	}
	safari := group{name: "With Safari", smart: true}
	safari.test, _ = s.compile(s.truth(), []criterion{{Name: "Application Title", SearchType: "is", Value: "Safari.app"}})
	s.groups.put(s.truth(), 1, safari)
	s.groups.put(s.truth(), 2, group{name: "Seven", members: []int{7}})
	return s
}

func TestOperators(t *testing.T) {
	rows := []struct {
		name, operator, value string
		want                  bool
	}{
		{"Operating System Version", "is", "15.9", true},
		{"Operating System Version", "is not", "15.9", false},
		{"Operating System Version", "less than", "15.10", true},
		{"Operating System Version", "less than", "15.9", false},
		{"Operating System Version", "less than or equal", "15.9.0", true},
		{"Operating System Version", "greater than", "15.8.9", true},
		{"Operating System Version", "greater than or equal", "16", false},
		{"Operating System Version", "like", "5.9", true},
		{"Operating System Build", "matches regex", "^19[A-B]", true},
		{"Operating System Build", "does not match regex", "^19[A-B]", false},
		{"Operating System Build", "matches regex", `^17G\d{1,4}$`, false},
		{"Computer Name", "is", "kim's mac", true},
		{"Computer Name", "not like", "kim", false},
		{"Apple Silicon", "is", "Yes", true},
		{"Supervised", "is", "No", false},
		{"Architecture Type", "is", "arm64", true},
		{"Application Title", "is", "Mail.app", true},
		{"Application Title", "has", "Mail.app", true},
		{"Application Title", "does not have", "Mail.app", false},
		{"Application Title", "is not", "Chess.app", true},
		{"Status", "is", "Deferred", true},
		{"Status", "is not", "Not installed", true},
		{"Deferrals used", "more than", "2", true},
		{"Deferrals used", "less than", "10", true},
		{"Deadline", "before (yyyy-mm-dd)", "2026-12-04", true},
		{"Deadline", "after (yyyy-mm-dd)", "2026-12-03", false},
		{"Deadline", "in more than x days", "2", true},
		{"Deadline", "in less than x days", "2", false},
		{"Last Inventory Update", "more than x days ago", "1", true},
		{"Last Inventory Update", "less than x days ago", "3", true},
		{"Computer Group", "member of", "With Safari", true},
		{"Computer Group", "not member of", "Seven", false},
		{"Computer Group", "member of", "No such group", false},
	}
	s := exampleServer()
	for _, row := range rows {
		t.Run(row.name+" "+row.operator+" "+row.value, func(t *testing.T) {
			test, err := s.compile(s.truth(), []criterion{{Name: row.name, SearchType: row.operator, Value: row.value}})
			if err != nil {
				t.Fatal(err)
			}
			if got := test(&exam{s, s.truth(), exampleMac(), 0}); got != row.want {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}

func TestCriteriaThatCannotBe(t *testing.T) {
	good := criterion{Name: "Serial Number", SearchType: "is", Value: "x", AndOr: "and"}
	change := func(f func(*criterion)) criterion {
		k := good
		f(&k)
		return k
	}
	s := exampleServer()
	for name, list := range map[string][]criterion{
		"an operator that nobody knows":         {change(func(k *criterion) { k.SearchType = "resembles" })},
		"a name that is no attribute":           {change(func(k *criterion) { k.Name = "Colour" })},
		"an expression that RE2 does not read":  {change(func(k *criterion) { k.SearchType, k.Value = "matches regex", "(?=x)" })},
		"a day that is none":                    {change(func(k *criterion) { k.SearchType, k.Value = "before (yyyy-mm-dd)", "soon" })},
		"a number of days that is none":         {change(func(k *criterion) { k.SearchType, k.Value = "more than x days ago", "x" })},
		"a parenthesis that stays open":         {change(func(k *criterion) { k.OpeningParen = true }), good},
		"a parenthesis that was never opened":   {good, change(func(k *criterion) { k.ClosingParen = true })},
		"one that closes before the end of all": {change(func(k *criterion) { k.ClosingParen = true }), good},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.compile(s.truth(), list); err == nil {
				t.Error("it is taken")
			}
		})
	}
}

func TestAGroupForAnOldSafari(t *testing.T) {
	s := exampleServer()
	version := func(priority int, join, expression string, opens, closes bool) criterion {
		return criterion{"Application Version", priority, join, "matches regex", expression, opens, closes}
	}
	test, err := s.compile(s.truth(), []criterion{
		{"Application Title", 0, "and", "is", "Safari.app", false, false},
		version(1, "and", `^\d\.`, true, false), version(2, "or", `^1[0-2]\.`, false, false), version(3, "or", `^13\.0\.[0-3]`, false, true),
	})
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]bool{"9.1": true, "12.1.2": true, "13.0.3": true, "13.0.4": false, "14.0": false} {
		m := &Mac{Applications: []Application{{Name: "Safari.app", Version: version}}}
		if got := test(&exam{s, s.truth(), m, 0}); got != want {
			t.Errorf("Safari %s: %v, want %v", version, got, want)
		}
	}
	if test(&exam{s, s.truth(), &Mac{Applications: []Application{{Name: "Mail.app", Version: "9.0"}}}, 0}) {
		t.Error("a Mac without Safari is in the group")
	}
}

// TestCriteriaAgreeWithAnotherReading compares random criteria with what a naive reader of the same expression finds: it
// replaces what is true by signs, and reduces the text until one sign is left.
func TestCriteriaAgreeWithAnotherReading(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := exampleServer()
	for range 3000 {
		list := randomCriteria(r)
		test, err := s.compile(s.truth(), list)
		if err != nil {
			t.Fatalf("%+v: %v", list, err)
		}
		for n := range 8 {
			m := exampleMac()
			m.Serial, m.Build, m.Name = fmt.Sprint(n&1), fmt.Sprint(n>>1&1), fmt.Sprint(n>>2&1)
			if got, want := test(&exam{s, s.truth(), m, 0}), reduce(list, m); got != want {
				t.Fatalf("%+v with %d: %v, want %v", list, n, got, want)
			}
		}
	}
}

func randomCriteria(r *rand.Rand) (list []criterion) {
	open := false
	for i := range 1 + r.IntN(6) {
		k := criterion{
			Name: []string{"Serial Number", "Operating System Build", "Computer Name"}[r.IntN(3)], Priority: i,
			AndOr: []string{"and", "or"}[r.IntN(2)], SearchType: []string{"is", "is not"}[r.IntN(2)], Value: "1",
		}
		if !open && r.IntN(3) == 0 {
			k.OpeningParen, open = true, true
		}
		if open && r.IntN(3) == 0 {
			k.ClosingParen, open = true, false
		}
		list = append(list, k)
	}
	if open {
		list[len(list)-1].ClosingParen = true
	}
	return list
}

func reduce(list []criterion, m *Mac) bool {
	text := ""
	for i, k := range list {
		have := map[string]string{"Serial Number": m.Serial, "Operating System Build": m.Build, "Computer Name": m.Name}[k.Name]
		sign := "F"
		if (have == k.Value) == (k.SearchType == "is") {
			sign = "T"
		}
		if i > 0 {
			text += map[string]string{"and": "&", "or": "|"}[k.AndOr]
		}
		if k.OpeningParen {
			text += "("
		}
		text += sign
		if k.ClosingParen {
			text += ")"
		}
	}
	ands := strings.NewReplacer("T&T", "T", "T&F", "F", "F&T", "F", "F&F", "F", "(T)", "T", "(F)", "F")
	ors := strings.NewReplacer("T|T", "T", "T|F", "T", "F|T", "T", "F|F", "F")
	for len(text) > 1 {
		before := text
		if text = ands.Replace(text); text == before {
			// No "and" is left beside a sign: what is in parentheses, and then the rest, has only "or" in it.
			text = orsBesideNoAnd(text, ors)
		}
	}
	return text == "T"
}

// orsBesideNoAnd reduces the first "or" that no "and" is waiting beside.
func orsBesideNoAnd(text string, ors *strings.Replacer) string {
	for i := 0; i+3 <= len(text); i++ {
		if text[i+1] != '|' || text[i] == '(' || text[i+2] == '(' || text[i] == ')' {
			continue
		}
		if i > 0 && text[i-1] == '&' || i+3 < len(text) && text[i+3] == '&' {
			continue
		}
		return text[:i] + ors.Replace(text[i:i+3]) + text[i+3:]
	}
	panic("stuck at " + text)
}
