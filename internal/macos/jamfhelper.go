package macos

import (
	"strconv"
	"strings"
)

// jamfHelperCommand builds the invocation of jamfHelper for a window. It is run by the daemon itself, which is enough
// for it to reach the screen, as the original framework has done for years.
//
// A locked window is of the type "hud", the only one that knows -lockHUD: it has no close box and cannot be moved.
func jamfHelperCommand(w Window) Command {
	args := []string{"-windowType", "utility"}
	if w.Locked {
		args = []string{"-windowType", "hud", "-lockHUD"}
	}
	args = append(args, "-windowPosition", "ur", "-title", plain(w.Title), "-description", plain(w.Text))
	if w.Icon != "" {
		args = append(args, "-icon", w.Icon)
	}
	for i, label := range w.Buttons {
		args = append(args, "-button"+strconv.Itoa(i+1), plain(label))
	}
	if w.Default > 0 {
		args = append(args, "-defaultButton", strconv.Itoa(w.Default))
	}
	command := Command{Path: jamfHelperPath, Until: w.Until}
	if w.Timeout > 0 {
		args = append(args, "-timeout", strconv.FormatInt(seconds(w.Timeout), 10))
		command.Timeout = w.Timeout + grace
		if w.Countdown != "" {
			args = append(args, "-countdown", "-countdownPrompt", plain(w.Countdown))
		}
	}
	command.Args = args
	return command
}

// plain keeps a text from being taken for a flag.
func plain(text string) string {
	if strings.HasPrefix(text, "-") {
		return " " + text
	}
	return text
}

// parseJamfHelper reads the value that jamfHelper prints. The values are known from its help text and from public
// tools; its exit status repeats them modulo 256 and says nothing more. A click on the default button and a timeout
// print the same, so it is the time that tells them apart.
func parseJamfHelper(out Output, w Window) Reply {
	reply := Reply{Shown: out.Awake}
	value := strings.TrimSpace(out.Stdout)
	overdue := w.Timeout > 0 && out.Awake >= w.Timeout
	switch {
	case out.TimedOut:
		reply.Kind = ReplyTimeout
	case value == "":
		reply.Kind = ReplyGone
	case (value == "0" || value == "2" || value == "243") && overdue:
		reply.Kind = ReplyTimeout
	case value == "0" && len(w.Buttons) > 0:
		reply.Kind = ReplyFirst
	case value == "2" && len(w.Buttons) > 1:
		reply.Kind = ReplySecond
	case value == "243":
		reply.Kind = ReplyTimeout
	case value == "239" || value == "9" || value == "0" || value == "2":
		reply.Kind = ReplyClosed
	default: // 1 unable to launch, 250 and 255 bad window type, 240 unknown macOS; or no value that it is known to print
		reply.Kind = ReplyFailed
	}
	return reply
}
