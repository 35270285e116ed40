package universal_test

import (
	"bytes"
	"crypto/sha256"
	"debug/macho"
	"encoding/binary"
	"testing"
)

// TestTheSignatureHoldsAfterTheMerge hashes every page of the program for Apple silicon again, as the kernel does before
// it runs a page. The numbers are those of cs_blobs.h.
func TestTheSignatureHoldsAfterTheMerge(t *testing.T) {
	program := thin(t, daemon(t))[macho.CpuArm64.String()]
	f, err := macho.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	var blob []byte
	for _, load := range f.Loads {
		if raw := load.Raw(); binary.LittleEndian.Uint32(raw) == 0x1d {
			at, size := binary.LittleEndian.Uint32(raw[8:]), binary.LittleEndian.Uint32(raw[12:])
			blob = program[at : at+size]
		}
	}
	number := binary.BigEndian.Uint32
	if len(blob) == 0 || number(blob) != 0xfade0cc0 {
		t.Fatal("there is no signature")
	}
	var directory []byte
	for i := range number(blob[8:]) {
		if entry := blob[12+8*i:]; number(entry) == 0 {
			directory = blob[number(entry[4:]):]
		}
	}
	if len(directory) == 0 || number(directory) != 0xfade0c02 {
		t.Fatal("there is no code directory")
	}
	const adHoc = 0x2
	flags, hashes, slots, limit := number(directory[12:]), number(directory[16:]), number(directory[28:]), number(directory[32:])
	hashSize, hashType, page := int(directory[36]), directory[37], 1<<directory[39]
	if flags&adHoc == 0 || hashSize != sha256.Size || hashType != 2 || slots < 100 {
		t.Fatalf("flags %#x, %d hashes of %d bytes and type %d", flags, slots, hashSize, hashType)
	}
	if pages := (int(limit) + page - 1) / page; pages != int(slots) {
		t.Fatalf("%d hashes for %d pages", slots, pages)
	}
	for i := range int(slots) {
		want := directory[int(hashes)+i*hashSize:][:hashSize]
		got := sha256.Sum256(program[i*page : min((i+1)*page, int(limit))])
		if !bytes.Equal(got[:], want) {
			t.Fatalf("page %d of %d is not the one that was signed", i, slots)
		}
	}
	t.Logf("%d pages of %d bytes are as they were signed", slots, page)
}
