package agent

import (
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/language"
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

// view is a window with the words that it was written in.
type view struct {
	macos.Window
	words settings.Wording
}

// window writes a window for what is pending now, in the language of the person at the Mac.
func (t *turn) window(kind int, last bool) view {
	now := t.agent.Host.Clock.Now()
	restart := t.state.Restart.Power != enforce.Stay
	for _, u := range t.state.Pending {
		restart = restart || u.Action != enforce.Stay
	}
	names := texts(kind)
	words := t.config.Settings.Wording(macos.Languages(t.agent.Host, t.person), names.heading, names.message)
	speech := speak(words.Language)
	facts := enforce.Facts{
		Left:      t.state.Deadline.Sub(now),
		Deadline:  words.Language.Date(t.state.Deadline.In(t.zone())),
		Contact:   t.config.Settings.Text(settings.SupportContact),
		Updates:   speech.List(t.state.Pending),
		Mechanism: macos.Mechanism(t.running),
		Restart:   restart,
		Last:      last,
		Speech:    speech,
	}
	if language.RightToLeft(words.Message) {
		facts = isolated(facts)
	}
	return view{words: words, Window: macos.Window{
		Title: enforce.Expand(words.Heading, facts),
		Text:  enforce.Expand(words.Message, facts),
		Icon:  t.icon(),
	}}
}

// speak puts a language into the core's terms.
func speak(l language.Language) enforce.Speech {
	forms := func(words []string) [2]string {
		if len(words) != 2 {
			return [2]string{}
		}
		return [2]string{words[0], words[1]}
	}
	return enforce.Speech{
		Day: forms(l.Days), Hour: forms(l.Hours), Minute: forms(l.Minutes), Gap: l.Gap, Soon: l.Soon, Around: l.Around,
		Comma: l.Comma, And: l.And,
	}
}

// isolated keeps what is put into a text that is written from right to left in its own order.
func isolated(f enforce.Facts) enforce.Facts {
	for _, text := range []*string{&f.Deadline, &f.Contact, &f.Updates, &f.Mechanism} {
		*text = language.Isolate(*text)
	}
	return f
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
