package macos

import (
	"encoding/json"
	"path"
	"strings"
)

const (
	dialogOrder    = "install-or-defer-dialog.json" // what to show
	dialogCommands = "install-or-defer-dialog.log"  // through which it could be told to show something else
)

// DialogFiles are the files that swiftDialog windows leave in a folder.
func DialogFiles(folder string) []string {
	return []string{path.Join(folder, dialogOrder), path.Join(folder, dialogCommands)}
}

// swiftDialogCommand writes what swiftDialog is to show, and builds its invocation, in the person's session. All goes
// through one file: its command line tool drops empty arguments and moves others around, which the program itself, run
// here, might do as well.
//
// Both files lie in a folder of root's. The command file that swiftDialog would choose itself can be written by
// everybody, who could then put other words or an end to a prompt of ours.
func swiftDialogCommand(host Host, folder string, person Person, w Window) (Command, error) {
	files := DialogFiles(folder)
	order, err := json.Marshal(dialogJSON(w, files[1]))
	if err == nil {
		err = host.Tree.Write(files[1], nil, 0o644)
	}
	if err == nil {
		err = host.Tree.Write(files[0], order, 0o644)
	}
	command := asPerson(person, swiftDialogPath, "--jsonfile", files[0])
	command.Until = w.Until
	if w.Timeout > 0 {
		command.Timeout = w.Timeout
		if w.Countdown != "" {
			command.Timeout += grace // it ends by itself
		}
	}
	return command, err
}

// dialogJSON is a window in swiftDialog's terms. Return would press the first button whatever the default, so keys press
// none unless that is the default. There is a timer only where a countdown is wanted: it draws a bar.
func dialogJSON(w Window, commands string) map[string]any {
	order := map[string]any{
		"title": w.Title, "message": markdown(w.Text), "position": "topright", "ontop": true, "moveable": !w.Locked,
		"commandfile": commands, "ignorednd": true, "hidedefaultkeyboardaction": w.Default != 1,
		"button1text": "none", "icon": "none",
	}
	if w.Icon != "" {
		order["icon"] = w.Icon
		if w.IconDark != "" {
			order["icon"] = w.Icon + ":dark=" + w.IconDark
		}
	}
	for i, label := range w.Buttons {
		order[[]string{"button1text", "button2text"}[i]] = label
	}
	if w.Help != "" {
		order["helpmessage"] = markdown(w.Help)
	}
	if w.Timeout > 0 && w.Countdown != "" {
		order["timer"], order["infotext"] = seconds(w.Timeout), w.Countdown
	}
	return order
}

// markdown writes a text so that it is shown as it is: swiftDialog takes messages for Markdown, and one that ends as the
// name of such a file does for that file's content.
func markdown(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("  \n") // two spaces keep the line's end
		}
		for _, c := range line {
			if strings.ContainsRune("\\`*_{}[]<>#+-!|~&:", c) {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		}
	}
	if strings.HasSuffix(strings.ToLower(text), ".md") {
		b.WriteByte(' ')
	}
	return b.String()
}

// parseSwiftDialog reads the exit status, which is all that matters of a window without fields.
func parseSwiftDialog(out Output, w Window) Reply {
	const (
		button1, button2, timer, command, quit, closed, interrupted = 0, 2, 4, 5, 10, 15, 40
		signals                                                     = 128 // and more: ended by one, seen through sudo
		firstError                                                  = 201
	)
	reply := Reply{Shown: out.Awake, Kind: ReplyFailed}
	overdue := w.Timeout > 0 && out.Awake >= w.Timeout
	switch code := out.Code; {
	case out.TimedOut || code == timer || overdue && code != button1 && code != button2:
		reply.Kind = ReplyTimeout
	case code == button1 && len(w.Buttons) > 0:
		reply.Kind = ReplyFirst
	case code == button2 && len(w.Buttons) > 1:
		reply.Kind = ReplySecond
	case code == button1 || code == quit || code == button2:
		reply.Kind = ReplyClosed
	case code < 0 || code == command || code == closed || code == interrupted || code >= signals && code < firstError:
		reply.Kind = ReplyGone
	}
	return reply
}
