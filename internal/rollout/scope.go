package rollout

import "github.com/install-or-defer/install-or-defer/internal/jamf"

// referenceField is the field for the category of an object of the Classic API, if one is declared.
func referenceField[T any](r *Rollout, at func(*T) *jamf.Reference) []field[T] {
	if r.jamf.Category == "" {
		return nil
	}
	return []field[T]{{
		name: "category",
		show: func(v T) string { return r.book.name(KindCategory, *at(&v)) },
		set:  func(into *T, wanted T) { *at(into) = *at(&wanted) },
	}}
}

// scopeFields are the groups of a scope and of its exclusions: those that are declared, and those that we once put there.
// All others stay, and so does everything else in a scope.
func scopeFields[T any](r *Rollout, in, out ours, at func(*T) *jamf.Scope) []field[T] {
	return []field[T]{
		{
			name: "scope",
			show: func(v T) string { return in.show(r.book, at(&v).Groups) },
			set: func(into *T, wanted T) {
				at(into).Groups = append(in.foreign(r.book, at(into).Groups), at(&wanted).Groups...)
			},
		},
		{
			name: "exclusions",
			show: func(v T) string { return out.show(r.book, at(&v).ExcludedGroups) },
			set: func(into *T, wanted T) {
				at(into).ExcludedGroups = append(out.foreign(r.book, at(into).ExcludedGroups), at(&wanted).ExcludedGroups...)
			},
		},
	}
}

func namesOf(list []jamf.Reference) []string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Name
	}
	return names
}

// resolve puts the numbers of a category and of groups to their names.
func (r *Rollout) resolve(category *jamf.Reference, scope *jamf.Scope) (err error) {
	if *category, err = r.book.reference(KindCategory, category.Name); err != nil {
		return err
	}
	if scope.Groups, err = r.book.references(KindGroup, namesOf(scope.Groups)); err != nil {
		return err
	}
	scope.ExcludedGroups, err = r.book.references(KindGroup, namesOf(scope.ExcludedGroups))
	return err
}
