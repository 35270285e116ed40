package flatpkg

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"time"
)

// What can be wrong, wrapped with what is known about it.
var (
	ErrDescription = errors.New("this cannot be packaged")
	ErrFormat      = errors.New("this is not a well-formed flat package")
	ErrLimit       = errors.New("this is larger than a flat package may be here")
	ErrUnsupported = errors.New("this form is not supported")
	ErrChecksum    = errors.New("a checksum does not match")
	ErrContent     = errors.New("the parts of the package contradict each other")
	ErrUnsigned    = errors.New("the package is not signed")
	ErrSignature   = errors.New("the signature does not hold")
	ErrTimestamp   = errors.New("the time stamp does not hold")
	ErrCertificate = errors.New("the certificate cannot sign a package")
)

// Entry is one file, folder or symbolic link of a payload, or one script.
type Entry struct {
	// Path is relative to the install location and separated by slashes. The folders that lead to it are entries, too:
	// an installer sets their modes and owners, so these are never guessed. The path "." is the install location
	// itself and may be left out.
	//
	// Names are written as given, in whatever Unicode normal form that is. HFS+ decomposes names itself (NFD), and APFS
	// keeps them but finds them in either form, so NFC is right on both. Two entries that differ by their normal form
	// only would become one file there; those that differ by case only are refused, as most volumes ignore case.
	Path string
	Mode fs.FileMode // permissions, set-id and sticky bits, and fs.ModeDir, fs.ModeSymlink or no type
	UID  int
	GID  int
	Link string // where a symbolic link leads
	Size int64  // in bytes; what Open gives has to be exactly as long
	// Open gives the content of a regular file; it is called once. An empty file needs none.
	Open func() (io.ReadCloser, error)
}

// Content gives bytes in memory as an Entry's Open does.
func Content(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

// Component describes a component package. It always asks for root and sets the modes and owners of folders that are
// there already, as pkgbuild's do; bundles are never looked for elsewhere on the disk ("relocated").
type Component struct {
	Identifier      string // such as com.example.agent: letters, digits, dots, hyphens and underscores
	Version         string
	InstallLocation string    // an absolute path; "/" if empty
	MinOSVersion    string    // such as 12.0; any if empty
	Modified        time.Time // of everything in the package; whole seconds between 1970 and 2106
	// Payload is what to install, in any order. Without any the package only runs scripts and leaves no receipt.
	Payload []Entry
	// Scripts are preinstall, postinstall and files they use. Each becomes root's with mode 0755, as a script from
	// Windows, where no mode says "executable", would not run otherwise.
	Scripts []Entry
}

// Product describes a product archive, in which people cannot choose between components.
type Product struct {
	Title             string
	Identifier        string
	Version           string
	MinOSVersion      string   // such as 12.0; any if empty
	HostArchitectures []string // arm64, x86_64; those that the Installer assumes if empty
	Components        []Component
}

// Options say how to write a package, not what is in it.
type Options struct {
	Checksum Checksum // of the table of contents and the parts
	Sign     *Signing // nil leaves the package unsigned
	TempDir  string   // where to keep parts while writing; the system's folder if empty
}

// Checksum is the kind of checksum a package holds of its parts.
type Checksum int

// SHA1 is what pkgbuild writes and every known reader opens. SHA256 is for who must: bsdtar and the open source xar
// cannot open such packages.
const (
	SHA1 Checksum = iota
	SHA256
)

// String is the name in a table of contents.
func (c Checksum) String() string {
	if c == SHA256 {
		return "sha256"
	}
	return "sha1"
}

func (c Checksum) hash() crypto.Hash {
	if c == SHA256 {
		return crypto.SHA256
	}
	return crypto.SHA1
}

func (c Checksum) new() hash.Hash {
	if c == SHA256 {
		return sha256.New()
	}
	return sha1.New()
}

func (c Checksum) of(data []byte) []byte {
	h := c.new()
	h.Write(data) // A hash never fails.
	return h.Sum(nil)
}

// wrong says what of a description cannot be packaged.
func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDescription, fmt.Sprintf(format, args...))
}

// malformed says what of a package is not as it should be.
func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, Visible(fmt.Sprintf(format, args...)))
}
