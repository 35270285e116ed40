package flatpkg

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// maxBomDepth is far more than a tree of as many paths as can be needs.
const maxBomDepth = 8

// bomReader looks blocks up. Numbers that lead outside the file are an error, not a panic.
type bomReader struct {
	data   []byte
	blocks []byte // the table, eight bytes for each
}

// readBom reads the paths of a bill of materials, parents before children.
func readBom(data []byte) ([]File, error) {
	if len(data) < 32 || string(data[:8]) != bomMagic || binary.BigEndian.Uint32(data[8:]) != 1 {
		return nil, malformed("it does not begin as a bill of materials")
	}
	field := func(n int) uint64 { return uint64(binary.BigEndian.Uint32(data[8+4*n:])) }
	table, err := span(data, field(2), field(3))
	if err != nil {
		return nil, err
	}
	names, err := span(data, field(4), field(5))
	if err != nil {
		return nil, err
	}
	if len(table) < 4 {
		return nil, malformed("the table of blocks is empty")
	}
	count := uint64(binary.BigEndian.Uint32(table))
	blocks, err := span(table, 4, 8*count)
	if err != nil {
		return nil, err
	}
	r := &bomReader{data, blocks}
	variables, err := bomVariables(names)
	if err != nil {
		return nil, err
	}
	if err := r.header(variables["BomInfo"]); err != nil {
		return nil, err
	}
	return r.paths(variables["Paths"])
}

// span is a part of data, which has to be there.
func span(data []byte, at, length uint64) ([]byte, error) {
	if at > uint64(len(data)) || length > uint64(len(data))-at {
		return nil, malformed("%d bytes at %d are past the end", length, at)
	}
	return data[at : at+length], nil
}

func bomVariables(data []byte) (map[string]uint32, error) {
	if len(data) < 4 {
		return nil, malformed("there are no variables")
	}
	variables := map[string]uint32{}
	count, rest := binary.BigEndian.Uint32(data), data[4:]
	for range count {
		if len(rest) < 5 || len(rest) < 5+int(rest[4]) {
			return nil, malformed("the variables are cut short")
		}
		name := string(rest[5 : 5+int(rest[4])])
		if _, ok := variables[name]; ok {
			return nil, malformed("variable %q is there twice", name)
		}
		variables[name] = binary.BigEndian.Uint32(rest)
		rest = rest[5+int(rest[4]):]
	}
	return variables, nil
}

// block finds a block of at least some length.
func (r *bomReader) block(number uint32, least int) ([]byte, error) {
	entry, err := span(r.blocks, 8*uint64(number), 8)
	if err != nil || number == 0 {
		return nil, malformed("there is no block %d", number)
	}
	block, err := span(r.data, uint64(binary.BigEndian.Uint32(entry)), uint64(binary.BigEndian.Uint32(entry[4:])))
	if err != nil {
		return nil, err
	}
	if len(block) < least {
		return nil, malformed("block %d has %d bytes instead of at least %d", number, len(block), least)
	}
	return block, nil
}

func (r *bomReader) header(number uint32) error {
	info, err := r.block(number, 12)
	if err != nil {
		return err
	}
	if v := binary.BigEndian.Uint32(info); v != 1 {
		return malformed("the bill of materials has version %d", v)
	}
	return nil
}

// leaves are the pairs of a tree, in order. Going down from the root and going along the chain have to agree, as
// readers do the one or the other.
func (r *bomReader) leaves(number uint32) ([]pair, error) {
	tree, err := r.block(number, bomTree-1)
	if err != nil {
		return nil, err
	}
	if string(tree[:4]) != "tree" || binary.BigEndian.Uint32(tree[4:]) != 1 {
		return nil, malformed("block %d is no tree", number)
	}
	w := &treeWalk{reader: r, seen: map[uint32]bool{}}
	if err := w.down(binary.BigEndian.Uint32(tree[8:]), 0); err != nil {
		return nil, err
	}
	if w.next != 0 {
		return nil, malformed("the chain of leaves goes on")
	}
	if n := binary.BigEndian.Uint32(tree[16:]); uint64(n) != uint64(len(w.pairs)) {
		return nil, malformed("a tree has %d entries instead of %d", len(w.pairs), n)
	}
	return w.pairs, nil
}

type treeWalk struct {
	reader *bomReader
	seen   map[uint32]bool
	next   uint32 // the leaf that the last one leads to
	last   uint32
	pairs  []pair
}

