package jamftest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// packageRecord is the record of a package, in Jamf's words.
type packageRecord struct {
	ID                   string  `json:"id"`
	PackageName          string  `json:"packageName"`
	FileName             string  `json:"fileName"`
	CategoryID           string  `json:"categoryId"`
	Info                 *string `json:"info"`
	Notes                *string `json:"notes"`
	Priority             int     `json:"priority"`
	OSRequirements       *string `json:"osRequirements"`
	FillUserTemplate     bool    `json:"fillUserTemplate"`
	FillExistingUsers    bool    `json:"fillExistingUsers"`
	Indexed              bool    `json:"indexed"`
	SWU                  bool    `json:"swu"`
	RebootRequired       bool    `json:"rebootRequired"`
	SelfHealNotify       bool    `json:"selfHealNotify"`
	SelfHealingAction    *string `json:"selfHealingAction"`
	OSInstall            bool    `json:"osInstall"`
	SerialNumber         *string `json:"serialNumber"`
	ParentPackageID      *string `json:"parentPackageId"`
	BasePath             *string `json:"basePath"`
	SuppressUpdates      bool    `json:"suppressUpdates"`
	CloudTransferStatus  string  `json:"cloudTransferStatus"`
	IgnoreConflicts      bool    `json:"ignoreConflicts"`
	SuppressFromDock     bool    `json:"suppressFromDock"`
	SuppressEula         bool    `json:"suppressEula"`
	SuppressRegistration bool    `json:"suppressRegistration"`
	InstallLanguage      *string `json:"installLanguage"`
	MD5                  *string `json:"md5"`
	SHA256               *string `json:"sha256"`
	SHA3512              *string `json:"sha3512"`
	HashType             *string `json:"hashType"`
	HashValue            *string `json:"hashValue"`
	Size                 *string `json:"size"`
	OSInstallerVersion   *string `json:"osInstallerVersion"`
	Manifest             *string `json:"manifest"`
	ManifestFileName     *string `json:"manifestFileName"`
	Format               *string `json:"format"`
}

func packages() *shelf[packageRecord] {
	show := func(c *call, id int, t packageRecord) any {
		t.ID, t.CloudTransferStatus = strconv.Itoa(id), pending
		t.CategoryID, _ = c.categoryName(t.CategoryID)
		if f := c.fileNamed(t.FileName); f != nil {
			t.CloudTransferStatus = c.status(c.view, f)
		}
		return t
	}
	return &shelf[packageRecord]{
		path: "/api/v1/packages", order: "id:asc", fields: []string{
			"id", "fileName", "packageName", "categoryId", "info", "notes", "manifestFileName", "cloudTransferStatus",
		},
		required: []string{
			"packageName", "fileName", "categoryId", "priority", "fillUserTemplate", "rebootRequired", "osInstall", "suppressUpdates",
			"suppressFromDock", "suppressEula", "suppressRegistration",
		},
		named: "packageName", name: func(t packageRecord) string { return t.PackageName }, updated: http.StatusOK,
		check: checkPackage, show: show, row: show,
	}
}

func checkPackage(c *call, id int, t *packageRecord) *answer {
	other, _, taken := c.packages.find(c.truth(), func(o packageRecord) bool { return strings.EqualFold(o.FileName, t.FileName) })
	if taken && other != id {
		return c.duplicate(http.StatusBadRequest, "fileName")
	}
	if strings.TrimSpace(t.FileName) == "" {
		return invalid("fileName", "must not be empty")
	}
	if t.HashType != nil && !slices.Contains([]string{"MD5", "SHA_512", "SHA3_512"}, *t.HashType) {
		c.traffic.drop(c.r, "hashType "+*t.HashType)
		t.HashType = nil
	}
	// What the server makes is not taken from a request.
	old, _ := c.packages.get(c.view, id)
	t.Indexed, t.Size = false, old.Size
	if f := c.fileNamed(t.FileName); f != nil {
		t.Size, t.MD5, t.SHA256, t.SHA3512 = &f.size, &f.md5, &f.sha256, &f.sha3
		c.judge(*t, f)
	}
	return c.categoryOf(&t.CategoryID)
}

// judge counts a hash that is not that of the file. The server says nothing of it; the Macs refuse to install.
func (c *call) judge(t packageRecord, f *file) {
	if f.wrong(t) {
		c.traffic.wrongHash()
	}
}

// wrong tells whether a record declares another hash than the file has.
func (f *file) wrong(t packageRecord) bool {
	if t.HashType == nil || t.HashValue == nil || *t.HashValue == "" {
		return false
	}
	is := map[string]string{"MD5": f.md5, "SHA_512": f.sha512, "SHA3_512": f.sha3}[*t.HashType]
	return !strings.EqualFold(is, *t.HashValue)
}

// upload takes the file of a package.
func (c *call) upload() answer {
	id := c.id()
	t, ok := c.packages.get(c.view, id)
	switch {
	case !ok:
		return missing(c.r.PathValue("id"))
	case c.options.FileShare:
		return *refuse(http.StatusBadRequest, cause{Code: "UPLOAD_NOT_CAPABLE", Description: "the principal distribution point takes no uploads"})
	case c.file == nil:
		return *invalid("file", "must not be null")
	}
	c.received++
	f := file{
		id: c.received, upload: *c.file, node: c.view.node, pkg: id, done: c.now.Add(c.options.Transfer),
	}
	if !c.has(Transfer) {
		f.done, f.at = c.now, c.now
	} else {
		f.at = f.done.Add(c.options.Settle)
	}
	c.files = slices.DeleteFunc(c.files, func(o file) bool { return o.name == f.name })
	c.files = append(c.files, f)
	// A file that has another name than the record says is there, but not the one that the record stands for.
	if f.name == t.FileName {
		t.Size, t.MD5, t.SHA256, t.SHA3512 = &f.size, &f.md5, &f.sha256, &f.sha3
		if cmp.Or(deref(t.HashValue), "") == "" {
			kind := "SHA3_512"
			t.HashType, t.HashValue = &kind, &f.sha3
		}
		c.judge(t, &f)
		c.packages.put(c.view, id, t)
	}
	return c.created(c.packages.path, strconv.Itoa(id))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
