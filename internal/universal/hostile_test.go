package universal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/universal"
)

const (
	x86 = 0x01000007
	arm = 0x0100000c
)

// command is a load command of the given numbers after its kind.
func command(kind uint32, numbers ...uint32) []byte {
	data := binary.LittleEndian.AppendUint32(nil, kind)
	data = binary.LittleEndian.AppendUint32(data, uint32(8+4*len(numbers)))
	for _, n := range numbers {
		data = binary.LittleEndian.AppendUint32(data, n)
	}
	return data
}

var (
	uuid      = command(0x1b, 1, 2, 3, 4)
	mac       = command(0x32, 1, 12<<16|3<<8|1, 14<<16, 0)
	older     = command(0x24, 10<<16|13<<8, 10<<16|13<<8)
	phone     = command(0x32, 2, 15<<16, 15<<16, 0)
	signature = command(0x1d, 32, 0)
)

// tiny is the least that is a Mach-O file of a processor and a type.
func tiny(cpu, kind uint32, commands ...[]byte) []byte {
	all := bytes.Join(commands, nil)
	var data []byte
	for _, n := range []uint32{0xfeedfacf, cpu, 0, kind, uint32(len(commands)), uint32(len(all)), 0, 0} {
		data = binary.LittleEndian.AppendUint32(data, n)
	}
	return append(data, all...)
}

func program(cpu uint32) []byte { return tiny(cpu, 2, uuid, mac, signature) }

// with changes four bytes.
func with(data []byte, at int, order binary.ByteOrder, number uint32) []byte {
	data = bytes.Clone(data)
	order.PutUint32(data[at:], number)
	return data
}

func merged(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	data, err := universal.Merge(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCheck(t *testing.T) {
	big, little := binary.ByteOrder(binary.BigEndian), binary.ByteOrder(binary.LittleEndian)
	both := merged(t, program(arm), program(x86))
	var self []byte
	if path, err := os.Executable(); err == nil {
		self, _ = os.ReadFile(path)
	}
	for name, row := range map[string]struct {
		data []byte
		want string // part of the error
	}{
		"a universal program":              {both, ""},
		"a program for Apple silicon":      {program(arm), ""},
		"a program for Intel":              {program(x86), ""},
		"an unsigned program for Intel":    {tiny(x86, 2, uuid, mac), ""},
		"an old way to name macOS":         {tiny(x86, 2, uuid, older), ""},
		"an unknown load command":          {tiny(x86, 2, uuid, mac, command(0x7777, 0, 0)), ""},
		"no LC_UUID":                       {tiny(x86, 2, mac), "the program for x86_64 has no LC_UUID"},
		"no signature for Apple silicon":   {tiny(arm, 2, mac, uuid), "not signed"},
		"no LC_UUID in one half":           {merged(t, program(arm), tiny(x86, 2, mac)), "the program for x86_64 has no LC_UUID"},
		"a program for phones":             {tiny(arm, 2, uuid, phone, signature), "the program for arm64 is for platform 2"},
		"a program for no system":          {tiny(x86, 2, uuid), "is for a system that it does not name"},
		"a library":                        {tiny(x86, 6, uuid, mac), "is no program"},
		"another processor":                {tiny(18, 2, uuid, mac), "for the processor cpu 0x12"},
		"arm64e":                           {with(program(arm), 8, little, 0x80000002), "for the processor arm64e"},
		"a program of this test's machine": {self, "it starts with"},
		"a script":                         {[]byte("#!/bin/sh\necho this is long enough for a header\n"), "it starts with"},
		"nothing":                          {nil, "it ends before byte 8"},
		"a few bytes":                      {both[:7], "it ends before byte 8"},
		"a universal header alone":         {both[:8], "it ends before byte 48"},
		"half of a program":                {both[:len(both)-1], "it ends before byte"},
		"a thin header alone":              {program(arm)[:32], "it ends before byte"},
		"a thin header cut":                {program(arm)[:31], "it ends before byte 32"},
		"no program at all":                {with(both, 4, big, 0), "it would hold 0 programs"},
		"a Java class":                     {with(both, 4, big, 61), "it would hold 61 programs"},
		"a huge number of programs":        {with(both, 4, big, math.MaxUint32), "it would hold 4294967295 programs"},
		"programs that overlap":            {with(both, 36, big, 1<<14), "names another processor"},
		"the same program twice":           {with(with(with(both, 28, big, x86), 32, big, 0), 36, big, 1<<14), "overlap"},
		"a program in the header":          {with(both, 16, big, 0), "overlaps the header"},
		"a program that is not aligned":    {with(both, 16, big, 1<<14+8), "is not aligned"},
		"an alignment beyond reason":       {with(both, 24, big, 200), "is not aligned"},
		"an empty program":                 {with(both, 20, big, 0), "is empty"},
		"a program smaller than a header":  {with(both, 20, big, 5), "has 5 bytes"},
		"a program beyond the end":         {with(both, 16, big, 0xffffc000), "it ends before byte"},
		"another processor in the header":  {with(both, 8, big, 18), "names another processor"},
		"a huge number of commands":        {with(program(arm), 16, little, math.MaxUint32), "load commands"},
		"huge commands":                    {with(program(arm), 20, little, math.MaxUint32), "load commands"},
		"commands beyond a slice":          {with(both, 1<<14+20, little, 1<<19), "load commands"},
		"more commands than there are":     {with(program(arm), 16, little, 4), "load commands end early"},
		"a command without a size":         {with(program(arm), 36, little, 0), "a load command has 0 bytes"},
		"a command with an odd size":       {with(program(arm), 36, little, 20), "a load command has 20 bytes"},
		"a command beyond the commands":    {with(program(arm), 36, little, 1<<20), "a load command has 1048576 bytes"},
		"a command too small for its kind": {tiny(x86, 2, command(0x19, 0, 0)), "load command 0x19 has 16 bytes"},
		"a signature beyond the end":       {tiny(x86, 2, command(0x1d, 1<<20, 16)), "it ends before byte"},
		"a signature beyond its slice":     {with(both, 1<<14+88, little, 1<<14), "a part of the program for x86_64 lies beyond its end"},
		"a segment of 2^64 bytes": {
			tiny(x86, 2, command(0x19, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, math.MaxUint32, math.MaxUint32, 0, 0, 0, 0)), "beyond its end",
		},
		"a 32-bit program": {binary.LittleEndian.AppendUint32(nil, 0xfeedface), "it ends before byte"},
		"fat64":            {with(both, 0, big, 0xcafebabf), "it starts with 0xcafebabf"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := universal.Check(bytes.NewReader(row.data))
			if row.want == "" && err == nil {
				return
			}
			if err == nil || row.want == "" || !strings.Contains(err.Error(), row.want) || !strings.HasPrefix(err.Error(), "check program: ") {
				t.Fatalf("got %v", err)
			}
			if !errors.Is(err, universal.ErrFormat) && !errors.Is(err, universal.ErrUnfit) {
				t.Errorf("%v has no name", err)
			}
		})
	}
}

func TestInspectTellsVersions(t *testing.T) {
	for want, data := range map[string][]byte{"12.3.1": program(arm), "10.13": tiny(x86, 2, older)} {
		if b, err := universal.Inspect(bytes.NewReader(data)); err != nil || b.Architectures[0].MinimumOS != want {
			t.Errorf("%+v, %v", b, err)
		}
	}
}

func TestAReaderThatFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := universal.Check(failing{broken})
	if !errors.Is(err, broken) || errors.Is(err, universal.ErrFormat) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ error }

