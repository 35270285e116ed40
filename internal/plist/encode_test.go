package plist_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

func TestEncode(t *testing.T) {
	got, err := plist.Encode(map[string]any{"b": true, "a": "x & y", "c": []any{int64(1), 2}, "d": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
	<dict>
		<key>a</key>
		<string>x &amp; y</string>
		<key>b</key>
		<true/>
		<key>c</key>
		<array>
			<integer>1</integer>
			<integer>2</integer>
		</array>
		<key>d</key>
		<dict>
		</dict>
	</dict>
</plist>
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeOfNothingIsAnEmptyDictionary(t *testing.T) {
	data, err := plist.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := plist.Decode(data); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	nested := any("x")
	for range plist.MaxDepth {
		nested = []any{nested}
	}
	for name, row := range map[string]struct {
		value any
		want  error
	}{
		"text that is not UTF-8":            {"\xff", plist.ErrEncoding},
		"a NUL":                             {"a\x00b", plist.ErrEncoding},
		"a control character":               {"\x1b[2J", plist.ErrEncoding},
		"a key with a control character":    {map[string]any{"\x01": true}, plist.ErrEncoding},
		"not a number":                      {math.NaN(), plist.ErrRange},
		"infinity":                          {math.Inf(1), plist.ErrRange},
		"a date without four-digit year":    {time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), plist.ErrRange},
		"more levels than allowed":          {nested, plist.ErrTooDeep},
		"more bytes than allowed":           {strings.Repeat("x", plist.MaxSize), plist.ErrTooLarge},
		"more values than allowed":          {make([]any, plist.MaxNodes+1), nil},
		"nothing":                           {nil, nil},
		"a type that property lists lack":   {struct{}{}, nil},
		"what reads as an archive's object": {map[string]any{"CF$UID": int64(1)}, plist.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := plist.Encode(map[string]any{"key": row.value})
			if err == nil || row.want != nil && !errors.Is(err, row.want) {
				t.Errorf("got %d bytes and error %v, want error %v", len(data), err, row.want)
			}
		})
	}
}

// values draws a value of any type, nested at most so deep.
func values(depth int) *rapid.Generator[any] {
	word := rapid.StringOf(rapid.Rune().Filter(writes))
	kinds := []*rapid.Generator[any]{
		rapid.Map(word, func(v string) any { return v }),
		rapid.Map(rapid.Int64(), func(v int64) any { return v }),
		rapid.Map(rapid.Float64().Filter(func(v float64) bool { return !math.IsInf(v, 0) }), func(v float64) any { return v }),
		rapid.Map(rapid.Bool(), func(v bool) any { return v }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(v []byte) any { return append([]byte{}, v...) }),
		rapid.Map(rapid.Int64Range(-6e10, 2e11), func(v int64) any { return time.Unix(v, 0).UTC() }),
	}
	if depth > 0 {
		kinds = append(kinds,
			rapid.Map(rapid.SliceOfN(values(depth-1), 0, 4), func(v []any) any { return append([]any{}, v...) }),
			rapid.Map(rapid.MapOfN(word, values(depth-1), 0, 4), func(v map[string]any) any { return v }))
	}
	return rapid.OneOf(kinds...)
}

// writes tells whether XML can hold a character.
func writes(r rune) bool {
	return (r >= ' ' || r == '\n' || r == '\t' || r == '\r') && r != 0xFFFE && r != 0xFFFF
}

func TestWhatEncodeWritesDecodeReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOfN(rapid.StringMatching(`[A-Za-z ]{0,20}`), values(3), 0, 6).Draw(t, "values")
		data, err := plist.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		again, err := plist.Encode(want)
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("not the same twice: %v", err)
		}
		got, err := plist.Decode(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(document(`<key>a</key><array><integer>1</integer><real>1.5</real><date>2026-11-23T12:00:00Z</date></array>`)))
	f.Add([]byte(document(`<key>a</key><dict><key>b</key><data>AQI=</data></dict><key>c</key><string>&lt;</string>`)))
	f.Add([]byte("hello"))
	f.Add([]byte{})
	f.Add(selfReference())
	f.Add(bomb(6, 10))
	f.Add(bomb(3, 4))
	f.Add(archive(1, 1, "\xd2\x01\x02\x03\x03", "\x51a", "\x62\xd8\x3d\xde\x00", "\xa2\x04\x05", "\x33"+strings.Repeat("\x00", 8), "\x14"+strings.Repeat("\x00", 16)))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := plist.Decode(data)
		if err != nil {
			return
		}
		written, err := plist.Encode(first)
		if err != nil { // a control character from a binary list, or a list that grows beyond the limit as XML
			if errors.Is(err, plist.ErrEncoding) || errors.Is(err, plist.ErrTooLarge) || errors.Is(err, plist.ErrBroken) {
				return
			}
			t.Fatalf("%v\n%#v", err, first)
		}
		second, err := plist.Decode(written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		whole := cmp.Transformer("wholeSeconds", func(v time.Time) int64 { return v.Unix() })
		if diff := cmp.Diff(first, second, whole); diff != "" {
			t.Fatal(diff)
		}
	})
}
