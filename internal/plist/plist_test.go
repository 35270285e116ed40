package plist_test

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

func document(dict string) string {
	return head + `<plist version="1.0"><dict>` + dict + `</dict></plist>` + "\n"
}

func TestDecodeXML(t *testing.T) {
	moment := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		in   string
		want map[string]any
	}{
		"an empty dictionary":                   {document(``), map[string]any{}},
		"an empty element is an empty dict":     {head + `<plist><dict/></plist>`, map[string]any{}},
		"no XML declaration":                    {`<plist version="1.0"><dict/></plist>`, map[string]any{}},
		"a byte order mark and space before":    {"\xef\xbb\xbf \n" + document(``), map[string]any{}},
		"text":                                  {document(`<key>a</key><string>b &lt; c</string>`), map[string]any{"a": "b < c"}},
		"text broken by a comment":              {document(`<key>a</key><string>b<!-- x -->c</string>`), map[string]any{"a": "bc"}},
		"text in CDATA":                         {document(`<key>a</key><string><![CDATA[<b>&]]></string>`), map[string]any{"a": "<b>&"}},
		"empty text":                            {document(`<key>a</key><string/>`), map[string]any{"a": ""}},
		"comments between":                      {document(`<!-- x --><key>a</key><!-- y --><true/>`), map[string]any{"a": true}},
		"a negative integer":                    {document(`<key>a</key><integer>-1</integer>`), map[string]any{"a": int64(-1)}},
		"the largest integer":                   {document(`<key>a</key><integer>9223372036854775807</integer>`), map[string]any{"a": int64(1<<63 - 1)}},
		"a hexadecimal integer":                 {document(`<key>a</key><integer>0x10</integer>`), map[string]any{"a": int64(16)}},
		"leading zeros are not octal":           {document(`<key>a</key><integer>010</integer>`), map[string]any{"a": int64(10)}},
		"a real":                                {document(`<key>a</key><real>1.5</real>`), map[string]any{"a": 1.5}},
		"a date":                                {document(`<key>a</key><date>2026-11-23T12:00:00Z</date>`), map[string]any{"a": moment}},
		"data with line breaks":                 {document("<key>a</key><data>\n\tAQ\n\tI=\n</data>"), map[string]any{"a": []byte{1, 2}}},
		"false and true in an array":            {document(`<key>a</key><array><false/><true></true></array>`), map[string]any{"a": []any{false, true}}},
		"the same key in different dicts":       {document(`<key>a</key><dict><key>a</key><true/></dict>`), map[string]any{"a": map[string]any{"a": true}}},
		"what looks like shell code stays text": {document(`<key>a</key><string>$(reboot) | /</string>`), map[string]any{"a": "$(reboot) | /"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plist.Decode([]byte(row.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	key := `<key>a</key>`
	for name, row := range map[string]struct {
		in   string
		want error
	}{
		"empty input":                      {"", plist.ErrEmpty},
		"space only":                       {" \n\t", plist.ErrEmpty},
		"a byte order mark only":           {"\xef\xbb\xbf", plist.ErrEmpty},
		"bare text":                        {"hello", plist.ErrFormat},
		"an OpenStep dictionary":           {`{ a = "b"; }`, plist.ErrFormat},
		"JSON":                             {`{"a": 1}`, plist.ErrFormat},
		"an unknown binary version":        {"bplist15" + strings.Repeat("\x00", 60), plist.ErrFormat},
		"UTF-16":                           {"\xff\xfe<\x00?\x00", plist.ErrFormat},
		"XML of another kind":              {`<?xml version="1.0"?><html/>`, plist.ErrFormat},
		"an XML declaration alone":         {`<?xml version="1.0"?>`, plist.ErrBroken},
		"text that is not UTF-8":           {document(key + "<string>\xff</string>"), plist.ErrEncoding},
		"another character set":            {`<?xml version="1.0" encoding="latin1"?><plist><dict/></plist>`, plist.ErrBroken},
		"an entity of its own":             {`<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "b">]><plist><dict/></plist>`, plist.ErrBroken},
		"an unknown entity":                {document(key + `<string>&lol;</string>`), plist.ErrBroken},
		"cut in the middle":                {document(key)[:150], plist.ErrBroken},
		"no value at all":                  {head + `<plist></plist>`, plist.ErrBroken},
		"an array as the root":             {head + `<plist><array/></plist>`, plist.ErrRoot},
		"a text as the root":               {head + `<plist><string>a</string></plist>`, plist.ErrRoot},
		"a second root":                    {head + `<plist><dict/><dict/></plist>`, plist.ErrTrailing},
		"a second document":                {document(``) + `<plist><dict/></plist>`, plist.ErrTrailing},
		"text after the end":               {document(``) + `x`, plist.ErrTrailing},
		"text before the root":             {head + `x<plist><dict/></plist>`, plist.ErrTrailing},
		"a key twice":                      {document(key + `<true/>` + key + `<false/>`), plist.ErrDuplicate},
		"a key twice deep inside":          {document(key + `<array><dict>` + key + `<true/>` + key + `<true/></dict></array>`), plist.ErrDuplicate},
		"a key twice by an entity":         {document(key + `<true/><key>&#97;</key><false/>`), plist.ErrDuplicate},
		"a key without value at the end":   {document(key), plist.ErrBroken},
		"a key without value before a key": {document(key + `<key>b</key><true/>`), plist.ErrBroken},
		"a value without key":              {document(`<true/>`), plist.ErrBroken},
		"a key in an array":                {document(key + `<array>` + key + `</array>`), plist.ErrBroken},
		"text between keys":                {document(key + `x<true/>`), plist.ErrBroken},
		"an element inside text":           {document(key + `<string><b/></string>`), plist.ErrBroken},
		"text inside true":                 {document(key + `<true>no</true>`), plist.ErrBroken},
		"an unknown element":               {document(key + `<null/>`), plist.ErrBroken},
		"an element of another vocabulary": {document(key + `<x:true xmlns:x="y"/>`), plist.ErrBroken},
		"an empty integer":                 {document(key + `<integer/>`), plist.ErrBroken},
		"an integer of words":              {document(key + `<integer>four</integer>`), plist.ErrBroken},
		"an unsigned overflow":             {document(key + `<integer>9223372036854775808</integer>`), plist.ErrRange},
		"an overflow beyond 64 bits":       {document(key + `<integer>18446744073709551616</integer>`), plist.ErrBroken},
		"a negative overflow":              {document(key + `<integer>-9223372036854775809</integer>`), plist.ErrBroken},
		"a real that is not a number":      {document(key + `<real>nan</real>`), plist.ErrRange},
		"an infinite real":                 {document(key + `<real>inf</real>`), plist.ErrRange},
		"a date of words":                  {document(key + `<date>tomorrow</date>`), plist.ErrBroken},
		"data that is not base64":          {document(key + `<data>!</data>`), plist.ErrBroken},
		"a reference of a keyed archive":   {document(key + `<dict><key>CF$UID</key><integer>1</integer></dict>`), plist.ErrBroken},
		"a NUL in text":                    {document(key + "<string>\x00</string>"), plist.ErrBroken},
		"a NUL as a reference":             {document(key + "<string>&#0;</string>"), plist.ErrBroken},
		"too large":                        {document(key + `<string>` + strings.Repeat("x", plist.MaxSize) + `</string>`), plist.ErrTooLarge},
		"nested too deep":                  {document(key + strings.Repeat("<array>", 64) + strings.Repeat("</array>", 64)), plist.ErrTooDeep},
		"nested without end":               {document(key + strings.Repeat("<array>", 100_000)), plist.ErrTooDeep},
		"too many values":                  {document(key + `<array>` + strings.Repeat("<true/>", plist.MaxNodes) + `</array>`), plist.ErrTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plist.Decode([]byte(row.in))
			if !errors.Is(err, row.want) {
				t.Errorf("got %v and error %v, want error %v", got, err, row.want)
			}
		})
	}
}

func TestDecodeAtTheLimitOfDepth(t *testing.T) {
	in := document(`<key>a</key>` + strings.Repeat("<array>", plist.MaxDepth-1) + strings.Repeat("</array>", plist.MaxDepth-1))
	if _, err := plist.Decode([]byte(in)); err != nil {
		t.Error(err)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for name, row := range map[string]struct{ in, want string }{
		"the line and the key given twice": {
			head + "<plist><dict>\n<key>a</key><true/>\n<key>a</key><true/></dict></plist>",
			`read property list: line 5: key given twice: "a"`,
		},
		"the path of the number that does not fit": {
			document(`<key>a</key><array><dict><key>b</key><integer>9223372036854775808</integer></dict></array>`),
			`read property list: "a[0]/b": integer 9223372036854775808 does not fit in 64 signed bits`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := plist.Decode([]byte(row.in)); err == nil || err.Error() != row.want {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestOtherReadersAgree(t *testing.T) {
	values := map[string]any{
		"text": "a < b & \"c\"\n\t'd' é 😀 $(reboot)", "empty": "", "integer": int64(-5), "large": int64(1<<63 - 1), "real": 1.5,
		"true": true, "false": false, "date": time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), "data": []byte{0, 1, 255},
		"list": []any{"x", int64(1), []any{}, map[string]any{}}, "dict": map[string]any{"a": map[string]any{"b": "c"}},
	}
	data, err := plist.Encode(values)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("python3 reads what Encode writes, and Decode its binary form", func(t *testing.T) {
		back := pipe(t, data, "python3", "-c", `import sys, plistlib
d = plistlib.loads(sys.stdin.buffer.read())
assert d["text"] == "a < b & \"c\"\n\t'd' é 😀 $(reboot)", d["text"]
assert d["large"] == 2**63-1 and d["integer"] == -5 and d["true"] is True and d["data"] == b"\x00\x01\xff"
sys.stdout.buffer.write(plistlib.dumps(d, fmt=plistlib.FMT_BINARY))`)
		check(t, values, back)
	})
	t.Run("plistutil reads what Encode writes, and Decode its binary form", func(t *testing.T) {
		check(t, values, pipe(t, data, "plistutil", "-i", "-", "-f", "bin"))
	})
	t.Run("plutil reads what Encode writes, and Decode its binary form", func(t *testing.T) {
		check(t, values, pipe(t, data, "plutil", "-convert", "binary1", "-o", "-", "-"))
	})
}

func check(t *testing.T, want map[string]any, data []byte) {
	t.Helper()
	if !bytes.HasPrefix(data, []byte("bplist00")) {
		t.Fatalf("not binary: %.40q", data)
	}
	got, err := plist.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func pipe(t *testing.T, in []byte, tool string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not here; to get it: python3 and libplist-utils on Linux, plutil comes with macOS", tool)
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin = bytes.NewReader(in)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", tool, err, complaint.String())
	}
	return out
}
