package jamf

import (
	"strings"
	"testing"
)

func TestDocumentsComeBackAsTheyWere(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"elements in elements, in order", `<a><c>1</c><b/><c>2</c></a>`, `<a><c>1</c><b/><c>2</c></a>`},
		{"an indent is none of it", "<a>\n  <b>1</b>\n</a>\n", `<a><b>1</b></a>`},
		{"space in a text is", "<a> 1\n </a>", "<a> 1\n </a>"},
		{"entities are undone and done", `<a>R&amp;D &lt;x&gt; &quot;q&quot; &#65;</a>`, `<a>R&amp;D &lt;x&gt; "q" A</a>`},
		{"a literal entity stays literal", `<a>&amp;amp;</a>`, `<a>&amp;amp;</a>`},
		{"CDATA is text", `<a><![CDATA[<x>&]]></a>`, `<a>&lt;x&gt;&amp;</a>`},
		{"attributes stay", `<a k="1 &quot;&amp;">x</a>`, `<a k="1 &quot;&amp;">x</a>`},
		{"a byte order mark goes", "\ufeff<a/>", "<a/>"},
		{"comments go", `<!-- x --><a><!-- y --><b/></a>`, `<a><b/></a>`},
		{"a carriage return survives the next parser", "<a>x&#13;y</a>", "<a>x&#13;y</a>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, err := parseXML([]byte(row.in), "a")
			ok(t, err)
			out, err := e.write()
			ok(t, err)
			equal(t, strings.TrimPrefix(string(out), `<?xml version="1.0" encoding="UTF-8"?>`+"\n"), row.want)
			again, err := parseXML(out, "a")
			ok(t, err)
			twice, err := again.write()
			ok(t, err)
			equal(t, string(twice), string(out))
		})
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	for _, row := range []struct{ name, in, words string }{
		{"nothing", "", "EOF"},
		{"a page", "<html></html>", "it is no <a> but <html>"},
		{"one that ends in the middle", "<a><b>", "EOF"},
		{"one with an end too many", "<a></b>", "b"},
		{"two roots", "<a/><a/>", "two roots"},
		{"text after it", "<a/>x", "outside"},
		{"text between elements", "<a>x<b/></a>", "mixes"},
		{"a document type, which may define anything", `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, "document type"},
		{"an entity that nobody defined", `<a>&x;</a>`, "x"},
		{"a name space", `<a xmlns="x"/>`, "name space"},
		{"one that is too deep", strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), "too deep"},
		{"another character set", `<?xml version="1.0" encoding="latin1"?><a/>`, "charset"},
		{"JSON", `{"a":1}`, "outside"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parseXML([]byte(row.in), "a")
			failsAs(t, err, ErrMalformed, row.words)
		})
	}
}

func TestTextsThatXMLCannotHold(t *testing.T) {
	for _, text := range []string{"\x00", "a\x1bb", "\xff", "\uffff"} {
		for _, e := range []*element{leaf("a", text), {name: "a", text: text, cdata: true}} {
			_, err := branch("r", e).write()
			failsAs(t, err, ErrRefused)
		}
	}
}

func TestLookingIntoElements(t *testing.T) {
	e, err := parseXML([]byte(`<a><b><c> TRUE </c><c>2</c></b><id> 7 </id><name>x</name></a>`), "a")
	ok(t, err)
	equal(t, e.is("b", "c"), true)
	equal(t, len(e.child("b").all("c")), 2)
	equal(t, e.reference(), Reference{"7", "x"})
	equal(t, e.value("b", "d", "e"), "")
	var none *element
	equal(t, none.value("x")+none.child("x").value("y"), "")
	equal(t, len(none.all("x")), 0)
	equal(t, none.is("x"), false)
}
