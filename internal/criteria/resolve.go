package criteria

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxLength is how many characters a name and a value may have in Jamf Pro.
const MaxLength = 255

// resolve says a test in Jamf's words.
func (t Test) resolve() (branch, error) {
	operator, err := t.check()
	if err != nil {
		return branch{}, err
	}
	name, join := t.criterion(), Any
	if operator.Denies {
		join = All
	}
	var parts []branch
	for _, value := range t.Values {
		rows, err := t.rows(operator, value)
		if err != nil {
			return branch{}, err
		}
		for i := range rows {
			rows[i].Name = name
			parts = append(parts, branch{row: rows[i]})
		}
	}
	return joined(join, parts), nil
}

// check refuses what cannot be said of a field.
func (t Test) check() (Operator, error) {
	name := t.criterion()
	switch {
	case name == "":
		return Operator{}, fmt.Errorf("%q is no field", t.Field)
	case utf8.RuneCountInString(name) > MaxLength:
		return Operator{}, fmt.Errorf("the name of the criterion has more than %d characters", MaxLength)
	case unfit(name):
		return Operator{}, fmt.Errorf("the name of the criterion %s", unfitting)
	}
	operator, ok := LookupOperator(t.Operator)
	if !ok {
		return Operator{}, fmt.Errorf("%q is no operator", t.Operator)
	}
	if kind := t.KindOf(); !slices.Contains(operator.Kinds, kind) {
		return Operator{}, fmt.Errorf("%s does not fit a %s; write one of %s", operator.Name, kind, strings.Join(OperatorsOf(kind), ", "))
	}
	if len(t.Values) == 0 {
		return Operator{}, fmt.Errorf("%s has no value", operator.Name)
	}
	return operator, nil
}

// rows are the lines for one value, without their name.
func (t Test) rows(o Operator, value string) ([]Row, error) {
	value, err := t.value(o, value)
	if err != nil {
		return nil, err
	}
	var values []string
	operator := o.Jamf
	switch {
	case t.KindOf() == AppVersion && o.Values == Numbers:
		operator = "matches regex"
		if values, err = pack(compare(o.Name, value)); err == nil && len(values) == 0 {
			err = fmt.Errorf("no version is less than %s", value)
		}
	case o.Values == Expression:
		values, err = pack(alternatives(value))
	case utf8.RuneCountInString(value) > MaxLength:
		err = fmt.Errorf("the value has %d characters, and Jamf Pro takes %d", utf8.RuneCountInString(value), MaxLength)
	default:
		values = []string{value}
	}
	rows := make([]Row, len(values))
	for i, v := range values {
		rows[i] = Row{Operator: operator, Value: v}
	}
	return rows, err
}

// value is a value as Jamf Pro has it.
func (t Test) value(o Operator, value string) (string, error) {
	if unfit(value) {
		return "", fmt.Errorf("the value %s", unfitting)
	}
	if value == "" && (o.Values != AnyText || o.Name != "is" && o.Name != "is_not") {
		return "", fmt.Errorf("the value is empty; only is and is_not can ask for nothing")
	}
	if t.KindOf() == YesNo {
		switch strings.ToLower(value) {
		case "yes", "true":
			return "Yes", nil
		case "no", "false":
			return "No", nil
		}
		return "", fmt.Errorf("%q is neither true nor false", value)
	}
	switch o.Values {
	case AnyText:
	case Expression:
		return value, CheckExpression(value)
	case Numbers:
		if !isVersion(value) {
			return "", fmt.Errorf("%q is no version, as 15.7.1", value)
		}
	case Day:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "", fmt.Errorf("%q is no date, as 2026-12-01", value)
		}
	case Days:
		if n, err := strconv.Atoi(value); err != nil || n < 0 || n > 99999 || strconv.Itoa(n) != value {
			return "", fmt.Errorf("%q is no number of days", value)
		}
	}
	return value, nil
}

func isVersion(text string) bool {
	for _, part := range strings.Split(text, ".") {
		if part == "" || len(part) > 9 || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

const unfitting = "begins or ends with a space, or holds a character that cannot be seen, which servers change"

// unfit tells that a server would keep another text than this.
func unfit(text string) bool {
	return !utf8.ValidString(text) || text != strings.TrimSpace(text) || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF
	})
}
