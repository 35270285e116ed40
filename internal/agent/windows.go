package agent

import (
	"strconv"
	"strings"
	"time"

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
	facts enforce.Facts
}

// say adds notes below the administrator's message.
func (v *view) say(notes []string) {
	for _, note := range notes {
		v.Text += "\n\n" + note
	}
}

// note is a text of the window's language that is no setting, with its tokens filled in.
func (v view) note(key string) string { return enforce.Expand(v.words.Language.Texts[key], v.facts) }

// promptWindow writes a prompt, with what is to be said beside the administrator's message: that there are few deferrals
// left, whose date it is, and what the person can do so that the Mac is ready.
func (t *turn) promptWindow(p enforce.Prompt) view {
	w := t.windowBy(windowPrompt, p.Last, p.Deadline, p.Updates)
	var notes []string
	switch left := enforce.DeferralsLeft(t.policy, t.state); {
	case left == 1:
		notes = append(notes, w.note(language.DeferralsLeftOne))
	case left > 1:
		notes = append(notes, strings.ReplaceAll(w.note(language.DeferralsLeft), "{count}", strconv.Itoa(left)))
	}
	switch t.state.Limit {
	case enforce.LimitDate:
		notes = append(notes, w.note(language.DateNote))
	case enforce.LimitDeclaration:
		notes = append(notes, w.note(language.DeclarationNote))
	case enforce.LimitTime, enforce.LimitCount, enforce.LimitValue, enforce.LimitNone:
	}
	notes = append(notes, lackNotes(w, enforce.Lacks(t.policy, t.state, t.agent.Host.Clock.Now(), t.seen))...)
	if t.seen.Others > 0 && w.facts.Restart {
		notes = append(notes, w.note(language.OthersNote))
	}
	if p.NoOwner {
		notes = append(notes, w.note(language.OwnerNote))
	}
	w.say(notes)
	return w
}

// lackNotes say what the person can do so that the Mac is ready.
func lackNotes(w view, lack enforce.Lack) []string {
	switch lack {
	case enforce.LackPower:
		return []string{w.note(language.PowerNote)}
	case enforce.LackSpace:
		return []string{w.note(language.SpaceNote)}
	case enforce.LackNothing:
	}
	return nil
}

// window writes a window about some updates, in the language of the person at the Mac.
func (t *turn) window(kind int, last bool, updates []enforce.Update) view {
	return t.windowBy(kind, last, t.state.Deadline, updates)
}

// windowBy writes a window that counts down to a deadline.
func (t *turn) windowBy(kind int, last bool, deadline time.Time, updates []enforce.Update) view {
	now := t.agent.Host.Clock.Now()
	restart := t.state.Restart.Power != enforce.Stay
	for _, u := range updates {
		restart = restart || u.Action != enforce.Stay
	}
	names := texts(kind)
	words := t.config.Settings.Wording(macos.Languages(t.agent.Host, t.person), names.heading, names.message)
	speech := speak(words.Language)
	facts := enforce.Facts{
		Left:      deadline.Sub(now),
		Deadline:  words.Language.Date(deadline.In(t.zone())),
		Contact:   t.config.Settings.Text(settings.SupportContact),
		Updates:   speech.List(updates),
		Mechanism: macos.Mechanism(t.running),
		Restart:   restart,
		Last:      last,
		Speech:    speech,
	}
	if language.RightToLeft(words.Message) {
		facts = isolated(facts)
	}
	return view{words: words, facts: facts, Window: macos.Window{
		Title: enforce.Expand(words.Heading, facts),
		Text:  enforce.Expand(words.Message, facts),
		Icon:  t.icon(),
		Help:  enforce.Expand(words.Language.Texts[language.Help], facts),
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
	for _, file := range append([]string{logo}, macos.UpdateIcons()...) {
		if file == "" {
			continue
		}
		if entry, err := t.agent.Host.Lister.Stat(file); err == nil && entry.Mode.IsRegular() {
			return file
		}
		if file == logo {
			t.log.say("Setting MessagingLogo: %s is not a file; the Software Update icon is used.", logo)
		}
	}
	return ""
}
