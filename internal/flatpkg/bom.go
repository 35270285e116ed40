package flatpkg

import (
	"encoding/binary"
	"io/fs"
)

// Shapes of a Bom: a header, then blocks that are known by their number, then a table that says where each block is,
// then variables that name blocks. All numbers are big-endian. Trees keep sorted keys and values in nodes of a fixed
// size, as a database does.
const (
	bomMagic      = "BOMStore"
	bomHeader     = 512 // 32 bytes, padded
	bomTree       = 21
	bomNode       = 4096 // a node of a tree
	bomSmallNode  = 128
	bomPerNode    = 256 // entries in one node, as mkbom has them; 510 would fit
	bomRecord     = 31  // of a path, without the name a symbolic link leads to
	bomOrdinary   = 15  // "architecture" of anything that is not a fat binary's
	bomFile       = 1
	bomDir        = 2
	bomLink       = 3
	bomFileTail   = 4 // zeros that mkbom leaves after a file's record
	bomLinkTail   = 8 // and after a symbolic link's
	bomInfoLength = 28
)

// store collects blocks. Block 0 is nobody's.
type store struct {
	data   []byte
	blocks [][2]uint32 // address and length
}

func newStore() *store {
	return &store{data: make([]byte, bomHeader), blocks: make([][2]uint32, 1)}
}

func (s *store) add(block []byte) uint32 {
	s.blocks = append(s.blocks, [2]uint32{uint32(len(s.data)), uint32(len(block))})
	s.data = append(s.data, block...)
	return uint32(len(s.blocks) - 1)
}

// makeBom writes the bill of materials of items, which have their checksums.
func makeBom(items []*item, modified int64) []byte {
	s := newStore()
	// Fifteen years of packages by bomutils have left the three last trees empty. Apple's mkbom lists paths in HLIndex
	// to tell hard links, of which there are none here.
	variables := []struct {
		name  string
		block uint32
	}{
		{"BomInfo", s.add(bomInfo(items))},
		{"Paths", s.tree(s.paths(items, modified), bomNode)},
		{"HLIndex", s.tree(nil, bomNode)},
		{"VIndex", s.versions()},
		{"Size64", s.tree(nil, bomNode)},
	}
	order := binary.BigEndian
	table := uint32(len(s.data))
	s.data = order.AppendUint32(s.data, uint32(len(s.blocks)))
	for _, b := range s.blocks {
		s.data = order.AppendUint32(order.AppendUint32(s.data, b[0]), b[1])
	}
	s.data = append(s.data, make([]byte, 4+2*8)...) // A list of no free blocks, with room for two, as mkbom leaves it.
	order.PutUint32(s.data[len(s.data)-20:], 2)
	names := uint32(len(s.data))
	s.data = order.AppendUint32(s.data, uint32(len(variables)))
	for _, v := range variables {
		s.data = append(append(order.AppendUint32(s.data, v.block), byte(len(v.name))), v.name...)
	}
	copy(s.data, bomMagic)
	for i, n := range []uint32{1, uint32(len(s.blocks) - 1), table, names - table, names, uint32(len(s.data)) - names} {
		order.PutUint32(s.data[len(bomMagic)+4*i:], n)
	}
	return s.data
}

// bomInfo tells how many paths there are, counted with the null block, and how long all files are together.
func bomInfo(items []*item) []byte {
	var total int64
	for _, i := range items {
		if i.Mode.IsRegular() {
			total += i.Size
		}
	}
	block := make([]byte, bomInfoLength)
	for i, n := range []uint32{1, uint32(len(items) + 1), 1, 0, 0, uint32(total), 0} {
		binary.BigEndian.PutUint32(block[4*i:], n)
	}
	return block
}

// versions is VIndex: a block that leads to an empty tree.
func (s *store) versions() uint32 {
	block := make([]byte, 13)
	binary.BigEndian.PutUint32(block, 1)
	binary.BigEndian.PutUint32(block[4:], s.tree(nil, bomSmallNode))
	return s.add(block)
}

// pair is a key and a value in a tree, both numbers of blocks.
type pair struct{ first, second uint32 }

// paths adds what is known of each path. The order is that of ids and names, or Apple's lsbom stops early.
func (s *store) paths(items []*item, modified int64) []pair {
	order := binary.BigEndian
	all := broad(items)
	pairs := make([]pair, 0, len(all))
	for _, i := range all {
		path := order.AppendUint32(order.AppendUint32(nil, i.id), s.add(bomPath(i, uint32(modified))))
		var parent uint32
		if i.parent != nil {
			parent = i.parent.id
		}
		name := append(append(order.AppendUint32(nil, parent), i.name()...), 0)
		pairs = append(pairs, pair{s.add(path), s.add(name)})
	}
	return pairs
}

func (i *item) name() string {
	if i.parent == nil || i.parent.parent == nil {
		return i.Path
	}
	return i.Path[len(i.parent.Path)+1:]
}

func bomPath(i *item, modified uint32) []byte {
	order := binary.BigEndian
	kind, link, tail := byte(bomFile), "", bomFileTail
	switch i.Mode.Type() {
	case fs.ModeDir:
		kind, tail = bomDir, 0
	case fs.ModeSymlink:
		kind, link, tail = bomLink, i.Link+"\x00", bomLinkTail
	}
	b := append(make([]byte, 0, bomRecord+len(link)+tail), kind, 1)
	b = order.AppendUint16(b, bomOrdinary)
	b = order.AppendUint16(b, uint16(unixMode(i.Mode)))
	for _, n := range []uint32{uint32(i.UID), uint32(i.GID), modified, uint32(i.bytes())} {
		b = order.AppendUint32(b, n)
	}
	b = order.AppendUint32(append(b, 1), i.cksum)
	b = order.AppendUint32(b, uint32(len(link)))
	return append(append(b, link...), make([]byte, tail)...)
}

// tree adds sorted pairs as a tree: leaves in a chain, and above them nodes that lead to each, up to one root.
func (s *store) tree(pairs []pair, size int) uint32 {
	level, leaf := pairs, true
	var root uint32
	for {
		count := max(1, (len(level)+bomPerNode-1)/bomPerNode)
		first := uint32(len(s.blocks))
		above := make([]pair, 0, count)
		for n := range count {
			part := level[n*bomPerNode : min(len(level), (n+1)*bomPerNode)]
			var forward, backward uint32
			if n+1 < count {
				forward = first + uint32(n) + 1
			}
			if n > 0 {
				backward = first + uint32(n) - 1
			}
			root = s.add(bomNodeOf(part, leaf, pair{forward, backward}, size))
			if len(part) > 0 {
				above = append(above, pair{root, part[len(part)-1].second})
			}
		}
		if count == 1 {
			break
		}
		level, leaf = above, false
	}
	b := append([]byte("tree"), make([]byte, bomTree-4)...)
	for i, n := range []uint32{1, root, uint32(size), uint32(len(pairs))} {
		binary.BigEndian.PutUint32(b[4+4*i:], n)
	}
	return s.add(b)
}

func bomNodeOf(pairs []pair, leaf bool, chain pair, size int) []byte {
	order := binary.BigEndian
	b := make([]byte, 0, size)
	var flag uint16
	if leaf {
		flag = 1
	}
	b = order.AppendUint16(order.AppendUint16(b, flag), uint16(len(pairs)))
	b = order.AppendUint32(order.AppendUint32(b, chain.first), chain.second)
	for _, p := range pairs {
		b = order.AppendUint32(order.AppendUint32(b, p.first), p.second)
	}
	return append(b, make([]byte, size-len(b))...)
}