func (w *treeWalk) down(number uint32, depth int) error {
	if depth > maxBomDepth || w.seen[number] {
		return malformed("a tree is too deep, or grows into itself")
	}
	w.seen[number] = true
	node, err := w.reader.block(number, 12)
	if err != nil {
		return err
	}
	order := binary.BigEndian
	leaf, count := order.Uint16(node), int(order.Uint16(node[2:]))
	entries, err := span(node, 12, 8*uint64(count))
	if err != nil {
		return err
	}
	if leaf > 1 || leaf == 0 && count == 0 {
		return malformed("node %d is neither a leaf nor leads to one", number)
	}
	if leaf == 1 {
		if w.last != 0 && w.next != number || order.Uint32(node[8:]) != w.last {
			return malformed("the chain of leaves misses node %d", number)
		}
		w.last, w.next = number, order.Uint32(node[4:])
	}
	for ; len(entries) > 0; entries = entries[8:] {
		p := pair{order.Uint32(entries), order.Uint32(entries[4:])}
		if leaf == 0 {
			if err := w.down(p.first, depth+1); err != nil {
				return err
			}
			continue
		}
		if w.pairs = append(w.pairs, p); len(w.pairs) > maxEntries {
			return tooLarge("%d paths", len(w.pairs))
		}
	}
	return nil
}

func (r *bomReader) paths(number uint32) ([]File, error) {
	pairs, err := r.leaves(number)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(pairs))
	known := make(map[uint32]string, len(pairs))
	seen := newPaths()
	for _, p := range pairs {
		id, file, err := r.path(p, known)
		if err != nil {
			return nil, err
		}
		if _, ok := known[id]; ok {
			return nil, malformed("two paths have the id %d", id)
		}
		if err := seen.add(file); err != nil {
			return nil, err
		}
		known[id] = file.Path
		files = append(files, file)
	}
	return files, nil
}

func (r *bomReader) path(p pair, known map[uint32]string) (uint32, File, error) {
	numbers, err := r.block(p.first, 8)
	if err != nil {
		return 0, File{}, err
	}
	name, err := r.block(p.second, 6)
	if err != nil {
		return 0, File{}, err
	}
	record, err := r.block(binary.BigEndian.Uint32(numbers[4:]), bomRecord)
	if err != nil {
		return 0, File{}, err
	}
	file, err := bomEntry(record)
	if err != nil {
		return 0, File{}, err
	}
	id, parent := binary.BigEndian.Uint32(numbers), binary.BigEndian.Uint32(name)
	text, end := bytes.CutSuffix(name[4:], []byte{0})
	if !end || strings.Contains(string(text), "/") || pathFault(string(text)) != "" || (string(text) == ".") != (parent == 0) {
		return 0, File{}, malformed("%q is no name of a file", text)
	}
	up, ok := known[parent]
	if parent != 0 && !ok {
		return 0, File{}, malformed("%q comes before its folder", text)
	}
	if file.Path = path.Join(up, string(text)); len(file.Path) > maxPath {
		return 0, File{}, malformed("a path is too long")
	}
	return id, file, nil
}

func bomEntry(b []byte) (File, error) {
	order := binary.BigEndian
	mode, err := goMode(uint32(order.Uint16(b[4:])))
	if err != nil {
		return File{}, err
	}
	f := File{
		Mode: mode, UID: int(order.Uint32(b[6:])), GID: int(order.Uint32(b[10:])), Modified: int64(order.Uint32(b[14:])),
		Size: int64(order.Uint32(b[18:])), Cksum: order.Uint32(b[23:]),
	}
	kinds := map[byte]bool{bomFile: mode.IsRegular(), bomDir: mode.IsDir(), bomLink: mode.Type() != 0 && !mode.IsDir()}
	if !kinds[b[0]] {
		return File{}, malformed("mode %v is not that of type %d", mode, b[0])
	}
	link, err := span(b, bomRecord, uint64(order.Uint32(b[27:])))
	if err != nil {
		return File{}, err
	}
	if b[0] != bomLink {
		return f, nil
	}
	target, end := bytes.CutSuffix(link, []byte{0})
	if f.Link = string(target); !end || !isLink(f.Link) {
		return File{}, malformed("%q is nothing a link leads to", target)
	}
	return f, nil
}
