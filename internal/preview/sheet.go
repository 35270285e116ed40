package preview

import (
	"bytes"
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/language"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

//go:embed sheet
var sheetFiles embed.FS

// Sheet is what people can be told before it begins: one page, in their language, made from the film of somebody who defers to
// the end, so that it says what will be and no more.
type Sheet struct {
	Language     string   `json:"language"`
	Right        bool     `json:"right"`
	Organization string   `json:"organization"`
	Title        string   `json:"title"`
	Intro        string   `json:"intro"`
	Steps        []Step   `json:"steps"`
	TipsTitle    string   `json:"tips_title"`
	Tips         []string `json:"tips"`
	Contact      string   `json:"contact"`
	Example      string   `json:"example"` // under a window: what it names is that of the simulation
	Logo         string   `json:"logo"`    // a data address of a PNG picture; empty for none
	Style        style    `json:"-"`
}

// Step is one thing that happens.
type Step struct {
	Title  string  `json:"title"`
	Text   string  `json:"text"`
	Window *Window `json:"window"` // to show beside it; nil for none
}

type style = template.CSS

// maxSheetLogo is how large a picture goes along with the sheet, which is to fit into a mail.
const maxSheetLogo = 512 << 10

// MakeSheet makes the sheet of what was chosen, in the language of the desk's Mac.
func MakeSheet(ctx context.Context, c Choices, b Base) (Sheet, error) {
	d := c.Desk
	d.Person, d.Clicks = Stubborn, nil
	film, err := Play(ctx, d)
	if err != nil {
		return Sheet{}, err
	}
	tag := language.Choose([]string{d.Mac.Language}, language.Tags())
	later := film
	if film.Cut { // what comes after the deadline is the same after a nearer one
		near := d
		near.Values = maps.Clone(d.Values)
		near.Values[settings.MaxDeferralTime] = int64((longest - further) / time.Second)
		if later, err = Play(ctx, near); err != nil {
			return Sheet{}, err
		}
	}
	d.Person = Helpful
	helpful, err := Play(ctx, d)
	if err != nil {
		return Sheet{}, err
	}
	w := writer{
		language: language.Find(tag), texts: sheetTexts(tag), settings: d.settings(), film: film, later: later, desk: d,
		restarts: helpful.Counts.Restarts > 0,
	}
	s := Sheet{
		Language: tag, Organization: c.Organization, Title: w.text("title"), Intro: w.text("intro"), Steps: w.steps(),
		TipsTitle: w.text("tipsTitle"), Example: w.text("example"), Tips: []string{w.text("tipEarly"), w.text("tipPower"), w.text("tipSave")},
	}
	s.Contact = w.text("contact", "contact", w.settings.Text(settings.SupportContact))
	s.Right = language.RightToLeft(s.Title)
	logo, err := c.picture(b)
	if err != nil {
		return Sheet{}, err
	}
	if png := picture(logo); png != nil && len(png) <= maxSheetLogo {
		s.Logo = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
	}
	return s, nil
}

func sheetTexts(tag string) map[string]string {
	texts := map[string]string{}
	data, err := sheetFiles.ReadFile("sheet/" + tag + ".json")
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil { // an embedded file that a test reads
		return map[string]string{}
	}
	return texts
}

// writer writes a sheet.
type writer struct {
	language language.Language
	texts    map[string]string
	settings settings.Settings
	film     Film
	later    Film // to see what comes after the deadline
	desk     Desk
	restarts bool // installing the updates restarts the Mac
}

// text is one of the texts, with what it has in braces put in.
func (w writer) text(key string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(w.texts[key])
}

// find finds the first window of a sort in a film.
func find(f Film, sort string) *Window {
	if at := slices.IndexFunc(f.Windows, func(w Window) bool { return w.Sort == sort }); at >= 0 {
		return &f.Windows[at]
	}
	return nil
}

// steps are those that the film comes to.
func (w writer) steps() []Step {
	var steps []Step
	add := func(title, text string, window *Window) { steps = append(steps, Step{w.text(title), text, window}) }
	comes := func(sort string) bool { return find(w.later, sort) != nil }
	prompt, byHand := find(w.film, "prompt"), comes("reminder")
	asked := prompt != nil && len(prompt.Buttons) > 1
	if asked {
		ask := "ask"
		if byHand { // the click on the window is not all that there is to do
			ask = "askPane"
		}
		add("askTitle", w.text(ask, "install", prompt.Buttons[0], "mechanism", w.desk.mechanism()), prompt)
		add("deferTitle", w.deferring(prompt.Buttons[1]), nil)
	}
	if comes("warning") {
		warn := "warn"
		if !asked { // there is no time that could be over
			warn = "warnNow"
		}
		add(warn+"Title", w.text(warn, "delay", w.span(settings.UpdateDelay)), nil)
	}
	if comes("updating") {
		title := "updateTitle"
		if byHand {
			title = "updateSomeTitle"
		}
		add(title, w.text("update"), nil)
	}
	if byHand {
		add("remindTitle", w.text("remind", "mechanism", w.desk.mechanism()), nil)
	}
	switch {
	case comes("restart"):
		add("restartTitle", w.text("restart", "delay", w.span(settings.HardRestartDelay)), nil)
	case byHand && w.restarts:
		add("restartTitle", w.text("restartPane", "mechanism", w.desk.mechanism()), nil)
	}
	return steps
}

// deferring says how long and how often updates can be deferred.
func (w writer) deferring(label string) string {
	gap := " "
	if w.language.Gap == "" {
		gap = ""
	}
	text := w.text("defer", "defer", label, "period", w.span(settings.DeferralPeriod), "most", w.span(settings.MaxDeferralTime))
	if count, set := w.settings.Int(settings.MaxDeferralCount); set {
		text += gap + w.text("count", "count", strconv.Itoa(count))
	}
	if date, ok := w.settings.Of(settings.DeadlineDate).Value.(time.Time); ok {
		begins := time.UnixMilli(w.film.Start)
		if zone, err := time.LoadLocation(w.film.Zone); err == nil {
			begins = begins.In(zone)
		}
		text += gap + w.text("date", "date", w.language.Date(date.In(begins.Location())))
	}
	return text
}

// span words a duration of the settings in the two largest units that it has.
func (w writer) span(key string) string {
	const day, most = 24 * time.Hour, 2
	left := w.settings.Duration(key)
	var parts []string
	for _, unit := range []struct {
		length time.Duration
		words  []string
	}{{day, w.language.Days}, {time.Hour, w.language.Hours}, {time.Minute, w.language.Minutes}} {
		n := int(left / unit.length)
		left %= unit.length
		if n == 0 || len(parts) == most {
			continue
		}
		form := unit.words[1]
		if n == 1 {
			form = unit.words[0]
		}
		parts = append(parts, strconv.Itoa(n)+w.language.Gap+form)
	}
	if len(parts) == 0 {
		return w.language.Soon
	}
	return strings.Join(parts, w.language.Gap)
}

// HTML is the sheet as a page of its own, which needs nothing else.
func (s Sheet) HTML() ([]byte, error) {
	css, err := pageFiles.ReadFile("page/sheet.css")
	if err != nil {
		return nil, fmt.Errorf("make sheet: %w", err)
	}
	s.Style = template.CSS(css)
	text, err := pageFiles.ReadFile("page/sheet.html")
	if err != nil {
		return nil, fmt.Errorf("make sheet: %w", err)
	}
	page, err := template.New("sheet").Funcs(template.FuncMap{
		"picture": func(address string) template.URL { return template.URL(address) }, // made above, of a PNG picture
	}).Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("make sheet: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("make sheet: %w", err)
	}
	return out.Bytes(), nil
}
