package macos

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Battery tells about the power that the Mac runs on.
type Battery struct{ Host Host }

// Charge is what pmset(1) says about it.
type Charge struct {
	Present bool // the Mac has a battery of its own
	Drawing bool // it runs on that, or on an uninterruptible supply: the mains are gone
	Percent int  // of the battery of its own that holds the least; 0 where there is none
}

// State asks pmset(1). The error says that what it printed tells nothing.
func (b Battery) State(ctx context.Context) (Charge, error) {
	out, err := b.Host.Runner.Run(ctx, Command{Path: pmsetPath, Args: []string{"-g", "batt"}, Timeout: shortly})
	if err != nil {
		return Charge{}, fmt.Errorf("find battery charge: %w", err)
	}
	charge, ok := parseCharge(out.Stdout)
	if !ok {
		return Charge{}, fmt.Errorf("find battery charge: %w", out.failure(pmsetPath))
	}
	return charge, nil
}

// parseCharge reads what `pmset -g batt` prints, of which captures of macOS 10.5 to 10.15 and public tools are known: a
// line that names the source, "Now drawing from 'AC Power'" ("Currently" instead of "Now" up to macOS 10.11), and one
// for each battery, " -InternalBattery-0 (id=3997795)\t79%; AC attached; not charging present: true". The part in
// parentheses came with macOS 10.12, so the percentage is found by its sign. A desktop prints the first line only. An
// uninterruptible supply has a line too, under a name of its maker's; what it holds is not the Mac's to count on.
//
// A Mac that runs on its battery has one: where no line of it can be read, nothing is known.
func parseCharge(text string) (charge Charge, ok bool) {
	source := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		_, quoted, found := strings.Cut(line, "drawing from '")
		switch {
		case found && source == "":
			source, _, ok = strings.Cut(quoted, "'")
		case strings.HasPrefix(line, "-InternalBattery-"):
			percent, known := percentage(line)
			if !known {
				continue
			}
			if !charge.Present || percent < charge.Percent {
				charge.Percent = percent
			}
			charge.Present = true
		}
	}
	charge.Drawing = source != "AC Power"
	if !ok || source == "Battery Power" && !charge.Present {
		return Charge{}, false
	}
	return charge, true
}

// percentage finds the number before the first percent sign of a line.
func percentage(line string) (percent int, ok bool) {
	before, _, found := strings.Cut(line, "%")
	start := len(before)
	for start > 0 && before[start-1] >= '0' && before[start-1] <= '9' {
		start--
	}
	percent, err := strconv.Atoi(before[start:])
	return percent, found && err == nil && percent <= 100
}
