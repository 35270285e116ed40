package macos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Files that lie in a folder of root's while a window of swiftDialog stands.
const (
	dialogOrder    = "install-or-defer-dialog.json" // what it shows
	dialogCommands = "install-or-defer-dialog.log"  // through which it could be told to show something else
)

// errUntrusted says that a program could be anybody's.
var errUntrusted = errors.New("is not a regular file that belongs to root and that nobody else can write to")

// DialogFiles are the files that a window of swiftDialog has in a folder while it stands. A killed turn may leave them.
func DialogFiles(folder string) []string {
	return []string{path.Join(folder, dialogOrder), path.Join(folder, dialogCommands)}
}

// hasSwiftDialog tells whether swiftDialog can be run: where its installer puts it, never by the link in /usr/local/bin, a
// folder that others may write to; and only if nobody but root can have changed it.
func (s Screen) hasSwiftDialog() error {
	if s.Folder == "" {
		return &MissingError{Path: swiftDialogPath}
	}
	entry, err := s.Host.Lister.Stat(swiftDialogPath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &MissingError{Path: swiftDialogPath}
	case err != nil:
		return err
	case !entry.Mode.IsRegular() || entry.UID != 0 || entry.Mode.Perm()&0o022 != 0:
		return fmt.Errorf("%s: %w", swiftDialogPath, errUntrusted)
	case s.Person.Nobody():
		return errNobody
	}
	return nil
}

// swiftDialogCommand writes what swiftDialog is to show, and builds its invocation, in the person's session. All goes
// through one file: an argument that is empty, or begins with a hyphen, might not arrive.
//
// The command file has to be one of ours: by default it is one in /var/tmp that anybody may write to, so that any program
// could put other words into a warning, or an end to it. swiftDialog runs as the person, and cannot change a file in a
// folder of root's; its source says that it then goes on without.
func swiftDialogCommand(host Host, folder string, person Person, w Window) (Command, error) {
	files := DialogFiles(folder)
	order, err := json.Marshal(dialogFileOf(w, files[1]))
	if err == nil {
		err = host.Tree.Write(files[1], nil, 0o644) // the person reads both
	}
	if err == nil {
		err = host.Tree.Write(files[0], order, 0o644)
	}
	command := asPerson(person, swiftDialogPath, "--jsonfile", files[0])
	command.Timeout, command.Until = longest, w.Until
	if w.Timeout > 0 {
		command.Timeout = w.Timeout + grace // it ends by itself
	}
	return command, err
}

// dialogFile is what swiftDialog reads, by the names of its flags. A flag that takes a value must not be true: that turns
// it off.
type dialogFile struct {
	Title    string `json:"title"`
	Message  string `json:"message"` // Markdown
	Icon     string `json:"icon"`
	Button1  string `json:"button1text"`
	Button2  string `json:"button2text,omitempty"`
	Help     string `json:"helpmessage,omitempty"` // Markdown
	Info     string `json:"infotext,omitempty"`
	Timer    int64  `json:"timer,omitempty"` // seconds
	Progress int    `json:"progress,omitempty"`
	QuitKey  string `json:"quitkey,omitempty"`
	Commands string `json:"commandfile"`
	Position string `json:"position"`
	Font     string `json:"messagefont"`
	Height   int    `json:"height"`

	HideTimer   bool `json:"hidetimerbar,omitempty"`
	OnTop       bool `json:"ontop"`
	Moveable    bool `json:"moveable"`
	IgnoreDND   bool `json:"ignorednd"`
	NoReturnKey bool `json:"hidedefaultkeyboardaction"`
}

// dialogFileOf says how a window looks.
//
// A timer with its bar shown keeps the first button from being clicked in the first three seconds, which suits a final
// warning; with the bar hidden it only closes the window. Return always presses the first button, so it needs another key
// besides where that is not the default. Command-Q quits, unless another key is to: a locked window has one that no
// keyboard has.
func dialogFileOf(w Window, commands string) dialogFile {
	const none = "none" // leaves out what has a default
	f := dialogFile{
		Title: inert(w.Title), Message: readable(w.Text), Icon: none, Button1: none, Info: inert(w.Countdown),
		Commands: commands, Position: "topright", Font: "size=15", Height: dialogHeight(w.Text),
		OnTop: true, Moveable: !w.Locked, IgnoreDND: true, NoReturnKey: w.Default != 1,
	}
	if w.Icon != "" {
		f.Icon = w.Icon
	}
	if len(w.Buttons) > 0 {
		f.Button1 = inert(w.Buttons[0])
	}
	if len(w.Buttons) > 1 {
		f.Button2 = inert(w.Buttons[1])
	}
	if w.Help != "" {
		f.Help = readable(w.Help)
	}
	if w.Timeout > 0 {
		f.Timer, f.HideTimer = seconds(w.Timeout), w.Countdown == ""
	}
	if w.Progress {
		f.Progress = 100 // steps, of which none is taken, so that the bar only moves
	}
	if w.Locked {
		f.QuitKey = "\u241b"
	}
	return f
}

// dialogHeight is a height, in points, that a text has room in; a longer one can be scrolled.
func dialogHeight(text string) int {
	const least, most, line, column = 320, 640, 22, 70
	height := 200
	for row := range strings.Lines(text) {
		height += line * (1 + len(row)/column)
	}
	return min(max(height, least), most)
}

// inert keeps swiftDialog from taking a text for more than that: "none" would hide what it is for, "{computername}" and
// others are replaced, and so are two tags. A mark that joins words, which nobody sees, keeps them apart.
func inert(text string) string {
	const joiner = "\u2060"
	if strings.EqualFold(text, "none") {
		return text + joiner
	}
	return strings.NewReplacer("{", "{"+joiner, "<br>", "<"+joiner+"br>", "<hr>", "<"+joiner+"hr>").Replace(text)
}

// readable writes a text as Markdown that says just that, and that swiftDialog does not take for the name of a file.
func readable(text string) string {
	escaped := markdown(text)
	if strings.EqualFold(text, "none") || strings.HasSuffix(strings.ToLower(escaped), ".md") {
		return escaped + " "
	}
	return escaped
}

// parseSwiftDialog reads how swiftDialog ended, by its exit status, which is all that matters of a window without fields.
// The numbers are those of its source. It is run by way of launchctl and sudo, which have some of their own: 1 where they
// cannot run it, and above 128 for a signal.
func parseSwiftDialog(out Output, w Window) Reply {
	const (
		button1, button2, timer, command, quit, ended, interrupted = 0, 2, 4, 5, 10, 15, 40
		signals, lastSignal                                        = 128, 159
	)
	reply := Reply{Shown: out.Awake, Kind: ReplyFailed} // 1, 20 while disturbing is not wanted, 30, 201 to 203, 255
	overdue := w.Timeout > 0 && out.Awake >= w.Timeout
	switch code := out.Code; {
	case out.TimedOut, code == timer:
		reply.Kind = ReplyTimeout
	case code == button1 && len(w.Buttons) > 0:
		reply.Kind = ReplyFirst
	case code == button2 && len(w.Buttons) > 1:
		reply.Kind = ReplySecond
	case overdue:
		reply.Kind = ReplyTimeout
	case code == button1, code == button2, code == quit: // a button that it does not have
		reply.Kind = ReplyClosed
	case code == command, code == ended, code == interrupted: // there is no close button, so 15 came from outside
		reply.Kind = ReplyGone
	case code < 0, code > signals && code <= lastSignal:
		reply.Kind = ReplyGone
	}
	return reply
}
