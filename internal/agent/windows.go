package agent

import (
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// windowKind is one of the windows that people see. Its texts are settings.
type windowKind struct{ heading, message string }

// The windows.
const (
	windowPrompt = iota
	windowFinal
	windowUpdating
	windowManual
	windowRestart
)

// texts names the settings that hold a window's texts.
func texts(kind int) windowKind {
	return []windowKind{
		windowPrompt:   {settings.PromptHeading, settings.PromptMessage},
		windowFinal:    {settings.FinalHeading, settings.FinalMessage},
		windowUpdating: {settings.UpdatingHeading, settings.UpdatingMessage},
		windowManual:   {settings.ManualHeading, settings.ManualMessage},
		windowRestart:  {settings.RestartHeading, settings.RestartMessage},
	}[kind]
}

// window writes a window for what is pending now.
func (t *turn) window(kind int, last bool) macos.Window {
	now := t.agent.Host.Clock.Now()
	restart := t.state.Restart.Power != enforce.Stay
	for _, u := range t.state.Pending {
		restart = restart || u.Action != enforce.Stay
	}
	facts := enforce.Facts{
		Left:      t.state.Deadline.Sub(now),
		Deadline:  t.state.Deadline.In(t.zone()).Format("Monday 2 January 2006 at 15:04"),
		Contact:   t.config.Settings.Text(settings.SupportContact),
		Updates:   enforce.List(t.state.Pending),
		Mechanism: macos.Mechanism(t.running),
		Restart:   restart,
		Last:      last,
	}
	names := texts(kind)
	return macos.Window{
		Title: enforce.Expand(t.config.Settings.Text(names.heading), facts),
		Text:  enforce.Expand(t.config.Settings.Text(names.message), facts),
		Icon:  t.icon(),
	}
}

// icon is the administrator's logo, or Apple's icon of Software Update where it lies on this version of macOS.
func (t *turn) icon() string {
	logo := t.config.Settings.Text(settings.MessagingLogo)
	for _, path := range append([]string{logo}, macos.UpdateIcons()...) {
		if path == "" {
			continue
		}
		if entry, err := t.agent.Host.Lister.Stat(path); err == nil && entry.Mode.IsRegular() {
			return path
		}
		if path == logo {
			t.log.say("Setting MessagingLogo: %s is not a file; the Software Update icon is used.", logo)
		}
	}
	return ""
}
