package rollout

import (
	"context"
	"crypto/sha3"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// NewPackage measures a package that is to be distributed.
func NewPackage(version string, content io.ReaderAt, size int64) (*Package, error) {
	hash := sha3.New512()
	if _, err := io.Copy(hash, io.NewSectionReader(content, 0, size)); err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	return &Package{Version: version, Content: content, Size: size, Hash: hex.EncodeToString(hash.Sum(nil))}, nil
}

// packageName is what the record of a file is called.
func packageName(file string) string { return strings.TrimSuffix(file, ".pkg") }

// packagePattern fits the names that packages of this rollout have, whatever their version.
func (r *Rollout) packagePattern() *regexp.Regexp {
	before, after, _ := strings.Cut(packageName(r.jamf.Package.File), deployment.VersionMark)
	return regexp.MustCompile("^" + regexp.QuoteMeta(before) + ".+" + regexp.QuoteMeta(after) + `(\.pkg)?$`)
}

// wantedPackage is the record of the package that is at hand, or of the one that was distributed last. It is false where
// neither is known.
func (r *Rollout) wantedPackage() (jamf.Package, bool) {
	p := jamf.Package{
		CategoryID: byName(r.jamf.Category), Priority: r.jamf.Package.Priority, Notes: marked(r.jamf.Package.Notes, r.identifier),
	}
	switch {
	case r.config.Package != nil:
		p.FileName = r.jamf.Package.FileName(r.config.Package.Version)
	case r.state.Package != "":
		p.FileName = r.state.Package
	default:
		return jamf.Package{}, false
	}
	p.Name = packageName(p.FileName)
	return p, true
}

func (r *Rollout) packageDesk() desk[jamf.Package] {
	type record = jamf.Package
	of := r.config.Client.Packages()
	return desk[record]{
		kind: KindPackage, find: of.Find, create: of.Create, update: of.Update,
		name: func(v record) string { return v.Name }, id: func(v record) string { return v.ID },
		mark: func(v *record) *string { return &v.Notes },
		fields: slices.Concat([]field[record]{
			text("notes", func(v *record) *string { return &v.Notes }),
			{"priority", func(v record) string { return fmt.Sprint(v.Priority) }, func(to *record, v record) { to.Priority = v.Priority }},
		}, categoryField(r, func(v *record) *string { return &v.CategoryID })),
		ready: func(v record) (record, error) {
			category, err := r.categoryID(v.CategoryID)
			v.CategoryID = category
			return v, err
		},
	}
}

// recordedHash is that of the file which a record stands for, in hexadecimal; empty if the server holds none, or does not
// say.
func recordedHash(p jamf.Package) string {
	if p.HashType == jamf.HashSHA3 && p.HashValue != "" {
		return strings.ToLower(p.HashValue)
	}
	return strings.ToLower(p.SHA3)
}

// hashField is what the hash of a package's file is called in a plan.
const hashField = "hash"

// freight is what has to be done about the file of a package.
type freight struct {
	upload  bool
	seal    bool // the file is there, and its record lacks the hash that Macs check
	refused string
	fix     string
}

// freightOf compares the file that is at hand with what the server says of it.
func freightOf(record jamf.Package, exists bool, p *Package) freight {
	held := recordedHash(record)
	switch {
	case p == nil || !exists:
		return freight{upload: p != nil}
	case held == p.Hash:
		return freight{seal: record.HashType != jamf.HashSHA3}
	case held == "" && record.HashValue == "":
		return freight{upload: true}
	}
	return freight{
		refused: fmt.Sprintf("the server has another file under the name %q", record.FileName),
		fix:     "a file that Macs may know is never replaced: build the package with another version",
	}
}

// upload sends the file.
func (r *Rollout) upload(ctx context.Context, k key) error {
	wanted, _ := r.wantedPackage()
	p := r.config.Package
	progress, end := r.config.Meter(wanted.FileName, p.Size)
	_, err := r.config.Client.Upload(ctx, r.book.ids[k], jamf.Upload{
		FileName: wanted.FileName, Content: p.Content, Size: p.Size, Progress: progress,
	})
	end()
	if err != nil {
		return err
	}
	r.state.open(k).Hash = p.Hash
	return r.written()
}

// seal writes the hash of the file into its record.
func (r *Rollout) seal(ctx context.Context, k key) error {
	_, err := r.config.Client.Packages().Update(ctx, r.book.ids[k], func(p *jamf.Package) error {
		p.HashType, p.HashValue = jamf.HashSHA3, r.config.Package.Hash
		return nil
	})
	if err != nil {
		return err
	}
	r.state.open(k).Hash = r.config.Package.Hash
	return r.written()
}
