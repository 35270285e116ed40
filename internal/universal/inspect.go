package universal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrFormat says that a file is no Mach-O file, or a damaged one.
var ErrFormat = errors.New("is not a Mac program (Mach-O)")

// Binary is what a Mach-O file holds.
type Binary struct {
	Universal     bool           // in the format for several processors, even if it holds one only
	Architectures []Architecture // as they follow each other in the file, one if not universal
}

// Architecture is the program for one kind of processor.
type Architecture struct {
	Name       string // as Apple calls it: arm64, arm64e, x86_64; cpu 0x… for those that no Mac of today has
	Executable bool   // a program, as opposed to a library or an object file
	Platform   string // macOS; platform N for others; empty if the file does not say
	MinimumOS  string // such as 12.0; empty if the file does not say
	HasUUID    bool   // has LC_UUID, without which macOS 26 does not run a program (go-delve/delve#4162)
	Signed     bool   // has a signature, ad-hoc or other, which is not checked here

	cpu, subtype uint32
	offset, size int64 // of the slice; the size of a thin file is not known and is 0
}

// Numbers of the format, from mach-o/loader.h, mach-o/fat.h and mach/machine.h.
const (
	magic64     = 0xfeedfacf
	headerSize  = 32
	executeType = 2

	cpuX86      = 0x01000007
	cpuARM      = 0x0100000c
	armSubtypeE = 2
	capability  = 0xff000000 // the bits of a subtype that do not name one

	loadSegment64   = 0x19
	loadUUID        = 0x1b
	loadSignature   = 0x1d
	loadMinimumMac  = 0x24
	loadBuild       = 0x32
	platformMacOS   = 1
	maxSlices       = 16      // more than there ever were processors; a Java class has the same magic, and a version here
	maxCommands     = 4096    // a program made by Go has about twenty
	maxCommandBytes = 1 << 20 // of all load commands
)