func (f failing) ReadAt(p []byte, _ int64) (int, error) { return iotest.ErrReader(f.error).Read(p) }

func TestMergeRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		parts [][]byte
		want  string
	}{
		"nothing":                  {nil, "there are no slices"},
		"two of the same":          {[][]byte{program(arm), program(arm)}, "two slices are for arm64"},
		"a universal file":         {[][]byte{merged(t, program(arm)), program(x86)}, "a slice is universal itself"},
		"what is no Mac's program": {[][]byte{program(arm), []byte("#!/bin/sh, and then some more bytes")}, "it starts with"},
	} {
		if _, err := universal.Merge(row.parts...); !errors.Is(err, universal.ErrFormat) || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestADamagedProgramIsNeverTakenForAnother changes bytes of the headers of a sound file, or cuts it.
func TestADamagedProgramIsNeverTakenForAnother(t *testing.T) {
	both := merged(t, program(arm), program(x86))
	rapid.Check(t, func(t *rapid.T) {
		data := bytes.Clone(both)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			at := rapid.SampledFrom([]int{0, 1 << 14, 2 << 14}).Draw(t, "header") + rapid.IntRange(0, 103).Draw(t, "at")
			data[min(at, len(data)-1)] = rapid.Byte().Draw(t, "byte")
		}
		data = data[:rapid.IntRange(0, len(data)).Draw(t, "length")]
		judge(t, data)
	})
}

// judge has a file inspected, and checks what holds for all.
func judge(t interface{ Fatalf(string, ...any) }, data []byte) {
	b, err := universal.Inspect(io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))))
	if err != nil {
		if !errors.Is(err, universal.ErrFormat) {
			t.Fatalf("%v has no name", err)
		}
		return
	}
	if len(b.Architectures) == 0 || !b.Universal && len(b.Architectures) != 1 {
		t.Fatalf("%+v", b)
	}
	for _, a := range b.Architectures {
		if a.Name == "" {
			t.Fatalf("%+v", a)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(program(arm))
	f.Add(tiny(x86, 2, uuid, older, command(0x19, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 16, 0, 0, 0, 0, 0)))
	f.Add(merged(f, program(arm), program(x86)))
	f.Fuzz(func(t *testing.T, data []byte) { judge(t, data) })
}
