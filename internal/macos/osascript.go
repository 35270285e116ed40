package macos

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dialogCommand builds the invocation of osascript that shows a window as a plain dialog, in the person's session. All
// that is shown comes as arguments, so no text can become part of the script. A dialog has a button at least, and cannot be
// locked: who calls shows it again. It cannot count down either, so it says how much time there is when it appears.
func dialogCommand(person Person, w Window) Command {
	buttons := w.Buttons
	if len(buttons) == 0 {
		buttons = []string{"OK"}
	}
	labels := make([]string, len(buttons))
	for i := range buttons { // AppleScript puts the last button to the right, where the first belongs
		labels[len(buttons)-1-i] = "item " + strconv.Itoa(4+i) + " of argv"
	}
	limit := w.Timeout
	if limit <= 0 {
		limit = longest
	}
	script := "display dialog (item 1 of argv) with title (item 2 of argv) buttons {" + strings.Join(labels, ", ") +
		"} default button " + strconv.Itoa(len(buttons)+1-max(1, w.Default)) + " giving up after (item 3 of argv as integer)"
	if w.Icon != "" {
		script += " with icon POSIX file (item " + strconv.Itoa(4+len(buttons)) + " of argv)"
	}
	text := w.Text
	if w.Countdown != "" && w.Timeout > 0 {
		text += "\n\n" + w.Countdown + " " + clock(w.Timeout)
	}
	args := []string{
		"-e", "on run argv", "-e", script, "-e", "end run", "--", text, w.Title, strconv.FormatInt(seconds(limit), 10),
	}
	args = append(args, buttons...)
	if w.Icon != "" {
		args = append(args, w.Icon)
	}
	command := asPerson(person, osascriptPath, args...)
	command.Timeout, command.Until = limit+grace, w.Until
	return command
}

// clock words a duration as countdowns do, in every language: "10:00", "1:05:00".
func clock(d time.Duration) string {
	const minute, hour = 60, 3600
	n := seconds(d)
	if n >= hour {
		return fmt.Sprintf("%d:%02d:%02d", n/hour, n%hour/minute, n%minute)
	}
	return fmt.Sprintf("%d:%02d", n/minute, n%minute)
}

// parseDialog reads "button returned:Run Updates, gave up:false", or an error with its number in parentheses.
func parseDialog(out Output, w Window) Reply {
	reply := Reply{Shown: out.Awake, Kind: ReplyFailed}
	answer, found := strings.CutPrefix(strings.TrimSpace(out.Stdout), "button returned:")
	answer, gaveUp, _ := strings.Cut(answer, ", gave up:")
	const userCanceled = "(-128)"
	switch {
	case out.TimedOut || strings.TrimSpace(gaveUp) == "true":
		reply.Kind = ReplyTimeout
	case found && len(w.Buttons) > 0 && answer == w.Buttons[0]:
		reply.Kind = ReplyFirst
	case found && len(w.Buttons) > 1 && answer == w.Buttons[1]:
		reply.Kind = ReplySecond
	case found, strings.Contains(out.Stderr, userCanceled):
		reply.Kind = ReplyClosed
	case out.Code < 0 || strings.TrimSpace(out.Text()) == "":
		reply.Kind = ReplyGone
	}
	return reply
}
