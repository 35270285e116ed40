package rollout

import (
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// wantedScript is the script that removes the program.
func (r *Rollout) wantedScript() jamf.Script {
	return jamf.Script{
		Name: r.jamf.Uninstall.Name, Notes: marked("Removes install-or-defer, whether its work is done or not.", r.identifier),
		Priority: jamf.ScriptAfter, CategoryID: byName(r.jamf.Category), Contents: r.config.Uninstaller,
	}
}

// scriptDesk deals with scripts.
func (r *Rollout) scriptDesk() desk[jamf.Script] {
	type script = jamf.Script
	of := r.config.Client.Scripts()
	return desk[script]{
		kind: KindScript, find: of.Find, create: of.Create, update: of.Update,
		name: func(v script) string { return v.Name }, id: func(v script) string { return v.ID },
		mark: func(v *script) *string { return &v.Notes },
		fields: slices.Concat([]field[script]{
			text("notes", func(v *script) *string { return &v.Notes }),
			text("contents", func(v *script) *string { return &v.Contents }),
		}, categoryField(r, func(v *script) *string { return &v.CategoryID })),
		ready: func(v script) (script, error) {
			category, err := r.categoryID(v.CategoryID)
			v.CategoryID = category
			return v, err
		},
	}
}
