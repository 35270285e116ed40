package deployment

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// SchemaURL is where editors find the schema of the file.
const SchemaURL = "https://raw.githubusercontent.com/install-or-defer/install-or-defer/main/schema/install-or-defer.schema.json"

const modeline = "# yaml-language-server: $schema=" + SchemaURL + "\n"

// Write writes a deployment as YAML, with a comment on each setting. [Load] reads it back as it was. The same deployment
// always gives the same bytes.
func Write(d Deployment) []byte {
	var b strings.Builder
	b.WriteString(modeline)
	b.WriteString("# What is left out keeps its default. install-or-defer settings check FILE says what is wrong.\n")
	for _, s := range []struct{ name, text string }{
		{identifierSection, d.Identifier}, {organizationSection, d.Organization}, {logoSection, d.Logo},
	} {
		if s.text != "" {
			fmt.Fprintf(&b, "%s: %s\n", s.name, quote(s.text))
		}
	}
	if len(d.Settings) > 0 || d.empty() { // a file of comments alone would look like a mistake
		b.WriteString("\n" + settingsSection + ":\n")
		for _, key := range settingKeys() {
			if value, ok := d.Settings[key.Name]; ok {
				fmt.Fprintf(&b, "  # %s\n  %s: %s\n", key.Help, key.Name, scalar(key, value))
			}
		}
	}
	if len(d.Messages) > 0 {
		b.WriteString("\n" + messagesSection + ":\n")
		writeTexts(&b, d.Messages, "  ")
	}
	if len(d.Localizations) > 0 {
		b.WriteString("\n" + localizationsSection + ":\n")
		for _, tag := range slices.Sorted(maps.Keys(d.Localizations)) {
			fmt.Fprintf(&b, "  %s:\n", plainTag(tag))
			writeTexts(&b, d.Localizations[tag], "    ")
		}
	}
	writePackage(&b, d.Package)
	writeJamf(&b, d.Jamf)
	return []byte(b.String())
}

func writePackage(b *strings.Builder, o PackageOptions) {
	if o == (PackageOptions{}) {
		return
	}
	b.WriteString("\n" + packageSection + ":\n")
	if o.Version != "" {
		fmt.Fprintf(b, "  version: %s\n", quote(o.Version))
	}
	if o.StartInterval > 0 {
		fmt.Fprintf(b, "  start_interval: %s\n", formatSpan(int64(o.StartInterval/time.Second)))
	}
	if o.ResetOnInstall {
		b.WriteString("  reset_on_install: true\n")
	}
}

func writeTexts(b *strings.Builder, texts map[string]string, indent string) {
	for _, key := range textKeys() {
		if text, ok := texts[key.Name]; ok {
			fmt.Fprintf(b, "%s%s: %s\n", indent, key.Name, block(text, indent+"  "))
		}
	}
}

// scalar writes the value of a setting on one line.
func scalar(key settings.Key, value any) string {
	switch v := value.(type) {
	case int64:
		if key.Unit == settings.Seconds {
			return formatSpan(v)
		}
		return fmt.Sprint(v)
	case bool:
		return fmt.Sprint(v)
	case string:
		return quote(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = scalar(settings.Key{}, item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	default:
		return quote(fmt.Sprint(v))
	}
}

// block writes a text of several lines as it looks, where YAML keeps it so, and else in quotes.
func block(text, indent string) string {
	lines := strings.Split(text, "\n")
	for _, line := range lines {
		if strings.TrimFunc(line, unicode.IsSpace) != line || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return quote(text)
		}
	}
	if len(lines) < 2 || lines[0] == "" || lines[len(lines)-1] == "" {
		return quote(text)
	}
	var b strings.Builder
	b.WriteString("|-")
	for _, line := range lines {
		b.WriteString("\n")
		if line != "" {
			b.WriteString(indent + line)
		}
	}
	return b.String()
}

// plainTag writes the tag of a language. Some readers take the word for Norwegian for false.
func plainTag(tag string) string {
	if strings.EqualFold(tag, "no") || strings.ContainsFunc(tag, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return quote(tag)
	}
	return tag
}

// quote writes a text in double quotes, so that it is text whatever it looks like.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r) && r != 0xFEFF:
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
