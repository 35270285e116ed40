package preview

import (
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/language"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// Base is the file that the page opens with. Without one, all is at its default.
type Base struct {
	File     string // its name, for people; empty for none
	Document deployment.Document
	Problems []deployment.Problem // what is wrong with the file
	Logo     []byte               // the picture that it names; nil for none
}

// form is all that the page needs to know to begin with.
type form struct {
	Instance     string         `json:"instance"` // another for every server: what a tab remembers of one is nothing to the next
	File         string         `json:"file"`
	Identifier   string         `json:"identifier"`
	Organization string         `json:"organization"`
	Logo         string         `json:"logo"`     // where the picture was found; empty for none
	Picture      bool           `json:"picture"`  // there is one to show
	Values       map[string]any `json:"values"`   // settings by key
	Problems     []problem      `json:"problems"` // what is wrong with the file, beyond its values
	Groups       []string       `json:"groups"`
	Fields       []field        `json:"fields"`
	People       []Person       `json:"people"`
	Macs         []macChoice    `json:"macs"`
	Machine      Machine        `json:"machine"` // to begin with
	Languages    []languageName `json:"languages"`
	Placeholders []string       `json:"placeholders"`
	Measure      measure        `json:"measure"`
	Countdowns   []string       `json:"countdowns,omitempty"`
	Builds       bool           `json:"builds"` // packages can be built
}

// field is one setting of the form: a row of the table of keys.
type field struct {
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Type      string   `json:"type"`
	Unit      string   `json:"unit"`
	Default   any      `json:"default"`
	Note      string   `json:"note"` // what the default means
	Varies    bool     `json:"varies"`
	Min       int64    `json:"min"`
	Max       int64    `json:"max"` // 0 for no limits
	MaxLength int      `json:"maxlength"`
	Choices   []string `json:"choices"`
	Titles    []string `json:"titles"` // of the choices, or of the integers from min to max
	Below     string   `json:"below"`
	Group     string   `json:"group"`
	Text      bool     `json:"text"` // a heading, a message or a label, which has languages
	Long      bool     `json:"long"`
	Help      string   `json:"help"`
	Paragraph string   `json:"paragraph"`
	Example   string   `json:"example"`
}

// problem is what is wrong with one place of the file.
type problem struct {
	Key     string `json:"key"` // the field, or a part as Localizations.de.PromptMessage; empty for the file
	Line    int    `json:"line"`
	Message string `json:"message"`
}

type macChoice struct {
	Version string `json:"version"`
	Title   string `json:"title"`
	Intel   bool   `json:"intel"` // runs on Macs with Intel processors
	Silicon bool   `json:"silicon"`
}

type languageName struct {
	Tag   string `json:"tag"`
	Name  string `json:"name"` // in itself
	Right bool   `json:"right"`
}

// measure is how much text a window of jamfHelper is taken to show, in ems.
type measure struct {
	Message float64 `json:"message"`
	Heading float64 `json:"heading"`
	Label   float64 `json:"label"`
	Lines   int     `json:"lines"`
}

func newForm(b Base, instance string, today time.Time) form {
	d := b.Document.Deployment
	f := form{
		Instance: instance, File: b.File, Identifier: d.Identifier, Organization: d.Organization, Logo: d.Logo, Picture: picture(b.Logo) != nil,
		Values: b.Document.Values, Problems: problems(b), People: People(), Macs: macChoices(), Machine: firstMachine(today),
		Placeholders: settings.Placeholders(),
		Measure:      measure{settings.MessageEms, settings.HeadingEms, settings.LabelEms, settings.MaxMessageLines},
	}
	if f.Values == nil {
		f.Values = map[string]any{}
	}
	for _, key := range settings.Table() {
		f.Fields = append(f.Fields, newField(key))
		if !slices.Contains(f.Groups, key.Group) {
			f.Groups = append(f.Groups, key.Group)
		}
	}
	for _, tag := range language.Tags() {
		l := language.Find(tag)
		f.Languages = append(f.Languages, languageName{tag, l.Name, language.RightToLeft(l.Name)})
	}
	return f
}

// words are the texts that come with the program, by language and key.
func words() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, tag := range language.Tags() {
		all[tag] = language.Find(tag).Texts
	}
	return all
}

