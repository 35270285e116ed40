package macos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Management tells how the Mac is managed.
type Management struct{ Host Host }

// Enrollment is how the Mac came to be managed.
type Enrollment struct {
	DEP      bool // by Automated Device Enrollment
	MDM      bool // a server manages it
	Approved bool // a person, or the enrollment itself, has approved that
}

// Token is the bootstrap token, with which a server of the management can let macOS be updated on Apple silicon.
type Token struct {
	Supported bool // the server could keep one
	Escrowed  bool // it has one
}

// Enrollment asks profiles(1).
func (m Management) Enrollment(ctx context.Context) (Enrollment, error) {
	out, err := m.profiles(ctx, "enrollment")
	if err != nil {
		return Enrollment{}, fmt.Errorf("find enrollment: %w", err)
	}
	enrollment, ok := parseEnrollment(out.Text())
	if !ok {
		return Enrollment{}, fmt.Errorf("find enrollment: %w", out.failure(profilesPath))
	}
	return enrollment, nil
}

// BootstrapToken asks profiles(1), which answers root only.
func (m Management) BootstrapToken(ctx context.Context) (Token, error) {
	out, err := m.profiles(ctx, "bootstraptoken")
	if err != nil {
		return Token{}, fmt.Errorf("find bootstrap token: %w", err)
	}
	token, ok := parseToken(out.Text())
	if !ok {
		return Token{}, fmt.Errorf("find bootstrap token: %w", out.failure(profilesPath))
	}
	return token, nil
}

func (m Management) profiles(ctx context.Context, kind string) (Output, error) {
	return m.Host.Runner.Run(ctx, Command{
		Path: profilesPath, Args: []string{"status", "-type", kind}, Timeout: shortly,
	})
}

// parseEnrollment reads "Enrolled via DEP: Yes" and "MDM enrollment: Yes (User Approved)", as captured from macOS 10.15
// to 26.
func parseEnrollment(text string) (e Enrollment, ok bool) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch yes := strings.HasPrefix(value, "Yes"); key {
		case "Enrolled via DEP":
			e.DEP = yes
		case "MDM enrollment":
			e.MDM, e.Approved, ok = yes, yes && strings.Contains(value, "User Approved"), true
		}
	}
	if !ok {
		return Enrollment{}, false
	}
	return e, true
}

// parseToken reads "profiles: Bootstrap Token supported on server: YES" and "… escrowed to server: YES". The words are
// the same whatever the answer, so the value decides. A server that knows nothing of such tokens has a sentence instead.
func parseToken(text string) (t Token, ok bool) {
	for line := range strings.Lines(text) {
		key, value, _ := cutLast(strings.TrimSpace(line), ": ")
		switch {
		case strings.HasSuffix(key, "Bootstrap Token supported on server"):
			t.Supported, ok = value == "YES", true
		case strings.HasSuffix(key, "Bootstrap Token escrowed to server"):
			t.Escrowed = value == "YES"
		case strings.Contains(line, "Bootstrap Token functionality is not supported"):
			return Token{}, true
		}
	}
	if !ok {
		return Token{}, false
	}
	return t, true
}

// supervisionTimeout is for mdmclient, which asks the rest of the system about all that a server may want to know.
const supervisionTimeout = time.Minute

// Supervised tells whether the Mac is supervised, so that declarations can enforce updates on it, as mdmclient(1) says. It
// is slow and prints much more than is asked for, so it is not for every turn. The error says that it cannot be told:
// macOS 10.14 and earlier do not print it.
func (m Management) Supervised(ctx context.Context) (bool, error) {
	out, err := m.Host.Runner.Run(ctx, Command{
		Path: mdmclientPath, Args: []string{"QueryDeviceInformation"}, Timeout: supervisionTimeout,
	})
	if err != nil {
		return false, fmt.Errorf("find supervision: %w", err)
	}
	supervised, ok := parseSupervised(out.Stdout)
	switch {
	case ok:
		return supervised, nil
	case out.Code == 0 && !out.TimedOut: // what it prints instead is long, and about people
		return false, fmt.Errorf("find supervision: %w", errSilent)
	default:
		return false, fmt.Errorf("find supervision: %w", out.failure(mdmclientPath))
	}
}

// errSilent says that a tool answered, and not what it was asked for.
var errSilent = errors.New("mdmclient: does not tell")

// parseSupervised reads the answer of the system's part of mdmclient, in the form in which Apple's frameworks describe a
// dictionary: "IsSupervised = 1;" on a line of its own. Captures of macOS 10.14 and 13 are known. Texts that people
// choose, such as the Mac's name, stand in quotes on the lines of their own keys.
func parseSupervised(text string) (supervised, ok bool) {
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "IsSupervised = 1;":
			return true, true
		case "IsSupervised = 0;":
			return false, true
		}
	}
	return false, false
}
