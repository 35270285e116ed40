package flatpkg

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// item is an entry in its place among the others.
type item struct {
	Entry
	id       uint32 // in the Bom: 1 for the install location, and lower for parents than for children
	parent   *item  // nil for the install location
	children []*item
	cksum    uint32
}

// arrange checks entries and puts them in order: each folder before what it contains, which follows by name. The first
// is the install location, folder "." of mode 0755 if it is not given.
func arrange(entries []Entry) ([]*item, error) {
	if len(entries) >= maxEntries {
		return nil, wrong("%d entries are more than %d", len(entries), maxEntries-1)
	}
	items := make([]*item, 0, len(entries)+1)
	for _, e := range entries {
		if err := e.check(); err != nil {
			return nil, err
		}
		items = append(items, &item{Entry: e})
	}
	slices.SortFunc(items, func(a, b *item) int { return comparePaths(a.Path, b.Path) })
	if len(items) == 0 || items[0].Path != "." {
		items = slices.Insert(items, 0, &item{Entry: Entry{Path: ".", Mode: fs.ModeDir | 0o755}})
	}
	byPath, folded := make(map[string]*item, len(items)), make(map[string]string, len(items))
	for _, i := range items {
		fold := strings.ToLower(i.Path)
		if other, ok := folded[fold]; ok {
			return nil, wrong("%s and %s are the same path", other, i.Path)
		}
		folded[fold], byPath[i.Path] = i.Path, i
		if i.Path == "." {
			continue
		}
		up := byPath[path.Dir(i.Path)]
		switch {
		case up == nil:
			return nil, wrong("%s: its folder is no entry", i.Path)
		case !up.Mode.IsDir():
			return nil, wrong("%s: %s is no folder", i.Path, up.Path)
		}
		i.parent, up.children = up, append(up.children, i)
	}
	return items, nil
}

// comparePaths sorts by parts, so that what a folder contains follows it at once. "." comes first.
func comparePaths(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == ".":
		return -1
	case b == ".":
		return 1
	}
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		if a[i] == '/' {
			return -1
		}
		if b[i] == '/' {
			return 1
		}
		return cmp.Compare(a[i], b[i])
	}
	return cmp.Compare(len(a), len(b))
}

// broad puts items in the order of a Bom, by parent and name, and numbers them.
func broad(items []*item) []*item {
	queue := make([]*item, 0, len(items))
	queue = append(queue, items[0])
	for at := 0; at < len(queue); at++ {
		queue[at].id = uint32(at + 1)
		queue = append(queue, queue[at].children...)
	}
	return queue
}

// bytes is how large an entry is to the Bom and PackageInfo. APFS says that a folder has 32 bytes for each thing in it,
// and pkgbuild copies that.
func (i *item) bytes() int64 {
	switch i.Mode.Type() {
	case fs.ModeDir:
		return folderBytes(len(i.children))
	case fs.ModeSymlink:
		return int64(len(i.Link))
	default:
		return i.Size
	}
}

func folderBytes(children int) int64 { return 32 * int64(children+2) }

// installKBytes is what a payload takes on a disk of 512-byte blocks, the install location not counted.
func installKBytes(items []*item) int64 {
	var blocks int64
	for _, i := range items[1:] {
		blocks += (i.bytes() + 511) / 512
	}
	return (blocks + 1) / 2
}

// Types and bits of a mode, as Unix has them.
const (
	modeType    = 0o170000
	modeDir     = 0o040000
	modeRegular = 0o100000
	modeSymlink = 0o120000
	modeSetuid  = 0o4000
	modeSetgid  = 0o2000
	modeSticky  = 0o1000
)

func unixMode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	for bit, unix := range map[fs.FileMode]uint32{
		fs.ModeDir: modeDir, fs.ModeSymlink: modeSymlink,
		fs.ModeSetuid: modeSetuid, fs.ModeSetgid: modeSetgid, fs.ModeSticky: modeSticky,
	} {
		if m&bit != 0 {
			mode |= unix
		}
	}
	if m.Type() == 0 {
		mode |= modeRegular
	}
	return mode
}

// goMode is the reverse of unixMode. It knows files, folders and symbolic links.
func goMode(unix uint32) (fs.FileMode, error) {
	mode := fs.FileMode(unix & 0o777)
	switch unix & modeType {
	case modeDir:
		mode |= fs.ModeDir
	case modeSymlink:
		mode |= fs.ModeSymlink
	case modeRegular:
	default:
		return 0, malformed("mode %o is not that of a file, folder or symbolic link", unix)
	}
	if unix&^(modeType|0o7777) != 0 {
		return 0, malformed("mode %o has unknown bits", unix)
	}
	for bit, m := range map[uint32]fs.FileMode{modeSetuid: fs.ModeSetuid, modeSetgid: fs.ModeSetgid, modeSticky: fs.ModeSticky} {
		if unix&bit != 0 {
			mode |= m
		}
	}
	return mode, nil
}