func newField(key settings.Key) field {
	isMessage := key.Type == settings.String && key.Group == settings.GroupMessages
	return field{
		Name: key.Name, Title: key.Title(), Type: string(key.Type), Unit: key.Unit, Default: key.Default, Note: key.DefaultNote,
		Varies: key.DefaultVaries, Min: key.Min, Max: key.Max, MaxLength: key.MaxLength, Choices: append([]string{}, key.Choices...),
		Titles: append([]string{}, key.ValueTitles...), Below: key.Below, Group: key.Group,
		Text: isMessage || key.Name == settings.InstallButtonLabel || key.Name == settings.DeferButtonLabel,
		Long: isMessage && strings.HasSuffix(key.Name, "Message"),
		Help: key.Help, Paragraph: key.Paragraph, Example: key.Example,
	}
}

// problems are those of the file that its values do not show by themselves: what [settings.Check] says of them is said
// anew with every change, and goes once it is put right.
func problems(b Base) []problem {
	list := []problem{}
	findings := settings.Check(b.Document.Values, settings.LintContext{})
	for _, p := range b.Problems {
		key := fieldOf(p.Key)
		if _, known := settings.Lookup(strings.SplitN(key, ".", 2)[0]); !known {
			if p.Key != "" {
				p.Message = p.Key + " " + p.Message
			}
			key = ""
		}
		live := key != "" && slices.ContainsFunc(findings, func(f settings.LintFinding) bool { return f.Severity == settings.Wrong && f.Key == key })
		if !live {
			list = append(list, problem{key, p.Line, p.Message})
		}
	}
	return list
}

// fieldOf is the setting that a place of the administrator's file is about.
func fieldOf(place string) string {
	for _, section := range []string{"settings.", "messages."} {
		if rest, found := strings.CutPrefix(place, section); found {
			return rest
		}
	}
	if rest, found := strings.CutPrefix(place, "localizations"); found {
		return settings.Localizations + rest
	}
	return place
}

// macChoices are the versions of macOS to choose from: each the one before the update that it is offered.
func macChoices() []macChoice {
	const firstSilicon, firstSiliconOnly = 11, 27
	var list []macChoice
	for _, version := range []string{"27.0", "26.6", "15.7.1", "14.8.1", "13.7.7", "12.7.5", "11.7.9", "10.15.6", "10.14.6", "10.13.6"} {
		list = append(list, macChoice{
			Version: version, Title: version + ", offered: " + strings.TrimPrefix(sim.SampleOffers(version)[0].Name(), "macOS "),
			Intel: !enforce.AtLeast(version, firstSiliconOnly), Silicon: enforce.AtLeast(version, firstSilicon),
		})
	}
	return list
}

// firstMachine is the Mac to begin with. The package arrives on the next Monday morning.
func firstMachine(today time.Time) Machine {
	const morning = 9
	ahead := (int(time.Monday) - int(today.Weekday()) + 7) % 7
	monday := time.Date(today.Year(), today.Month(), today.Day()+ahead, morning, 0, 0, 0, time.UTC)
	return Machine{
		MacOS: "26.6", Silicon: true, Language: language.Base, Zone: "UTC", Start: monday.Format(startLayout), JamfHelper: true, SwiftDialog: true,
	}
}

// state is what follows from the values of a desk, besides its film.
type state struct {
	Findings  []finding   `json:"findings"`
	Effective []effective `json:"effective"`
}

// finding is what settings check says.
type finding struct {
	Severity settings.Severity `json:"severity"`
	Key      string            `json:"key"`
	Message  string            `json:"message"`
}

// effective is what a setting comes to on the Mac that is looked at.
type effective struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

// state checks the values, as settings check does.
func (d Desk) state(c settings.LintContext) state {
	c.MacOS = d.Mac.MacOS
	s := state{Findings: findings(d.Values, c), Effective: []effective{}}
	for _, v := range d.settings().All() {
		s.Effective = append(s.Effective, effective(v))
	}
	return s
}

func findings(values map[string]any, c settings.LintContext) []finding {
	list := []finding{}
	for _, f := range settings.Check(values, c) {
		list = append(list, finding(f))
	}
	return list
}

// mechanism is where a person finds Software Update.
func (d Desk) mechanism() string { return macos.Mechanism(d.Mac.MacOS) }
