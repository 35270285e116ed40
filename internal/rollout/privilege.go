package rollout

import "slices"

// readPrivileges are what a plan needs.
func (r *Rollout) readPrivileges() []string {
	var list []string
	for _, k := range r.declaredKinds() {
		list = append(list, "Read "+k.privileged())
	}
	if len(r.referred())+len(r.jamf.Groups) > 0 || r.jamf.Uninstall != nil {
		list = append(list, "Read Smart Computer Groups", "Read Static Computer Groups")
	}
	if len(r.forgotten()) > 0 {
		list = append(list, "Read "+KindPolicy.privileged())
	}
	return sorted(list)
}

// declaredKinds are the kinds of which something is declared.
func (r *Rollout) declaredKinds() []Kind {
	j := r.jamf
	declared := map[Kind]bool{
		KindCategory: j.Category != "", KindScript: j.Uninstall != nil, KindAttribute: j.Attributes != nil || len(r.askedAttributes()) > 0,
		KindGroup: len(j.Groups) > 0 || j.Uninstall != nil, KindPackage: j.Policy != nil, KindProfile: j.Profile != nil,
		KindPolicy: j.Policy != nil || j.Uninstall != nil,
	}
	return slices.DeleteFunc(kinds(), func(k Kind) bool { return !declared[k] })
}

// askedAttributes are the extension attributes that criteria ask for.
func (r *Rollout) askedAttributes() []string {
	var names []string
	for _, g := range r.jamf.Groups {
		names = append(names, g.Criteria.Attributes()...)
	}
	return sorted(names)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// writePrivileges are what some changes need.
func writePrivileges(changes []Change) []string {
	var list []string
	for _, c := range changes {
		switch c.Action {
		case Create:
			list = append(list, "Create "+c.Kind.privileged())
			if c.Kind == KindPackage || c.Kind == KindPolicy { // what is made is completed and turned on afterwards
				list = append(list, "Update "+c.Kind.privileged())
			}
		case Update, Enable, Switch:
			list = append(list, "Update "+c.Kind.privileged())
		case Upload:
			list = append(list, "Create Packages", "Update Packages", "Read Cloud Distribution Point")
		case Remove:
			list = append(list, "Delete "+c.Kind.privileged())
		}
		if c.Kind == KindGroup && c.Action != Remove {
			list = append(list, "Update Smart Computer Groups") // to count its members
		}
	}
	return sorted(list)
}

// Task is something that an account has to be allowed to do.
type Task string

// The tasks.
const (
	TaskPlan     Task = "plan"
	TaskApply    Task = "apply"
	TaskStage    Task = "stage"
	TaskStatus   Task = "status and snapshot"
	TaskRollback Task = "rollback"
	TaskDestroy  Task = "destroy"
)

// Tasks are all there are.
func Tasks() []Task {
	return []Task{TaskPlan, TaskApply, TaskStage, TaskStatus, TaskRollback, TaskDestroy}
}

// Privileges are what a task needs, by the names that Jamf Pro has for them, in the order of the alphabet.
func (r *Rollout) Privileges(t Task) []string {
	var list []string
	switch t {
	case TaskPlan:
		list = r.readPrivileges()
	case TaskApply:
		var changes []Change
		for _, k := range r.declaredKinds() {
			changes = append(changes, Change{Kind: k, Action: Create})
			if k != KindCategory { // of which nothing but its name is declared
				changes = append(changes, Change{Kind: k, Action: Update})
			}
			if k == KindPackage {
				changes = append(changes, Change{Kind: k, Action: Upload})
			}
		}
		list = slices.Concat(r.readPrivileges(), writePrivileges(changes))
	case TaskStage:
		list = []string{"Read Policies", "Update Policies", "Read Smart Computer Groups", "Read Static Computer Groups", "Read Computers"}
	case TaskStatus:
		list = []string{"Read Policies", "Read Smart Computer Groups", "Read Static Computer Groups", "Read Computers"}
	case TaskRollback:
		list = []string{"Read Policies", "Update Policies"}
		if r.jamf.Uninstall != nil {
			list = append(list, "Read Smart Computer Groups") // to count who would have it removed
		}
	case TaskDestroy:
		for _, k := range r.declaredKinds() {
			list = append(list, "Read "+k.privileged(), "Delete "+k.privileged())
		}
	}
	return sorted(list)
}
