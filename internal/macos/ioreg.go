package macos

import "strings"

// registrySays tells whether a text that ioreg(8) printed holds a key whose value is Yes. A key of an object stands on a
// line of its own, as `"Key" = Yes`; one of a dictionary within, on the line of that, as `"Key"=Yes`. The number of bars
// before a line varies, so the key is looked for wherever it is.
func registrySays(text, key string) bool {
	return containsAny(text, `"`+key+`"=Yes`, `"`+key+`" = Yes`)
}

// consoleSession finds the session on the console in what `ioreg -n Root -d1` printed: the dictionary within
// "IOConsoleUsers" that says so, up to the brace that ends it. Where none does, it is the whole text. The form is known
// from captures of macOS 26.
func consoleSession(text string) string {
	_, users, _ := strings.Cut(text, `"IOConsoleUsers" = (`)
	users, _, _ = strings.Cut(users, "\n")
	for users != "" {
		var session string
		session, users, _ = strings.Cut(users, "},{")
		if registrySays(session, "kCGSSessionOnConsoleKey") {
			return session
		}
	}
	return text
}
