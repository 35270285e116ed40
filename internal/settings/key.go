package settings

import (
	"strings"
	"sync"
	"unicode"
)

// Type is what kind of value a key takes, in words for people.
type Type string

// The types of values. In brackets, what a [Value] of that type holds.
const (
	Integer    Type = "integer"           // a whole number (int64); nil while it is not set and has no default
	Boolean    Type = "boolean"           // true or false (bool)
	String     Type = "string"            // text (string)
	Path       Type = "path"              // the absolute path of a file (string)
	Choice     Type = "choice"            // one of a few words (string)
	Date       Type = "date"              // a point in time (time.Time in UTC); nil while it is not set
	Integers   Type = "array of integers" // whole numbers (sorted []int64, none twice)
	Strings    Type = "array of strings"  // texts ([]string, in the administrator's order)
	Dates      Type = "array of dates"    // days as YYYY-MM-DD (sorted []string, none twice)
	Dictionary Type = "dictionary"        // texts by key by language tag (map[string]map[string]string)
)

// Units of integers, in words for people.
const (
	Seconds   = "seconds"
	Hours     = "hours" // of the day, on the Mac's clock
	Percent   = "percent"
	Gigabytes = "GB"
)

// Key is one row of the table: all there is to know about one preference.
type Key struct {
	Name          string
	Type          Type
	Unit          string   // of an integer; else empty
	Default       any      // as a Value of this type holds it
	DefaultNote   string   // what the default means, where it does not say it itself
	DefaultVaries bool     // the default depends on the Platform, as the note says; Default is that of an Intel Mac
	Min, Max      int64    // limits of an integer, or of each in an array
	MaxLength     int      // of a text or of each in an array, in characters
	Choices       []string // the words of a choice
	ValueTitles   []string // what menus show for each choice, or for each integer from Min to Max; may be empty
	Below         string   // the key whose value this one has to stay below; empty for none
	Group         string   // the heading under which it is documented
	Since         string   // the first version that knows it
	Help          string   // one sentence
	Paragraph     string   // what else an administrator wants to know

	// Example is a good value, as an administrator types it: items of arrays are separated by ", ", and a dictionary is
	// YAML on one line.
	Example string
}

// Title is the name in words, as "Max deferral time".
func (k Key) Title() string {
	var b strings.Builder
	for i, r := range k.Name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Limits of texts in characters, and of arrays in items.
const (
	maxMessage = 4096
	maxHeading = 256
	maxContact = 256
	maxTitle   = 256
	maxLabel   = 64
	maxPath    = 1024
	maxItems   = 1000
)

// tenYears, in seconds, is the longest that any duration may be.
const tenYears = 10 * 365 * 24 * 3600

// since is the version that brought the keys so far.
const since = "1.0.0"

// known is the table for this package alone, built once. Nobody may change it.
//
//nolint:gochecknoglobals // it is handed out to nobody
var known = sync.OnceValue(func() index {
	x := index{all: Table(), named: map[string]*Key{}}
	for i := range x.all {
		x.named[x.all[i].Name] = &x.all[i]
	}
	return x
})

// index is a table whose keys can be found by their names.
type index struct {
	all   []Key
	named map[string]*Key // into all
}

// Lookup finds a key by its exact name.
func Lookup(name string) (Key, bool) {
	for _, key := range Table() {
		if key.Name == name {
			return key, true
		}
	}
	return Key{}, false
}

// paragraph joins the lines of a text with spaces.
func paragraph(lines ...string) string { return strings.Join(lines, " ") }
