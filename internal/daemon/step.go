//go:build unix

package daemon

// Step is one call to the system that changes the file tree, or sees to it that a change outlives a loss of power.
type Step struct {
	Do   StepKind `json:"do"`
	Path string   `json:"path"`
	To   string   `json:"to,omitempty"`   // for StepRename: its new path
	Data []byte   `json:"data,omitempty"` // for StepWrite: what is added to the file
}

// StepKind is what a step does.
type StepKind string

// The steps.
const (
	StepMkdir      StepKind = "mkdir"
	StepCreate     StepKind = "create"
	StepWrite      StepKind = "write"
	StepMode       StepKind = "chmod"
	StepSync       StepKind = "sync" // what is in the file reaches the disk
	StepRename     StepKind = "rename"
	StepRemove     StepKind = "remove"
	StepSyncFolder StepKind = "sync folder" // what was created, renamed and removed in it reaches the disk
	StepLock       StepKind = "lock"
)

// step takes a step.
func (f *Files) step(s Step, take func() error) error {
	if f.Before != nil {
		if err := f.Before(s); err != nil {
			return err
		}
	}
	return take()
}
