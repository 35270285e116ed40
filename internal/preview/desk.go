package preview

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Desk is all that a film depends on. The page sends it with every request.
type Desk struct {
	Values map[string]any `json:"values"` // settings by key, as a profile sets them
	Mac    Machine        `json:"mac"`
	Person string         `json:"person"` // the name of one of People
	Clicks []Click        `json:"clicks"` // what was clicked so far, in order
	Logo   bool           `json:"logo"`   // the package brings a picture along: no matter for the film, but for what is said of the settings
}

// Machine is the Mac that is looked at.
type Machine struct {
	MacOS       string `json:"macos"`
	Silicon     bool   `json:"silicon"`
	Language    string `json:"language"` // that the person prefers, as a tag
	Zone        string `json:"zone"`     // a name of the time zone database
	Start       string `json:"start"`    // when the package arrives, by the Mac's own clock, as 2026-11-30T09:00
	JamfHelper  bool   `json:"jamfhelper"`
	SwiftDialog bool   `json:"swiftdialog"`
}

// startLayout is how [Machine.Start] is written, which is how pages write it.
const startLayout = "2006-01-02T15:04"

// start is when the film begins.
func (m Machine) start() (time.Time, error) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: time zone %.80q is not known", ErrDesk, m.Zone)
	}
	start, err := time.ParseInLocation(startLayout, m.Start, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: start %.80q is not a time such as 2026-11-30T09:00", ErrDesk, m.Start)
	}
	if start.Year() < 2000 || start.Year() > 2100 {
		return time.Time{}, fmt.Errorf("%w: start %.80q is not in the years 2000 to 2100", ErrDesk, m.Start)
	}
	return start, nil
}

// ErrDesk says that what a page sent is no desk: a mistake of the page, or not our page.
var ErrDesk = errors.New("is not what the page sends")

// maxClicks is how many clicks a desk may hold: more than any round has windows that are worth a click.
const maxClicks = 1000

// decode reads what a page sent, strictly. Whole numbers become int64, which is what settings are made of.
func decode(r io.Reader, into any) error {
	decoder := json.NewDecoder(r)
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrDesk, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows", ErrDesk)
	}
	return nil
}

// UnmarshalJSON implements the interface of package json.
func (d *Desk) UnmarshalJSON(data []byte) error {
	type plain Desk
	var read plain
	if err := decode(bytes.NewReader(data), &read); err != nil {
		return err
	}
	*d = Desk(read)
	d.Values = known(d.Values)
	if len(d.Clicks) > maxClicks {
		return fmt.Errorf("%w: more than %d clicks", ErrDesk, maxClicks)
	}
	return nil
}

// known gives values the types that package plist knows, and leaves out what is not set.
func known(values map[string]any) map[string]any {
	all := map[string]any{}
	for key, value := range values {
		if value != nil {
			all[key] = general(value)
		}
	}
	return all
}

func general(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil && !math.IsInf(f, 0) {
			return f
		}
		return v.String()
	case []any:
		list := make([]any, 0, len(v))
		for _, item := range v {
			if item != nil {
				list = append(list, general(item))
			}
		}
		return list
	case map[string]any:
		return known(v)
	default:
		return v
	}
}

// settings are the effective values on the desk's Mac.
func (d Desk) settings() settings.Settings {
	s, _ := settings.Decode(settings.Platform{AppleSilicon: d.Mac.Silicon}, settings.Source{Name: fileSource, Values: d.Values})
	return s
}

// fileSource names the values that the page holds, among the sources of settings.
const fileSource = "file"
