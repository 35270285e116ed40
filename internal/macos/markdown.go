package macos

import "strings"

// markdown writes a text so that a reader of Markdown shows it as it is: every sign that could mean something is escaped,
// lines stay lines, and a line's indent is made of spaces that cannot make code of it. An empty line begins a paragraph;
// several do no more than one.
func markdown(text string) string {
	var out strings.Builder
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, " \t")
		if i > 0 && line != "" && strings.TrimSpace(lines[i-1]) != "" {
			out.WriteString("  ") // two spaces before a line end keep it
		}
		if i > 0 {
			out.WriteByte('\n')
		}
		writeEscaped(&out, line)
	}
	return out.String()
}

func writeEscaped(out *strings.Builder, line string) {
	const signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" // all that CommonMark lets be escaped
	body := strings.TrimLeft(line, " \t")
	for _, c := range line[:len(line)-len(body)] {
		out.WriteString("\u00a0")
		if c == '\t' {
			out.WriteString("\u00a0\u00a0\u00a0")
		}
	}
	for i := range len(body) {
		if strings.IndexByte(signs, body[i]) >= 0 {
			out.WriteByte('\\')
		}
		out.WriteByte(body[i])
	}
}
