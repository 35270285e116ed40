package plist

import (
	"fmt"
	"math"
	"strings"
	"time"

	howett "howett.net/plist"
)

// normalise turns what the library read into this package's types. The path names the value within the document, as
// "Localizations/de/PromptMessage"; it is empty for the root.
func normalise(raw any, path string) (any, error) {
	switch v := raw.(type) {
	case string:
		return strings.Clone(v), nil
	case bool, int64:
		return v, nil
	case uint64:
		if v > math.MaxInt64 {
			return nil, fmt.Errorf("%s: integer %d %w in 64 signed bits", name(path), v, ErrRange)
		}
		return int64(v), nil
	case float32:
		return finite(float64(v), path)
	case float64:
		return finite(v, path)
	case time.Time:
		return date(v, path)
	case []byte:
		return append([]byte{}, v...), nil
	case []any:
		return array(v, path)
	case map[string]any:
		return dictionary(v, path)
	case howett.UID:
		return nil, fmt.Errorf("%s: %w: a reference of a keyed archive is not a setting", name(path), ErrBroken)
	default:
		return nil, fmt.Errorf("%s: %w: a value of type %T", name(path), ErrBroken, raw)
	}
}

func array(v []any, path string) (any, error) {
	list := make([]any, len(v))
	for i, item := range v {
		value, err := normalise(item, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

func dictionary(v map[string]any, path string) (any, error) {
	dict := make(map[string]any, len(v))
	for key, item := range v {
		value, err := normalise(item, join(path, key))
		if err != nil {
			return nil, err
		}
		dict[strings.Clone(key)] = value
	}
	return dict, nil
}

// finite refuses what is not a number: no setting means "infinity", and a comparison with NaN decides nothing.
func finite(v float64, path string) (any, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, fmt.Errorf("%s: real number %v %w", name(path), v, ErrRange)
	}
	return v, nil
}

// date refuses years that have no four digits: XML cannot write them.
func date(v time.Time, path string) (any, error) {
	v = v.UTC()
	if y := v.Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("%s: date in the year %d %w", name(path), y, ErrRange)
	}
	return v, nil
}

// join extends a path. It stays short however long the keys are, since one is made for every value.
func join(path, key string) string {
	if path != "" {
		key = path + "/" + key
	}
	return clip(key)
}

// name is a path for an error message, on one line.
func name(path string) string {
	if path == "" {
		return "the root"
	}
	return fmt.Sprintf("%q", path)
}
