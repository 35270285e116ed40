package criteria_test

import (
	"slices"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

func TestTheTablesAreJamfs(t *testing.T) {
	var ours []string
	for _, o := range criteria.Operators() {
		ours = append(ours, o.Jamf)
		if again, ok := criteria.LookupOperator(o.Name); !ok || again.Jamf != o.Jamf {
			t.Errorf("%s is there twice", o.Name)
		}
		if len(o.Kinds) == 0 {
			t.Errorf("%s fits nothing", o.Name)
		}
	}
	theirs := jamf.Operators()
	slices.Sort(ours)
	slices.Sort(theirs)
	if !slices.Equal(ours, theirs) {
		t.Errorf("operators: %q, of Jamf %q", ours, theirs)
	}
	for _, f := range criteria.Fields() {
		if !slices.Contains(jamf.CriterionNames(), f.Jamf) {
			t.Errorf("%s: Jamf knows no %q", f.Name, f.Jamf)
		}
		if len(criteria.OperatorsOf(f.Kind)) == 0 || f.Help == "" {
			t.Errorf("%s has no operators, or no help", f.Name)
		}
		if again, _ := criteria.Lookup(f.Name); again != f {
			t.Errorf("%s is there twice", f.Name)
		}
	}
}
