package agent

import (
	"context"
	"errors"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/language"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// perform carries an action out and tells what came of it. Wait and Finish end a turn and are not performed.
func (t *turn) perform(ctx context.Context, action enforce.Action) enforce.Event {
	t.log.flush(ctx)
	switch a := action.(type) {
	case enforce.Look:
		return t.look(ctx)
	case enforce.Download:
		return t.download(ctx, a)
	case enforce.Prompt:
		return t.prompt(ctx, a)
	case enforce.Warn:
		return t.warn(ctx, a)
	case enforce.Install:
		return t.install(ctx, a)
	case enforce.AskRestart:
		return t.askRestart(ctx, a)
	case enforce.ForceRestart:
		return t.forceRestart(ctx, a)
	case enforce.Remind:
		return t.remind(ctx, a)
	case enforce.Hold:
		return t.hold(ctx, a)
	case enforce.Wait, enforce.Finish:
	}
	return nil
}

// look lists the updates. Before that it finds out what Mac this is, which nothing earlier in a turn needs to know.
func (t *turn) look(ctx context.Context) enforce.Event {
	host := t.agent.Host
	if t.running == "" {
		version, err := t.version(ctx)
		if err != nil {
			t.log.say("Not listed: %v.", err)
			return enforce.LookFailed{Cause: err.Error()}
		}
		silicon, err := macos.System{Host: host}.AppleSilicon(ctx)
		if err != nil {
			t.log.say("%v; it is taken to be Intel's", err)
		}
		t.running, t.silicon = version.Number, silicon
		if silicon { // else it is what was taken for granted
			t.config = t.config.on(settings.Platform{AppleSilicon: true})
		}
		t.policy = t.policyFor(t.running)
	}
	t.log.say("Listing updates for macOS %s.", t.running)
	listing, err := macos.SoftwareUpdate{Host: host}.List(ctx)
	if err == nil && !listing.Conclusive() {
		err = listing.Err
		if err == nil {
			err = errors.New("the listing does not say whether there are updates")
		}
	}
	if err != nil {
		cause := err.Error()
		var missing *macos.MissingError
		if netErr := (macos.Network{Host: host}).Reach(ctx); netErr != nil && !errors.As(netErr, &missing) {
			cause += "; " + netErr.Error()
		}
		t.log.say("Not listed: %s.", cause)
		return enforce.LookFailed{Cause: cause}
	}
	event := enforce.Looked{Updates: listing.Updates, Partial: listing.Cut, Declaration: t.declaration(ctx)}
	due := len(t.state.Pending) > 0
	for _, v := range t.policy.Scope.Judge(listing.Updates) {
		t.log.say("Offered: %s: %s.", v.Name(), v.Reason)
		due = due || v.Enforced
	}
	if due { // else it does not matter who is there
		t.scene(ctx)
		t.rights(ctx, t.policy.Scope.Required(listing.Updates))
		t.seen.NoOwner = t.noOwner()
		event.Scene = t.seen
	}
	return event
}

func (t *turn) download(ctx context.Context, a enforce.Download) enforce.Event {
	t.log.say("Downloading %s.", enforce.List(a.Updates))
	t.log.flush(ctx)
	began := t.agent.Host.Clock.Now()
	err := macos.SoftwareUpdate{Host: t.agent.Host}.Download(ctx, labels(a.Updates))
	event := enforce.Downloaded{Scene: t.scene(ctx)}
	if err == nil {
		return event
	}
	event.Cause = err.Error()
	if event.Later = t.ramped(err, began, a.Updates); len(event.Later) == 0 {
		t.log.say("Not downloaded: %v. The installation will fetch what is missing.", err)
	}
	return event
}

func (t *turn) prompt(ctx context.Context, a enforce.Prompt) enforce.Event {
	now := t.agent.Host.Clock.Now()
	w := t.promptWindow(a)
	w.Buttons = []string{w.words.Install, w.words.Defer}
	w.Default = 2
	w.Timeout, w.Until = max(time.Second, a.Until.Sub(now)), a.Until
	asked := t.person
	reply, err := t.screen().Ask(ctx, w.Window)
	if err != nil {
		t.log.say("Prompt not shown: %v.", err)
		return enforce.Answered{Answer: enforce.AnswerUnseen}
	}
	answer, words := answerOf(reply)
	t.log.say("%s after %s.", words, reply.Shown.Round(time.Second))
	return enforce.Answered{Answer: answer, By: asked.UID, Scene: t.scene(ctx)}
}

// screen shows windows to who is at the Mac.
func (t *turn) screen() macos.Screen {
	return macos.Screen{
		Host: t.agent.Host, Person: t.person, Keep: windowPath, Folder: SupportFolder,
		Style: macos.Style(t.config.Settings.Text(settings.PromptStyle)),
	}
}

// answerOf makes an answer of how the prompt's window ended.
func answerOf(reply macos.Reply) (answer enforce.Answer, words string) {
	switch reply.Kind {
	case macos.ReplyFirst:
		return enforce.AnswerInstall, "The person agreed to install"
	case macos.ReplySecond:
		return enforce.AnswerDefer, "The person deferred"
	case macos.ReplyTimeout:
		return enforce.AnswerIgnored, "The prompt was not answered, and is gone"
	case macos.ReplyClosed:
		return enforce.AnswerClosed, "The person closed the prompt, which counts as a deferral,"
	case macos.ReplyGone:
		return enforce.AnswerClosed, "The prompt was ended from outside, which counts as a deferral,"
	case macos.ReplyFailed:
	}
	return enforce.AnswerUnseen, "The prompt could not be shown, or answered by itself,"
}

// warn shows the final warning until its time is over or its button is clicked. Closed, quit or killed, it comes back. Only
// awake time counts: a Mac that sleeps shows nothing. Who leaves it for the login window, and stays logged in, has been
// warned: the time goes on, and the window is there when they come back. Who takes over the console has not been, and gets
// a time of their own.
func (t *turn) warn(ctx context.Context, a enforce.Warn) enforce.Event {
	const pause, mostUnseen = time.Second, 5
	warned := macos.Person{}         // who has seen it last
	shown := map[int]time.Duration{} // for how long each has, by user id
	for unseen := 0; ctx.Err() == nil; {
		person, err := macos.Console{Host: t.agent.Host}.Person(ctx)
		away := err == nil && person.Nobody()
		if away && !t.behind(ctx, warned) {
			t.log.say("The person has logged out, so nobody needs a warning.")
			return enforce.Warned{Scene: t.scene(ctx)}
		}
		if away {
			person = warned
		}
		left := t.policy.UpdateDelay - shown[person.UID]
		if left <= 0 {
			break
		}
		if away {
			shown[person.UID] += t.rest(ctx, min(left, absent))
			continue
		}
		t.person = person
		reply, err := t.screen().Ask(ctx, t.warning(a.Updates, left))
		switch {
		case err != nil || reply.Kind == macos.ReplyFailed:
			if unseen++; unseen >= mostUnseen || t.rest(ctx, pause) == 0 {
				t.log.say("The final warning could not be shown: %v.", err)
				return enforce.Warned{Unseen: true, Scene: t.scene(ctx)}
			}
			continue // time in which nothing is seen does not count
		case reply.Kind == macos.ReplyFirst:
			t.log.say("The person started the updates.")
			return enforce.Warned{Clicked: true, By: person.UID, Scene: t.scene(ctx)}
		}
		unseen, warned = 0, person
		if shown[person.UID] += reply.Shown; reply.Shown < left {
			t.log.say("The final warning was closed, and is shown again.")
			shown[person.UID] += t.rest(ctx, pause)
		}
	}
	return enforce.Warned{Unseen: ctx.Err() != nil, By: warned.UID, Scene: t.sceneWithout(ctx, warned)}
}

// rest waits, and tells for how long: not at all where the turn is told to end.
func (t *turn) rest(ctx context.Context, d time.Duration) time.Duration {
	if t.agent.Host.Clock.Sleep(ctx, d) != nil {
		return 0
	}
	return d
}

// absent is how often it is looked whether somebody is back who has left the final warning.
const absent = 15 * time.Second

// warning is the final warning of some updates, with so much of its time left.
func (t *turn) warning(updates []enforce.Update, left time.Duration) macos.Window {
	w := t.window(windowFinal, true, updates)
	w.Buttons, w.Default, w.Locked = []string{w.words.Install}, 0, true
	w.Timeout, w.Countdown = left, w.words.Language.Texts[language.WarningCountdown]
	return w.Window
}

// behind tells whether a person who was at the console is still logged in.
func (t *turn) behind(ctx context.Context, person macos.Person) bool {
	return !person.Nobody() && macos.Console{Host: t.agent.Host}.Behind(ctx, person)
}

func (t *turn) install(ctx context.Context, a enforce.Install) enforce.Event {
	host := t.agent.Host
	t.log.say("Installing %s.", enforce.List(a.Updates))
	t.log.flush(ctx)
	w := t.window(windowUpdating, true, a.Updates)
	w.Locked, w.Progress = true, true
	w.Timeout = macos.InstallLimit // not to stand for ever if this program is killed before it takes it away
	stop := t.stand(ctx, w.Window)
	began := host.Clock.Now()
	modern := enforce.AtLeast(t.running, 11)
	order := macos.Installation{Labels: labels(a.Updates), Restart: a.Restart && modern, Modern: modern}
	if t.silicon && !a.Restart && t.state.Install.Failures > 0 && t.somebody {
		order.As = t.person // root cannot, so the person may
	}
	result, err := macos.SoftwareUpdate{Host: host}.Install(ctx, order)
	stop()
	event := enforce.Installed{Outcome: enforce.OutcomeInstalled, Power: result.Power, NoSuch: result.NoSuch}
	if err != nil || result.Problem != "" {
		event.Later = t.ramped(err, began, a.Updates)
	}
	switch {
	case len(event.Later) > 0:
		event.Outcome, event.Cause = enforce.OutcomeLater, macos.ErrRamped.Error()
	case errors.Is(err, macos.ErrUnproven):
		event.Outcome = enforce.OutcomeUnproven
		t.log.say("softwareupdate ended without a word on the result.")
	case err != nil:
		event.Outcome, event.Cause, event.Owner = enforce.OutcomeFailed, err.Error(), errors.Is(err, macos.ErrOwner)
		t.log.say("Not installed: %v.", err)
	case result.Problem != "" && result.Power == enforce.Stay: // of some that may have been those that need a restart
		event.Outcome = enforce.OutcomeUnproven
		t.log.say("softwareupdate has ended, and not all is installed: %s.", result.Problem)
	default:
		t.log.say("softwareupdate has ended.")
	}
	event.Scene = t.scene(ctx)
	return event
}

// ramped lists the labels of updates that could not be had since a time because Apple lets Macs have them in turn, and not this
// one yet. Where the tool itself said so and the log does not say of which, it is said of all that the tool was told.
func (t *turn) ramped(err error, since time.Time, tried []enforce.Update) []string {
	held := macos.Ramped(t.agent.Host, since, tried)
	if len(held) == 0 && errors.Is(err, macos.ErrRamped) {
		held = tried
	}
	if len(held) == 0 {
		return nil
	}
	t.log.say("Apple does not let this Mac have %s yet.", enforce.List(held))
	return labels(held)
}

// stand shows a standing window, if somebody is there, and returns what ends it.
func (t *turn) stand(ctx context.Context, w macos.Window) (stop func()) {
	if !t.somebody {
		return func() {}
	}
	standing, err := t.screen().Stand(ctx, w)
	if err != nil {
		t.log.say("Window not shown: %v.", err)
		return func() {}
	}
	return standing.Stop
}

// askRestart asks, says when it will be forced, and waits for that.
func (t *turn) askRestart(ctx context.Context, a enforce.AskRestart) enforce.Event {
	host := t.agent.Host
	person, err := macos.Console{Host: host}.Person(ctx)
	for left := t.policy.HardRestartDelay; err == nil && person.Nobody(); person, err = (macos.Console{Host: host}).Person(ctx) {
		sessions, err := macos.Console{Host: host}.Sessions(ctx)
		if left <= 0 || err == nil && sessions.Others == 0 { // where it cannot be told, there may be others
			return enforce.StillUp{}
		}
		t.log.flush(ctx)
		waited := t.rest(ctx, min(left, absent)) // whoever has left their programs open may come back
		if left -= waited; waited == 0 {
			return nil
		}
	}
	t.person, t.somebody = person, true
	w := t.window(windowRestart, true, t.installed())
	w.Locked = true
	w.Timeout, w.Countdown = t.policy.HardRestartDelay, w.words.Language.Texts[language.RestartCountdown]
	stop := t.stand(ctx, w.Window)
	defer stop()
	if err := (macos.Power{Host: host}).Ask(ctx, person, a.Power); err != nil {
		t.log.say("%v; it is forced in %s all the same.", err, t.policy.HardRestartDelay)
	}
	t.log.flush(ctx)
	if err := host.Clock.Sleep(ctx, t.policy.HardRestartDelay); err != nil {
		return nil // told to end: the next turn sees whether the Mac has restarted
	}
	return enforce.StillUp{}
}

// installed lists the updates that the Mac restarts for, as far as that is remembered.
func (t *turn) installed() []enforce.Update {
	if tried := t.state.Install.Tried; len(tried) > 0 {
		return tried
	}
	return t.state.Pending
}

func (t *turn) forceRestart(ctx context.Context, a enforce.ForceRestart) enforce.Event {
	err := macos.Power{Host: t.agent.Host}.Force(ctx, a.Power)
	if err != nil {
		t.log.say("%v.", err)
		return enforce.RestartForced{Cause: err.Error()}
	}
	return enforce.RestartForced{}
}

// reminderStands is how long one reminder stands; a look follows each.
const reminderStands = 4 * time.Minute

func (t *turn) remind(ctx context.Context, a enforce.Remind) enforce.Event {
	host := t.agent.Host
	began := host.Clock.Now()
	pane := macos.SettingsPane{Host: host}
	if a.Open {
		if err := pane.Open(ctx, t.person, t.running); err != nil {
			t.log.say("%v.", err)
		}
	}
	if !a.Standing {
		return enforce.Reminded{}
	}
	w := t.window(windowManual, a.Overdue, a.Updates)
	notes := lackNotes(w, a.Lack)
	if a.NoOwner {
		notes = append(notes, w.note(language.OwnerNote))
	}
	w.say(notes)
	w.Locked = a.Overdue
	w.Buttons = []string{w.words.Install}
	w.Timeout = reminderStands
	reply, err := t.screen().Ask(ctx, w.Window)
	if err != nil || reply.Kind == macos.ReplyFailed {
		t.log.say("Reminder not shown: %v.", err)
		return enforce.Reminded{Unseen: true}
	}
	if reply.Kind == macos.ReplyFirst {
		if err := pane.Open(ctx, t.person, t.running); err != nil {
			t.log.say("%v.", err)
		}
	}
	if reply.Shown < reminderStands {
		if err := host.Clock.Sleep(ctx, reminderStands-reply.Shown); err != nil {
			return nil
		}
	}
	return enforce.Reminded{Later: t.ramped(nil, began, a.Updates)}
}

func labels(updates []enforce.Update) []string {
	names := make([]string, len(updates))
	for i, u := range updates {
		names[i] = u.Label
	}
	return names
}
