package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// planPackage plans what has to be done about the file.
func (s *survey) planPackage(ctx context.Context, o Options) error {
	wanted, ok := s.wantedPackage()
	if s.jamf.Policy == nil {
		return nil
	}
	if !ok {
		s.missPackage()
		return nil
	}
	if s.config.Package != nil {
		s.plan.Notes = append(s.plan.Notes, s.config.Package.Notes...)
	}
	k := key{KindPackage, wanted.Name}
	clash, err := s.clash(ctx, wanted)
	if err != nil {
		return err
	}
	if clash != "" {
		s.plan.refuse(k, clash, "build it with another version, or delete that package in Jamf Pro")
		return nil
	}
	f := freightOf(s.record, s.recorded, s.config.Package)
	switch {
	case f.refused != "":
		s.plan.refuse(k, f.refused, f.fix)
	case !s.recorded && s.config.Package == nil:
		s.plan.refuse(k, "it is not on the server any more", "give the file again with --package")
	case f.upload:
		return s.planUpload(ctx, k, s.record.ID, o)
	case f.seal:
		s.addUpload(Change{Kind: KindPackage, Name: k.name, ID: s.record.ID, Action: Update, Fields: []Difference{{Field: hashField, Wanted: s.config.Package.Hash}}})
	}
	return nil
}

// clash is what of the server's stands in the way of a package, or nothing. Names of files are unique there.
func (s *survey) clash(ctx context.Context, wanted jamf.Package) (string, error) {
	if s.recorded {
		if s.record.FileName != wanted.FileName {
			return fmt.Sprintf("its file is %q on the server", s.record.FileName), nil
		}
		return "", nil
	}
	other, taken, err := s.config.Client.PackageByFile(ctx, wanted.FileName)
	var wrong *jamf.NameError
	switch {
	case errors.As(err, &wrong):
		return wrong.Error(), nil
	case taken:
		return fmt.Sprintf("its file %q is that of the package %q", wanted.FileName, other.Name), nil
	}
	return "", err
}

// missPackage tells that no package is known. A policy that has one keeps it; one that would have none is of no use.
func (s *survey) missPackage() {
	pattern := s.packagePattern()
	if slices.ContainsFunc(s.policy.Packages, func(p jamf.PolicyPackage) bool { return pattern.MatchString(p.Name) }) {
		s.plan.note("no package is at hand, so that the one of policy %q is not looked at", s.policy.Name)
		return
	}
	s.plan.refuse(key{KindPolicy, s.jamf.Policy.Name}, "there is no package for it",
		"make one with install-or-defer pkg build, and give it with --package")
}

func (s *survey) planUpload(ctx context.Context, k key, id string, o Options) error {
	can, err := s.config.Client.CanUpload(ctx)
	if err != nil {
		return err
	}
	if !can && !o.Copied {
		s.plan.refuse(k, "the server takes no uploads: its distribution point is a file share",
			"copy the file there under the name "+s.jamf.Package.FileName(s.config.Package.Version)+", and say --copied")
		return nil
	}
	change := Change{Kind: KindPackage, Name: k.name, ID: id, Action: Upload}
	if !can {
		change.Action, change.Fields = Update, []Difference{{Field: hashField, Wanted: s.config.Package.Hash}}
	}
	s.addUpload(change)
	return nil
}

// addUpload puts a change of the file after that of its record, and before what comes then.
func (s *survey) addUpload(c Change) {
	at := slices.IndexFunc(s.plan.Changes, func(other Change) bool {
		return other.Kind.rank() > KindPackage.rank()
	})
	if at < 0 {
		at = len(s.plan.Changes)
	}
	s.plan.Changes = slices.Insert(s.plan.Changes, at, c)
}
