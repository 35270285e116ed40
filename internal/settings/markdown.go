package settings

import (
	"fmt"
	"strings"
)

// Markdown writes the table as a reference for people: one table of keys for each
// group, what else there is to know about each, and the default texts in full. It begins and ends with a line of text
// and has no heading above level 3.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| Key | Type | Unit | Default | Limits | Meaning |\n|---|---|---|---|---|---|\n")
	keys := Table()
	for _, key := range keys {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", key.Name, key.Type, or(key.Unit, "–"),
			cell(markdownDefault(key)), markdownLimits(key), cell(key.Help))
	}
	group := ""
	for _, key := range keys {
		if key.Group != group {
			group = key.Group
			fmt.Fprintf(&b, "\n### %s\n", group)
		}
		fmt.Fprintf(&b, "\n**`%s`** – %s %s Example: `%s`. Since %s.\n", key.Name, escape(key.Help), escape(key.Paragraph), key.Example, key.Since)
		if long(key) {
			fmt.Fprintf(&b, "\n```text\n%s\n```\n", key.Default)
		}
	}
	return b.String()
}

// MarkdownRow writes a key as one row of a short table: name, type, default and what it does.
func MarkdownRow(key Key) string {
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", key.Name, key.Type, cell(markdownDefault(key)), cell(key.Help))
}

// long tells whether a default is shown by itself, since it has several lines.
func long(key Key) bool {
	text, ok := key.Default.(string)
	return ok && strings.Contains(text, "\n")
}

func markdownDefault(key Key) string {
	var shown string
	switch v := key.Default.(type) {
	case int64, bool:
		shown = fmt.Sprintf("`%v`", v)
	case string:
		if v != "" {
			shown = "`" + v + "`"
		}
		if long(key) {
			shown = "see below"
		}
	}
	switch {
	case shown == "":
		return or(key.DefaultNote, "–")
	case key.DefaultNote == "":
		return shown
	case key.DefaultVaries:
		return key.DefaultNote
	default:
		return shown + " (" + key.DefaultNote + ")"
	}
}

func markdownLimits(key Key) string {
	switch {
	case key.Below != "":
		return fmt.Sprintf("%d–%d, less than `%s`", key.Min, key.Max, key.Below)
	case len(key.Choices) > 0:
		return strings.Join(key.Choices, ", ")
	case key.Max > 0:
		return fmt.Sprintf("%d–%d", key.Min, key.Max)
	case key.MaxLength > 0:
		return fmt.Sprintf("up to %d characters", key.MaxLength)
	default:
		return "–"
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// escape keeps what is a sign in Markdown as it is written.
func escape(text string) string {
	return strings.NewReplacer("*", `\*`, "<", `\<`, "_", `\_`, "|", `\|`).Replace(text)
}

// cell is text within a table.
func cell(text string) string {
	if strings.HasPrefix(text, "`") {
		return strings.ReplaceAll(text, "|", `\|`)
	}
	return escape(text)
}
