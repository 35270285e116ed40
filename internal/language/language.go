package language

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

//go:embed data
var data embed.FS

// Language is one language.
type Language struct {
	Tag      string            `json:"tag"`  // BCP 47, as "pt-BR"
	Name     string            `json:"name"` // in itself
	Weekdays []string          `json:"weekdays"`
	Months   []string          `json:"months"`
	Format   string            `json:"date"` // of a date, with {weekday}, {day}, {month}, {year} and {time}
	Days     []string          `json:"day"`  // the form for 1, and for more
	Hours    []string          `json:"hour"`
	Minutes  []string          `json:"minute"`
	Soon     string            `json:"soon"`   // for less than a minute
	Around   []string          `json:"around"` // the phrases that Soon replaces as a whole
	Gap      string            `json:"gap"`    // between a number and its unit
	And      string            `json:"and"`    // between the last two of a list
	Comma    string            `json:"comma"`  // between the others
	Texts    map[string]string `json:"texts"`  // by settings key, and some that are no setting
}

// Keys of the texts that are no setting: the words before the countdowns, and what is added to a message where there is
// reason to.
const (
	WarningCountdown = "WarningCountdown"
	RestartCountdown = "RestartCountdown"
	HoldHeading      = "HoldHeading"      // of the window that asks for what is lacking
	HoldAfter        = "HoldAfter"        // what comes then
	PowerNote        = "PowerNote"        // the battery is low
	SpaceNote        = "SpaceNote"        // there is too little free space
	DeferralsLeftOne = "DeferralsLeftOne" // one deferral is left
	DeferralsLeft    = "DeferralsLeft"    // {count} are
	DateNote         = "DateNote"         // the deadline is a date for all
	DeclarationNote  = "DeclarationNote"  // macOS enforces the updates itself
	OwnerNote        = "OwnerNote"        // the person cannot authorize a new macOS
	OthersNote       = "OthersNote"       // people are logged in beside the one at the console
	Help             = "Help"             // what is told to who asks what this window is
)

// Extra lists the keys of the texts that are no setting.
func Extra() []string {
	return []string{
		WarningCountdown, RestartCountdown, HoldHeading, HoldAfter, PowerNote, SpaceNote, DeferralsLeftOne, DeferralsLeft, DateNote, DeclarationNote, OwnerNote, OthersNote, Help,
	}
}

// Base is the language of the settings' own defaults.
const Base = "en"

// Tags lists the languages there are, in alphabetical order.
func Tags() []string {
	entries, _ := data.ReadDir("data") // an embedded folder can be read
	tags := make([]string, 0, len(entries))
	for _, entry := range entries {
		tags = append(tags, strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())))
	}
	slices.Sort(tags)
	return tags
}

// found are the languages that were read, by the tag that was asked for.
var found sync.Map //nolint:gochecknoglobals // what it holds is part of this program, and never changes

// Find returns the language of a tag that [Tags] lists, and English for any other. Its lists are not to be changed.
func Find(tag string) Language {
	if l, ok := found.Load(tag); ok {
		return l.(Language) //nolint:forcetypeassert // nothing else is stored
	}
	l := read(tag)
	found.Store(tag, l)
	return l
}

func read(tag string) (l Language) {
	for _, name := range []string{tag, Base} {
		text, err := data.ReadFile("data/" + name + ".json")
		if err == nil && json.Unmarshal(text, &l) == nil {
			return l
		}
	}
	return l
}

// Date words a time, in its own zone.
func (l Language) Date(t time.Time) string {
	if len(l.Weekdays) != 7 || len(l.Months) != 12 {
		return t.Format("2006-01-02 15:04")
	}
	return strings.NewReplacer(
		"{weekday}", l.Weekdays[t.Weekday()],
		"{day}", strconv.Itoa(t.Day()),
		"{month}", l.Months[t.Month()-1],
		"{year}", strconv.Itoa(t.Year()),
		"{time}", t.Format("15:04"),
	).Replace(l.Format)
}

// Choose finds the tag that serves a person best: the first of theirs that is among those there are, as it stands or as
// a less exact one. A language that cannot be served is passed over; when none can, the answer is [Base].
func Choose(preferred, there []string) string {
	for _, tag := range preferred {
		for _, candidate := range widen(tag) {
			if i := slices.IndexFunc(there, func(t string) bool { return strings.EqualFold(t, candidate) }); i >= 0 {
				return there[i]
			}
		}
	}
	return Base
}

// widen lists a tag and the less exact ones that stand in for it, the best first.
func widen(tag string) []string {
	tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
	var tags []string
	for tag != "" {
		tags = append(tags, tag)
		tags = append(tags, kin(tag)...)
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 || slices.Contains(tags, "zh-Hant") { // who reads traditional Chinese is not served by simplified
			break
		}
		tag = tag[:cut]
	}
	return tags
}

// kin are other tags for the same writing. Chinese without a script is told by its region.
func kin(tag string) []string {
	switch strings.ToLower(tag) {
	case "zh-cn", "zh-sg", "zh":
		return []string{"zh-Hans"}
	case "zh-tw", "zh-hk", "zh-mo":
		return []string{"zh-Hant"}
	case "pt":
		return []string{"pt-BR"}
	}
	return nil
}

// Check tells what is missing from a language: it is for tests, and for translators.
func (l Language) Check(keys []string) error {
	for name, list := range map[string]struct {
		have []string
		want int
	}{
		"weekdays": {l.Weekdays, 7}, "months": {l.Months, 12}, "day": {l.Days, 2}, "hour": {l.Hours, 2}, "minute": {l.Minutes, 2},
	} {
		if len(list.have) != list.want || slices.Contains(list.have, "") {
			return fmt.Errorf("language %s: %s needs %d words", l.Tag, name, list.want)
		}
	}
	for _, key := range keys {
		if l.Texts[key] == "" {
			return fmt.Errorf("language %s: texts lacks %s", l.Tag, key)
		}
	}
	if l.Soon == "" || l.And == "" || l.Comma == "" || len(l.Around) == 0 {
		return fmt.Errorf("language %s: soon, around, and, comma are needed", l.Tag)
	}
	return nil
}

// RightToLeft tells whether a text is written from right to left, in Hebrew or Arabic letters among others.
func RightToLeft(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
	})
}

// Isolate marks a text that is put into another, so that the order of neither disturbs the other's.
func Isolate(text string) string {
	const firstStrong, pop = "\u2068", "\u2069"
	return firstStrong + text + pop
}
