package jamf

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// text reads what should be a string, and may be a number, a truth value or null: ids are strings in one answer and
// numbers in the next. What is none of these reads as nothing, since one odd field must not hide a fleet.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	*t = ""
	if len(data) == 0 || data[0] == '{' || data[0] == '[' || string(data) == "null" {
		return nil
	}
	if data[0] != '"' {
		*t = text(data)
		return nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*t = text(s)
	return nil
}

// truth reads what should be a truth value, in the same spirit.
type truth bool

// UnmarshalJSON implements json.Unmarshaler.
func (t *truth) UnmarshalJSON(data []byte) error {
	value, err := strconv.ParseBool(strings.ToLower(strings.Trim(string(data), `" `)))
	*t = truth(err == nil && value)
	return nil
}

// moment reads a time as the Pro API writes it. What is no time reads as the zero time.
type moment struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	m.Time = parseTime(string(t))
	return nil
}

// parseTime reads the forms in which Jamf writes times: with and without a colon in the zone, with and without a zone,
// which is UTC then.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// Reference names an object that another one uses.
type Reference struct{ ID, Name string }
