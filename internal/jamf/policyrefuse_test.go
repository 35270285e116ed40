package jamf

import "testing"

func TestPoliciesThatTheServerWouldTakeForOthers(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Policy)
		words  string
	}{
		{"as it should be", func(*Policy) {}, ""},
		{"again after a failure, once per computer", func(p *Policy) { p.Frequency, p.Retry = OncePerComputer, Retry{RetryOnTrigger, 10} }, ""},
		{"a frequency that is none", func(p *Policy) { p.Frequency = "Twice per fortnight" }, `frequency "Twice per fortnight"`},
		{"a frequency in small letters", func(p *Policy) { p.Frequency = "ongoing" }, `frequency "ongoing"`},
		{"no frequency", func(p *Policy) { p.Frequency = "" }, "frequency"},
		{"a retry that is none", func(p *Policy) { p.Retry.Event = "checkin" }, `retry event "checkin"`},
		{"again after a failure, every week", func(p *Policy) { p.Retry = Retry{RetryOnCheckIn, 3} }, "Once per computer"},
		{"eleven times", func(p *Policy) { p.Frequency, p.Retry = OncePerComputer, Retry{RetryOnCheckIn, 11} }, "11 attempts"},
		{"no times", func(p *Policy) { p.Frequency, p.Retry = OncePerComputer, Retry{RetryOnCheckIn, 0} }, "0 attempts"},
		{"an action that is none", func(p *Policy) { p.Packages[0].Action = "install" }, `package 160: refused: action "install"`},
		{"a package without an id", func(p *Policy) { p.Packages[0].ID = "" }, "package: id"},
		{"a script at a time that is none", func(p *Policy) { p.Scripts = []PolicyScript{{ID: "9", Time: "AFTER"}} }, `script 9: refused: time "AFTER"`},
		{"a group by name", func(p *Policy) { p.Scope.Groups[0].ID = "Test Macs" }, "scope: id"},
		{"a category by name", func(p *Policy) { p.Category.ID = "Updates" }, "category: id"},
		{"no name", func(p *Policy) { p.Name = "" }, "no name"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := aPolicy()
			row.change(&p)
			s := newStub(t)
			if row.words == "" {
				ok(t, p.refuse())
				return
			}
			_, err := s.client(t).Policies().Create(t.Context(), p)
			failsAs(t, err, ErrRefused, "create policy ", row.words)
			equal(t, len(s.asked), 0)
			s = cloakroom(t)
			_, err = s.client(t).Policies().Update(t.Context(), "88", func(q *Policy) error {
				id, tree := q.ID, q.tree
				*q = p
				q.ID, q.tree = id, tree
				return nil
			})
			failsAs(t, err, ErrRefused, "update policy 88: ", row.words)
			equal(t, s.count("PUT"), 0)
		})
	}
}

func TestWordsOfListsAreTheirOwn(t *testing.T) {
	equal(t, len(Frequencies()), 7)
	equal(t, Frequencies()[0], OncePerComputer)
	equal(t, len(RetryEvents())+len(PackageActions())+len(ScriptTimes()), 8)
	equal(t, len(Distributions())+len(Levels())+len(Redeploys()), 6)
	equal(t, len(DataTypes())+len(InputTypes())+len(DisplayTypes())+len(ScriptPriorities()), 16)
	equal(t, len(FlushAges()), 20)
}