// Inspect tells what a Mach-O file holds. It reads headers only. Every error wraps [ErrFormat], but for those of the
// reader.
func Inspect(r io.ReaderAt) (Binary, error) {
	f := file{r}
	head, err := f.read(0, fatHeaderSize)
	if err != nil {
		return Binary{}, err
	}
	if binary.BigEndian.Uint32(head) != fatMagic {
		a, err := f.slice(0, 0)
		if err != nil {
			return Binary{}, err
		}
		return Binary{Architectures: []Architecture{a}}, nil
	}
	count := binary.BigEndian.Uint32(head[4:])
	if count == 0 || count > maxSlices {
		return Binary{}, malformed("it would hold %d programs", count)
	}
	table, err := f.read(fatHeaderSize, int64(count)*fatEntrySize)
	if err != nil {
		return Binary{}, err
	}
	b := Binary{Universal: true}
	for entry := range count {
		a, err := f.entry(table[entry*fatEntrySize:], int64(fatHeaderSize+len(table)))
		if err != nil {
			return Binary{}, err
		}
		for _, other := range b.Architectures {
			if a.offset < other.offset+other.size && other.offset < a.offset+a.size {
				return Binary{}, malformed("the programs for %s and %s overlap", other.Name, a.Name)
			}
			if a.Name == other.Name {
				return Binary{}, malformed("two programs are for %s", a.Name)
			}
		}
		b.Architectures = append(b.Architectures, a)
	}
	return b, nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// file reads parts of a file of unknown size.
type file struct{ io.ReaderAt }

func (f file) read(at, size int64) ([]byte, error) {
	data := make([]byte, size)
	n, err := f.ReadAt(data, at)
	if int64(n) == size {
		return data, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return nil, malformed("it ends before byte %d", at+size)
	}
	return nil, fmt.Errorf("read program: %w", err)
}

// reaches tells whether the file has all bytes before an offset.
func (f file) reaches(end int64) error {
	if end <= 0 {
		return nil
	}
	_, err := f.read(end-1, 1)
	return err
}

// entry reads a program that the table of a universal file names. The table ends at an offset.
func (f file) entry(table []byte, end int64) (Architecture, error) {
	number := func(i int) uint32 { return binary.BigEndian.Uint32(table[4*i:]) }
	cpu, subtype, offset, size, align := number(0), number(1), int64(number(2)), int64(number(3)), number(4)
	switch {
	case align > 31 || offset%(1<<align) != 0:
		return Architecture{}, malformed("the program at byte %d is not aligned to 2^%d", offset, align)
	case offset < end:
		return Architecture{}, malformed("the program at byte %d overlaps the header", offset)
	case size == 0:
		return Architecture{}, malformed("the program at byte %d is empty", offset)
	}
	if err := f.reaches(offset + size); err != nil {
		return Architecture{}, err
	}
	a, err := f.slice(offset, size)
	if err == nil && (a.cpu != cpu || a.subtype&^capability != subtype&^capability) {
		return Architecture{}, malformed("the header names another processor than the program at byte %d, which is for %s", offset, a.Name)
	}
	return a, err
}

// slice reads a program at an offset. Its size is 0 if it goes to the end of the file.
func (f file) slice(offset, size int64) (Architecture, error) {
	if size > 0 && size < headerSize {
		return Architecture{}, malformed("the program at byte %d has %d bytes", offset, size)
	}
	header, err := f.read(offset, headerSize)
	if err != nil {
		return Architecture{}, err
	}
	number := func(i int) uint32 { return binary.LittleEndian.Uint32(header[4*i:]) }
	if number(0) != magic64 {
		return Architecture{}, malformed("it starts with %#08x", binary.BigEndian.Uint32(header))
	}
	a := Architecture{
		Name: processor(number(1), number(2)), Executable: number(3) == executeType,
		cpu: number(1), subtype: number(2), offset: offset, size: size,
	}
	count, length := number(4), int64(number(5))
	if count > maxCommands || length > maxCommandBytes || size > 0 && headerSize+length > size {
		return Architecture{}, malformed("it would have %d load commands in %d bytes", count, length)
	}
	commands, err := f.read(offset+headerSize, length)
	if err != nil {
		return Architecture{}, err
	}
	return a, f.commands(&a, commands, count)
}

func processor(cpu, subtype uint32) string {
	switch {
	case cpu == cpuX86:
		return "x86_64"
	case cpu == cpuARM && subtype&^capability == armSubtypeE:
		return "arm64e"
	case cpu == cpuARM:
		return "arm64"
	default:
		return fmt.Sprintf("cpu %#x", cpu)
	}
}

// commands reads the load commands of a program.
func (f file) commands(a *Architecture, commands []byte, count uint32) error {
	const least = 8
	for range count {
		if len(commands) < least {
			return malformed("its load commands end early")
		}
		kind, length := binary.LittleEndian.Uint32(commands), binary.LittleEndian.Uint32(commands[4:])
		if length < least || length%8 != 0 || uint64(length) > uint64(len(commands)) {
			return malformed("a load command has %d bytes", length)
		}
		if err := f.command(a, kind, commands[:length]); err != nil {
			return err
		}
		commands = commands[length:]
	}
	return nil
}

func (f file) command(a *Architecture, kind uint32, command []byte) error {
	sizes := map[uint32]int{loadSegment64: 72, loadUUID: 24, loadSignature: 16, loadMinimumMac: 16, loadBuild: 24}
	if len(command) < sizes[kind] {
		return malformed("load command %#x has %d bytes", kind, len(command))
	}
	number := func(at int) uint32 { return binary.LittleEndian.Uint32(command[at:]) }
	switch kind {
	case loadUUID:
		a.HasUUID = true
	case loadMinimumMac: // what came before LC_BUILD_VERSION
		a.Platform, a.MinimumOS = "macOS", version(number(8))
	case loadBuild:
		a.MinimumOS = version(number(12))
		if a.Platform = fmt.Sprintf("platform %d", number(8)); number(8) == platformMacOS {
			a.Platform = "macOS"
		}
	case loadSignature:
		a.Signed = true
		return f.within(*a, uint64(number(8)), uint64(number(12)))
	case loadSegment64:
		return f.within(*a, binary.LittleEndian.Uint64(command[40:]), binary.LittleEndian.Uint64(command[48:]))
	}
	return nil
}

// within tells whether a program has the bytes that a load command speaks of.
func (f file) within(a Architecture, offset, size uint64) error {
	const most = 1 << 40
	if offset > most || size > most || a.size > 0 && offset+size > uint64(a.size) {
		return malformed("a part of the program for %s lies beyond its end", a.Name)
	}
	return f.reaches(a.offset + int64(offset+size))
}

// version is a version of macOS, as load commands hold it: four digits, two and two, in base 16.
func version(n uint32) string {
	if patch := n & 0xff; patch != 0 {
		return fmt.Sprintf("%d.%d.%d", n>>16, n>>8&0xff, patch)
	}
	return fmt.Sprintf("%d.%d", n>>16, n>>8&0xff)
}
