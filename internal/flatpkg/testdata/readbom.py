#!/usr/bin/env python3
"""Reads a bill of materials, and knows nothing of the program that wrote it.

It goes along the chain of leaves, as lsbom does, while the Go reader goes down from the root. It stops at whatever is
not as described by those who took such files apart: blocks that overlap, leaves out of order, counts that are wrong.
Prints one JSON object per path. Python 3.8 or later, standard library only.
"""
import json
import struct
import sys


def need(condition, text):
    if not condition:
        sys.exit("readbom: " + text)


class Bom:
    def __init__(self, data):
        self.data = data
        magic, version, used, table, table_size, names, names_size = struct.unpack_from(">8s6I", data, 0)
        need(magic == b"BOMStore" and version == 1, "not a bill of materials")
        need(table + table_size <= len(data) and names + names_size <= len(data), "tables are past the end")
        (count,) = struct.unpack_from(">I", data, table)
        self.blocks = [struct.unpack_from(">II", data, table + 4 + 8 * n) for n in range(count)]
        need(self.blocks[0] == (0, 0), "block 0 is not empty")
        need(used == sum(1 for _, size in self.blocks if size), "number of blocks in use is wrong")
        (free,) = struct.unpack_from(">I", data, table + 4 + 8 * count)
        need(4 + 8 * count + 4 + 8 * free == table_size, "table of blocks has another size")
        places = sorted([b for b in self.blocks if b[1]] + [(0, 32), (table, table_size), (names, names_size)])
        for (at, size), (following, _) in zip(places, places[1:]):
            need(at + size <= following, "blocks overlap at %d" % following)
        self.variables = {}
        (count,) = struct.unpack_from(">I", data, names)
        at = names + 4
        for _ in range(count):
            block, length = struct.unpack_from(">IB", data, at)
            self.variables[data[at + 5:at + 5 + length].decode("ascii")] = block
            at += 5 + length
        need(at == names + names_size, "variables have another size")

    def block(self, number):
        need(0 < number < len(self.blocks), "no block %d" % number)
        at, size = self.blocks[number]
        need(at + size <= len(self.data), "block %d is past the end" % number)
        return self.data[at:at + size]

    def tree(self, number):
        """The pairs in the leaves of a tree, after its nodes were checked against each other."""
        magic, version, child, size, count = struct.unpack_from(">4s4I", self.block(number))
        need(magic == b"tree" and version == 1, "block %d is no tree" % number)
        leaves = self.below(child, size)
        node, before, pairs, chain = leaves[0], 0, [], []
        while node:
            need(len(self.block(node)) == size, "node %d has another size" % node)
            leaf, used, forward, backward = struct.unpack_from(">HHII", self.block(node))
            need(leaf == 1 and backward == before, "chain of leaves is broken at %d" % node)
            chain.append(node)
            pairs += [struct.unpack_from(">II", self.block(node), 12 + 8 * n) for n in range(used)]
            before, node = node, forward
        need(chain == leaves, "chain and tree differ")
        need(len(pairs) == count, "tree says %d paths and has %d" % (count, len(pairs)))
        return pairs

    def below(self, number, size, depth=0):
        need(depth < 8, "tree is too deep")
        leaf, used = struct.unpack_from(">HH", self.block(number))
        if leaf:
            return [number]
        leaves = []
        for n in range(used):
            child, last = struct.unpack_from(">II", self.block(number), 12 + 8 * n)
            found = self.below(child, size, depth + 1)
            end = self.block(found[-1])
            (entries,) = struct.unpack_from(">H", end, 2)
            need(struct.unpack_from(">II", end, 12 + 8 * (entries - 1))[1] == last, "node %d names another last path" % number)
            leaves += found
        return leaves

    def paths(self):
        known, previous, files = {0: None}, (-1, b""), 0
        pairs = self.tree(self.variables["Paths"])
        for info, name in pairs:
            number, record = struct.unpack(">II", self.block(info))
            parent, name = struct.unpack_from(">I", self.block(name))[0], self.block(name)[4:]
            need(name[-1:] == b"\0" and b"\0" not in name[:-1], "name %r" % name)
            name = name[:-1]
            need((parent, name) > previous, "%r is out of order" % name)
            previous = (parent, name)
            need(parent in known and number not in known, "%r has no folder, or an id of another" % name)
            path = name.decode("utf-8") if known[parent] in (None, ".") else known[parent] + "/" + name.decode("utf-8")
            known[number] = path
            record = self.block(record)
            kind, _, architecture, mode, uid, gid, mtime, size, _, checksum, length = struct.unpack_from(">BBHHIIIIBII", record)
            need({1: 0o100000, 2: 0o040000, 3: 0o120000}[kind] == mode & 0o170000, "%r: type %d and mode %o" % (path, kind, mode))
            need(architecture == 15, "%r: architecture %d" % (path, architecture))
            need(len(record) == {1: 35, 2: 31, 3: 39 + length}[kind], "%r: record of %d bytes" % (path, len(record)))
            link = record[31:31 + length]
            need(link[-1:] == (b"\0" if kind == 3 else b""), "%r: link %r" % (path, link))
            files += size if kind == 1 else 0
            yield {"path": path, "mode": mode, "uid": uid, "gid": gid, "mtime": mtime, "size": size, "cksum": checksum,
                   "link": link[:-1].decode("utf-8")}
        version, count, entries = struct.unpack_from(">III", self.block(self.variables["BomInfo"]))
        need((version, count, entries) == (1, len(pairs) + 1, 1), "BomInfo says %r" % ((version, count, entries),))
        need(struct.unpack_from(">I", self.block(self.variables["BomInfo"]), 20)[0] == files & 0xFFFFFFFF, "BomInfo has another size")
        for name in ("HLIndex", "Size64"):
            need(self.tree(self.variables[name]) == [], name + " is not empty")
        version, index = struct.unpack_from(">II", self.block(self.variables["VIndex"]))
        need(version == 1 and self.tree(index) == [], "VIndex is not empty")


with open(sys.argv[1], "rb") as file:
    for found in Bom(file.read()).paths():
        print(json.dumps(found, ensure_ascii=True))
