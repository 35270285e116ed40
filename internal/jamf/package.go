package jamf

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Package is the record of an installer package. Its file is sent with [Client.Upload].
type Package struct {
	ID                   string   `json:"id"`
	Name                 string   `json:"packageName"`
	FileName             string   `json:"fileName"`
	CategoryID           string   `json:"categoryId"` // "-1" for none
	Info                 string   `json:"info"`
	Notes                string   `json:"notes"`
	Priority             int      `json:"priority"` // 1 to 20; lower comes first in a policy
	RebootRequired       bool     `json:"rebootRequired"`
	OSRequirements       string   `json:"osRequirements,omitempty"`
	FillUserTemplate     bool     `json:"fillUserTemplate"`
	OSInstall            bool     `json:"osInstall"`
	SuppressUpdates      bool     `json:"suppressUpdates"`
	SuppressFromDock     bool     `json:"suppressFromDock"`
	SuppressEULA         bool     `json:"suppressEula"`
	SuppressRegistration bool     `json:"suppressRegistration"`
	HashType             HashType `json:"hashType,omitempty"` // Macs refuse a file that has another hash
	HashValue            string   `json:"hashValue,omitempty"`
	MD5                  string   `json:"md5,omitempty"` // of the file, if the server filled it in
	SHA3                 string   `json:"sha3512,omitempty"`
	Size                 string   `json:"size,omitempty"`                // read only, for people
	Transfer             string   `json:"cloudTransferStatus,omitempty"` // read only, see [Client.Availability]
	raw                  document
}

// HashType is how a package's file is checked by Macs.
type HashType string

// How files are checked.
const (
	HashSHA3 HashType = "SHA3_512"
	HashMD5  HashType = "MD5"
)

// Packages are those of the server.
func (c *Client) Packages() Collection[Package] {
	return Collection[Package]{client: c, kind: kind[Package]{
		noun: "package", path: proRoot + "v1/packages", nameKey: "packageName",
		readOnly: []string{"size", "cloudTransferStatus", "indexed"},
		parts:    func(v *Package) parts { return parts{&v.ID, &v.Name, &v.raw} },
		refuse:   refusePackage,
		taken: func(ctx context.Context, v Package) error {
			other, exists, err := c.PackageByFile(ctx, v.FileName)
			if exists && other.Name != v.Name {
				return &ExistsError{Kind: "package with the file", Name: v.FileName, ID: other.ID}
			}
			return err
		},
		finish: func(d document) {
			if string(d["categoryId"]) == `""` {
				d["categoryId"] = []byte(`"-1"`)
			}
		},
	}}
}

func refusePackage(v Package) error {
	switch {
	case v.Priority < 1 || v.Priority > 20:
		return fmt.Errorf("%w: priority %d is not from 1 to 20", ErrRefused, v.Priority)
	case v.FileName == "" || v.FileName != oneLineKept(v.FileName) || strings.ContainsAny(v.FileName, `/\:`+"\""):
		return fmt.Errorf("%w: %q is no file name", ErrRefused, oneLine(v.FileName))
	}
	return refuseName(v.Name)
}

// PackageByFile looks a package up by the exact name of its file. File names are unique on a distribution point, so a
// record with another name that has this file must not be overlooked.
func (c *Client) PackageByFile(ctx context.Context, fileName string) (found Package, ok bool, err error) {
	packages := c.Packages()
	seen := names{kind: "package file", wanted: fileName}
	query := url.Values{"filter": {equals("fileName", fileName)}, "sort": {"id:asc"}}
	for row, err := range c.rows(ctx, list{path: packages.kind.path, query: query}) {
		if err != nil {
			return Package{}, false, fmt.Errorf("find package by file %q: %w", fileName, err)
		}
		p, err := packages.decode(row)
		if err != nil {
			return Package{}, false, fmt.Errorf("find package by file %q: %w", fileName, err)
		}
		if seen.add(p.ID, p.FileName) {
			found = p
		}
	}
	if ok, err = seen.verdict(); err != nil {
		return Package{}, false, fmt.Errorf("find package by file %q: %w", fileName, err)
	}
	return found, ok, nil
}

// CanUpload tells whether the server takes files and passes them on to its distribution point. Where it does not, somebody
// has to copy them to a file share.
func (c *Client) CanUpload(ctx context.Context) (bool, error) {
	sent := call{method: http.MethodGet, path: proRoot + "v1/cloud-distribution-point/upload-capability"}
	got, err := c.do(ctx, sent)
	if IsNotFound(err) { // too old to say; it takes files since 11.5
		v, err := c.version(ctx)
		if err != nil {
			return false, fmt.Errorf("ask whether packages can be uploaded: %w", err)
		}
		return v.AtLeast(11, 5), nil
	}
	var said struct {
		Principal truth `json:"principalDistributionTechnology"`
		Direct    truth `json:"directUploadCapable"`
	}
	if err == nil {
		err = fromJSON(sent, got, &said)
	}
	if err != nil {
		return false, fmt.Errorf("ask whether packages can be uploaded: %w", err)
	}
	return bool(said.Principal && said.Direct), nil
}
