package plist_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// archive builds a binary property list of objects given as bytes, the first being the root, with references and
// offsets of the given sizes.
func archive(ref, offset int, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("bplist00")
	var offsets []int
	for _, o := range objects {
		offsets = append(offsets, b.Len())
		b.WriteString(o)
	}
	table := b.Len()
	for _, o := range offsets {
		var full [8]byte
		binary.BigEndian.PutUint64(full[:], uint64(o))
		b.Write(full[8-offset:])
	}
	b.Write([]byte{0, 0, 0, 0, 0, 0, byte(offset), byte(ref)})
	for _, n := range []int{len(objects), 0, table} {
		_ = binary.Write(&b, binary.BigEndian, uint64(n))
	}
	return b.Bytes()
}

func TestDecodeBinary(t *testing.T) {
	for name, row := range map[string]struct {
		in   []byte
		want map[string]any
	}{
		"an empty dictionary":  {archive(1, 1, "\xd0"), map[string]any{}},
		"true":                 {archive(1, 1, "\xd1\x01\x02", "\x51a", "\x09"), map[string]any{"a": true}},
		"an unsigned byte":     {archive(1, 1, "\xd1\x01\x02", "\x51a", "\x10\xff"), map[string]any{"a": int64(255)}},
		"a negative integer":   {archive(1, 1, "\xd1\x01\x02", "\x51a", "\x13"+strings.Repeat("\xff", 8)), map[string]any{"a": int64(-1)}},
		"128 bits that fit 64": {archive(1, 1, "\xd1\x01\x02", "\x51a", "\x14"+strings.Repeat("\x00", 15)+"\x07"), map[string]any{"a": int64(7)}},
		"a narrow real":        {archive(1, 1, "\xd1\x01\x02", "\x51a", "\x22\x3f\xc0\x00\x00"), map[string]any{"a": 1.5}},
		"the date at which Apple's time begins": {
			archive(1, 1, "\xd1\x01\x02", "\x51a", "\x33"+strings.Repeat("\x00", 8)),
			map[string]any{"a": time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)},
		},
		"text beyond the basic plane": {archive(1, 1, "\xd1\x01\x02", "\x51a", "\x62\xd8\x3d\xde\x00"), map[string]any{"a": "😀"}},
		"a shared value":              {archive(1, 1, "\xd2\x01\x02\x03\x03", "\x51a", "\x51b", "\xa1\x04", "\x41x"), map[string]any{"a": []any{[]byte("x")}, "b": []any{[]byte("x")}}},
		"wide references and offsets": {archive(3, 5, "\xd1\x00\x00\x01\x00\x00\x02", "\x5f\x10\x01a", "\x08"), map[string]any{"a": false}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plist.Decode(row.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// selfReference is an array of 43 bytes that contains itself, which ends a process that reads it carelessly.
func selfReference() []byte { return archive(1, 1, "\xa1\x00") }

// bomb is a binary list of arrays, each of which holds the next one many times.
func bomb(depth, fan int) []byte {
	objects := []string{"\xd1\x01\x02", "\x51a"}
	for i := range depth {
		objects = append(objects, fmt.Sprintf("\xaf\x10%c", fan)+strings.Repeat(string([]byte{byte(i + 3)}), fan))
	}
	return archive(1, 2, append(objects, "\x51x")...)
}

func TestDecodeRefusesBinary(t *testing.T) {
	twice := func(value string) []byte { return archive(1, 1, "\xd1\x01\x02", "\x51a", value) }
	with := func(at int, b byte) []byte {
		data := archive(1, 1, "\xd0")
		data[len(data)-32+at] = b
		return data
	}
	shared := make([]string, 0, 120)
	shared = append(shared, "\xd1\x01\x02", "\x51a", "\xaf\x10\x64"+strings.Repeat("\x03", 100))
	shared = append(shared, "\x4f\x12\x00\x01\x00\x00"+strings.Repeat("x", 1<<16))
	deep := []string{"\xd1\x01\x02", "\x51a"}
	for i := range 70 {
		deep = append(deep, "\xa1"+string([]byte{byte(i + 3)}))
	}
	for name, row := range map[string]struct {
		in   []byte
		want error
	}{
		"an array of 43 bytes that contains itself": {selfReference(), plist.ErrRoot},
		"a dictionary that contains itself":         {archive(1, 1, "\xd1\x01\x00", "\x51a"), plist.ErrCycle},
		"a longer cycle":                            {archive(1, 1, "\xd1\x01\x02", "\x51a", "\xa1\x03", "\xa1\x02"), plist.ErrCycle},
		"115 bytes that unfold to a million values": {bomb(6, 10), plist.ErrTooMany},
		"few bytes that unfold without end":         {bomb(40, 100), plist.ErrTooMany},
		"one large value, used often":               {archive(1, 4, shared...), plist.ErrUnfolds},
		"nested too deep":                           {archive(1, 2, append(deep, "\x09")...), plist.ErrTooDeep},
		"the header alone":                          {[]byte("bplist00"), plist.ErrBroken},
		"an array as the root":                      {archive(1, 1, "\xa0"), plist.ErrRoot},
		"a key twice":                               {archive(1, 1, "\xd2\x01\x02\x03\x03", "\x51a", "\x61\x00a", "\x09"), plist.ErrDuplicate},
		"a key that is a number":                    {archive(1, 1, "\xd1\x01\x01", "\x10\x01"), plist.ErrBroken},
		"a null":                                    {twice("\x00"), plist.ErrBroken},
		"a set":                                     {twice("\xc0"), plist.ErrBroken},
		"a reference of a keyed archive":            {twice("\x80\x01"), plist.ErrBroken},
		"an integer of 128 bits":                    {twice("\x14\x01" + strings.Repeat("\x00", 15)), plist.ErrRange},
		"an unsigned overflow":                      {twice("\x14" + strings.Repeat("\x00", 8) + strings.Repeat("\xff", 8)), plist.ErrRange},
		"an integer cut short":                      {twice("\x13\x00"), plist.ErrBroken},
		"a date that is not a number":               {twice("\x33\x7f\xf8\x00\x00\x00\x00\x00\x00"), plist.ErrRange},
		"a date beyond all years":                   {twice("\x33\x42\x60\x00\x00\x00\x00\x00\x00"), plist.ErrRange},
		"a real that is not a number":               {twice("\x23\x7f\xf8\x00\x00\x00\x00\x00\x00"), plist.ErrRange},
		"high bytes in ASCII text":                  {twice("\x51\xff"), plist.ErrEncoding},
		"half a UTF-16 pair":                        {twice("\x61\xd8\x3d"), plist.ErrEncoding},
		"UTF-16 pair in the wrong order":            {twice("\x62\xde\x00\xd8\x3d"), plist.ErrEncoding},
		"text longer than the file":                 {twice("\x5f\x13\x7f\xff\xff\xff\xff\xff\xff\xff"), plist.ErrBroken},
		"UTF-16 whose length wraps around":          {twice("\x6f\x13\x80\x00\x00\x00\x00\x00\x00\x00"), plist.ErrBroken},
		"an array whose length wraps around":        {twice("\xaf\x13\xff\xff\xff\xff\xff\xff\xff\xff"), plist.ErrBroken},
		"a length that is text":                     {twice("\x5f\x51a"), plist.ErrBroken},
		"a reference to nothing":                    {archive(1, 1, "\xd1\x01\x07", "\x51a"), plist.ErrBroken},
		"no objects":                                {with(15, 0), plist.ErrBroken},
		"more objects than bytes":                   {with(8, 0x20), plist.ErrBroken},
		"a root that is not there":                  {with(23, 9), plist.ErrBroken},
		"offsets of no bytes":                       {with(6, 0), plist.ErrBroken},
		"references of 16 bytes":                    {with(7, 16), plist.ErrBroken},
		"offset table inside the header":            {with(31, 8), plist.ErrBroken},
		"bytes after the offset table":              {append(archive(1, 1, "\xd0")[:10], archive(1, 1, "\xd0")[9:]...), plist.ErrTrailing},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plist.Decode(row.in)
			if !errors.Is(err, row.want) {
				t.Errorf("got %v and error %v, want error %v", got, err, row.want)
			}
		})
	}
}

// Text that overlaps other text costs a few bytes each on disk, and all its length when it is read.
func TestDecodeRefusesOverlappingKeys(t *testing.T) {
	const keys = 8_000
	var refs, body strings.Builder
	for i := range keys {
		_ = binary.Write(&refs, binary.BigEndian, uint16(i+2))
		_ = binary.Write(&body, binary.BigEndian, [2]uint16{0x5F11, uint16((0x40+i/128)<<8 | i%128)}) // text of 16 KiB and more, itself ASCII
	}
	root := "\xdf\x11" + string([]byte{keys >> 8, keys & 0xff}) + refs.String() + strings.Repeat("\x00\x01", keys)
	data := overlap(root, body.String(), keys)
	if len(data) > plist.MaxSize {
		t.Fatalf("the case is too large: %d bytes", len(data))
	}
	start := time.Now()
	if _, err := plist.Decode(data); !errors.Is(err, plist.ErrUnfolds) {
		t.Errorf("got error %v, want %v", err, plist.ErrUnfolds)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("refusing it took %v", took)
	}
}

func overlap(root, texts string, count int) []byte {
	var b bytes.Buffer
	b.WriteString("bplist00" + root)
	offsets := []int{8, b.Len()}
	b.WriteString("\x09")
	for i := range count {
		offsets = append(offsets, b.Len()+4*i)
	}
	b.WriteString(texts + strings.Repeat("x", 1<<15))
	table := b.Len()
	for _, o := range offsets {
		_ = binary.Write(&b, binary.BigEndian, uint32(o))
	}
	b.Write([]byte{0, 0, 0, 0, 0, 0, 4, 2})
	for _, n := range []int{len(offsets), 0, table} {
		_ = binary.Write(&b, binary.BigEndian, uint64(n))
	}
	return b.Bytes()
}
