package macos

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// errNobody says that a tool has to run as the person at the Mac, and that it is not known who that is.
var errNobody = errors.New("nobody is known to be logged in")

// Power restarts and shuts down the Mac.
type Power struct{ Host Host }

// Ask asks loginwindow, as the person at the console, to quit all programs and then restart or shut down. A program may
// refuse to quit. loginwindow takes these events without the consent that automating System Events needs; both are
// known from public tools, and have not been tried by this project.
func (p Power) Ask(ctx context.Context, person Person, power enforce.Power) error {
	event := "«event aevtrrst»"
	if power == enforce.ShutDown {
		event = "«event aevtrsdn»"
	}
	if person.Nobody() {
		return fmt.Errorf("ask for %s: %w", power, errNobody)
	}
	command := asPerson(person, osascriptPath, "-e", `tell application "loginwindow" to `+event)
	command.Timeout = time.Minute
	out, err := p.Host.Runner.Run(ctx, command)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", power, err)
	}
	if out.Code != 0 {
		return fmt.Errorf("ask for %s: %w", power, out.failure(osascriptPath))
	}
	return nil
}

// Force restarts or shuts down at once, with shutdown(8): every process is told to end and then ended.
func (p Power) Force(ctx context.Context, power enforce.Power) error {
	flag := "-r"
	if power == enforce.ShutDown {
		flag = "-h"
	}
	out, err := p.Host.Runner.Run(ctx, Command{Path: shutdownPath, Args: []string{flag, "now"}, Timeout: time.Minute})
	if err != nil {
		return fmt.Errorf("force %s: %w", power, err)
	}
	if out.Code > 0 || out.TimedOut { // a signal may have been the restart's own
		return fmt.Errorf("force %s: %w", power, out.failure(shutdownPath))
	}
	return nil
}

// Booted tells when the Mac started, by its own clock: the system moves that time along when the clock is set.
func (p Power) Booted(ctx context.Context) (time.Time, error) {
	out, err := p.Host.Runner.Run(ctx, Command{Path: sysctlPath, Args: []string{"-n", "kern.boottime"}, Timeout: shortly})
	if err != nil {
		return time.Time{}, fmt.Errorf("find boot time: %w", err)
	}
	boot, ok := parseBootTime(out.Stdout)
	if !ok {
		return time.Time{}, fmt.Errorf("find boot time: %w", out.failure(sysctlPath))
	}
	return boot, nil
}

// parseBootTime reads "{ sec = 1600000000, usec = 123456 } Sun Sep 13 12:26:40 2020".
func parseBootTime(text string) (time.Time, bool) {
	sec, ok := numberAfter(text, "sec = ")
	if !ok || sec <= 0 {
		return time.Time{}, false
	}
	usec, _ := numberAfter(text, "usec = ")
	if usec >= 1_000_000 {
		return time.Time{}, false
	}
	return time.Unix(sec, usec*1000), true
}

// numberAfter finds the number that follows a marker which stands at the beginning of a word.
func numberAfter(text, marker string) (int64, bool) {
	_, rest, found := strings.Cut(" "+text, " "+marker)
	if !found {
		return 0, false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	n, err := strconv.ParseInt(rest[:end], 10, 64)
	return n, err == nil
}

// asPerson runs a tool as a person, in their login session: launchctl asuser alone changes the session but stays root.
func asPerson(person Person, path string, args ...string) Command {
	return Command{
		Path: launchctlPath,
		Args: append([]string{"asuser", strconv.Itoa(person.UID), sudoPath, "-u", person.Name, path}, args...),
	}
}
