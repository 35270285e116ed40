package settings

import (
	"fmt"
	"strings"
)

// What the renderings that become forms have in common.

// homepage is where people read about this program.
const homepage = "https://github.com/install-or-defer/install-or-defer"

// Patterns of texts that are dates.
const (
	dayPattern    = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	momentPattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`
)

// documentation is the address at which a key is described.
func documentation(key Key) string {
	return homepage + "/blob/main/docs/settings.md#" + strings.ReplaceAll(strings.ToLower(key.Group), " ", "-")
}

func titleWithUnit(key Key) string {
	if key.Unit == "" || key.Unit == Hours {
		return key.Title()
	}
	return fmt.Sprintf("%s (%s)", key.Title(), key.Unit)
}

// fixedDefault is the default, where it is the same on every Mac and a field of one line can show it.
func fixedDefault(key Key) (value any, ok bool) {
	switch v := key.Default.(type) {
	case int64, bool:
		return v, !key.DefaultVaries
	case string:
		return v, v != "" && !long(key)
	case []int64:
		return v, true
	default:
		return nil, false
	}
}

// valueTitles is what a menu shows for each value of a key; nothing when there are too many for a menu.
func valueTitles(key Key) []string {
	if key.Unit != Hours {
		return key.ValueTitles
	}
	var titles []string
	for hour := key.Min; hour <= key.Max; hour++ {
		titles = append(titles, fmt.Sprintf("%02d:00", hour))
	}
	return titles
}

type language struct{ tag, name string }

// commonLanguages are those that a form offers.
func commonLanguages() []language {
	return []language{
		{"en", "English"},
		{"de", "German"},
		{"fr", "French"},
		{"es", "Spanish"},
		{"it", "Italian"},
		{"nl", "Dutch"},
		{"pt-BR", "Portuguese (Brazil)"},
		{"ja", "Japanese"},
		{"zh-Hans", "Chinese (simplified)"},
		{"sv", "Swedish"},
	}
}
