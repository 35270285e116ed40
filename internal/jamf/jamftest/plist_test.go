package jamftest

import (
	"strings"
	"testing"
)

func TestEntitiesAreDecodedOnce(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"plain":                  "plain",
		"&amp;":                  "&",
		"&amp;amp;":              "&amp;",
		"&lt;a&gt; &quot;&apos;": `<a> "'`,
		"&#65;&#x42;&#x1F600;":   "AB\U0001F600",
		"R&D":                    "R&D",
		"R&D; &":                 "R&D; &",
		"&nope;&amp;":            "&nope;&",
		"&#x;&#0;":               "&#x;&#0;",
	} {
		if got := decodeEntities(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsWrittenReadsTheSame(t *testing.T) {
	const list = `<plist version="1.0"><dict><key>a</key><string>x &amp; y</string><key>b</key><array><integer>-3</integer><true/></array>` +
		`<key>c</key><dict/><key>d</key><date>2026-11-30T09:00:00Z</date><key>e</key><data>AAEC</data><key>f</key><real>1.5</real><key>g</key><string/></dict></plist>`
	first, err := parsePropertyList(list)
	if err != nil {
		t.Fatal(err)
	}
	once := writePropertyList(first)
	second, err := parsePropertyList(once)
	if err != nil {
		t.Fatalf("%v: %s", err, once)
	}
	if twice := writePropertyList(second); twice != once {
		t.Errorf("first\n%s\nthen\n%s", once, twice)
	}
	if got := second.key("a").text(); got != "x & y" {
		t.Errorf("a: %q", got)
	}
}

func TestPropertyListsThatAreNone(t *testing.T) {
	for name, list := range map[string]string{
		"nothing":              "",
		"text":                 "hello",
		"another document":     "<html/>",
		"two":                  "<plist><dict/></plist><plist><dict/></plist>",
		"no dictionary":        "<plist><string>x</string></plist>",
		"a value without key":  "<plist><dict><string>x</string></dict></plist>",
		"an unescaped sign":    "<plist><dict><key>a</key><string>R&D</string></dict></plist>",
		"not closed":           "<plist><dict>",
		"data that is none":    "<plist><dict><key>a</key><data>%</data></dict></plist>",
		"a date that is none":  "<plist><dict><key>a</key><date>soon</date></dict></plist>",
		"text with children":   "<plist><dict><key>a</key><string><b/></string></dict></plist>",
		"deeper than anything": "<plist>" + strings.Repeat("<dict><key>a</key>", 100),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parsePropertyList(list); err == nil {
				t.Error("it is read")
			}
		})
	}
}

func FuzzPropertyListsAreReadOrRefused(f *testing.F) {
	f.Add(`<plist><dict><key>a</key><string>x</string></dict></plist>`)
	f.Fuzz(func(t *testing.T, list string) {
		dict, err := parsePropertyList(list)
		if err != nil {
			return
		}
		if _, err := parsePropertyList(writePropertyList(dict)); err != nil {
			t.Errorf("what was written cannot be read: %v: %s", err, writePropertyList(dict))
		}
	})
}
