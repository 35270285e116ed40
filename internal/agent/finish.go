package agent

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// finish reports to Jamf Pro that the work is done, and removes the program.
func (t *turn) finish(ctx context.Context) error {
	t.log.say("Updating the Jamf Pro inventory.")
	t.log.flush(ctx)
	t.report()
	if err := (macos.Jamf{Host: t.agent.Host}).Recon(ctx); err != nil {
		t.log.say("%v; the next regular inventory will tell.", err)
	}
	return t.agent.remove(ctx, t.log, t.config)
}

// remove removes the program and all it has left, but for a diagnostic log that the administrator asked for.
//
// Killed on the way, the next turn finds nothing to do and goes on. So all it takes to start one stays to the end: the
// job is unloaded while its file and its program are there, and if that does not work, they stay for the next turn. To
// unload it is to be told to end, and then there are some seconds left, ExitTimeOut in launchd.plist(5), for the rest: the
// LaunchDaemon's file before the program, since a job without its program fails at every interval for ever.
func (a *Agent) remove(ctx context.Context, log *logLines, c config) error {
	log.say("Removing %s.", c.Identifier)
	var failed []error
	if _, err := a.Host.Lister.Stat(macos.PreferencesPath(c.Identifier)); err == nil {
		failed = append(failed, macos.Defaults{Host: a.Host}.Delete(ctx, c.Identifier))
	}
	for _, name := range leftovers(c) {
		_ = a.Host.Tree.Remove(name) // what resists is tried again below
	}
	log.say("The job %s is unloaded, which ends this process.", c.Identifier)
	log.flush(ctx)
	if err := a.unload(ctx, c.Identifier); err != nil {
		log.say("The program stays, to try again: %v.", err)
		return err
	}
	if err := a.Host.Tree.Remove(LaunchDaemonPath(c.Identifier)); err != nil {
		log.say("The program stays: %v.", err)
		return fmt.Errorf("remove LaunchDaemon: %w", err)
	}
	for _, name := range append(leftovers(c), BuildPath, lockPath, BinaryPath, SupportFolder) {
		failed = append(failed, a.Host.Tree.Remove(name))
	}
	err := errors.Join(failed...)
	if err != nil {
		log.say("Not all could be removed: %s.", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return err
}

// unload unloads the job, and returns when it is: when this process is told to end, or launchd does not know the job.
func (a *Agent) unload(ctx context.Context, identifier string) error {
	const notice = 5 * time.Second // in which a process is told
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("unload %s: %w", identifier, err)
	}
	launchd := macos.Launchd{Host: a.Host}
	err := launchd.Remove(ctx, identifier)
	unloaded := ctx.Err() != nil || launchd.Gone(ctx, identifier) || err == nil && a.Host.Clock.Sleep(ctx, notice) != nil
	switch {
	case unloaded:
		return nil
	case err == nil:
		return fmt.Errorf("unload %s: %w", identifier, ErrLoaded)
	default:
		return err
	}
}

// leftovers lists the files to remove that a turn can do without. The state goes before the journal, which else would seem
// to have been tampered with.
func leftovers(c config) []string {
	files := []string{macos.PreferencesPath(c.Identifier), LinkPath, StatePath, JournalPath, oldJournalPath, ReportPath, ResetPath}
	for _, logo := range []string{c.Logo, c.Settings.Text(settings.MessagingLogo)} {
		if path.Dir(logo) == SupportFolder && path.Clean(logo) == logo && !slices.Contains(append(files, BuildPath, BinaryPath), logo) {
			files = append(files, logo)
		}
	}
	files = append(files, macos.DialogFiles(SupportFolder)...) // of a window that ended before its turn, which was killed
	return append(files, windowPath)
}

// Reset forgets the round: the next look that finds a required update begins a new one, with a new deadline. The journal
// stays, and tells of it.
func (a *Agent) Reset(ctx context.Context) error {
	return a.exclusively(ctx, func(log *logLines, c config) error {
		state, _, _ := loadState(a.Host)
		k := keeper{host: a.Host, log: log, head: state.Journal}
		k.add(entry{At: a.Host.Clock.Now().UTC(), Action: actionReset, After: "the command was given"})
		if err := a.Host.Tree.Remove(StatePath); err != nil {
			return fmt.Errorf("forget the round: %w", err)
		}
		values, err := macos.ReadList(a.Host, macos.PreferencesPath(c.Identifier))
		if err != nil {
			return fmt.Errorf("forget the round: %w", err)
		}
		for _, key := range []string{forcedKey, deferredKey, oldForcedKey, oldDeferredKey} {
			if _, ok := values[key]; !ok {
				continue
			}
			if err := (macos.Defaults{Host: a.Host}).Delete(ctx, c.Identifier, key); err != nil {
				return fmt.Errorf("forget the round: %w", err)
			}
		}
		return nil
	})
}

// Uninstall removes the program, whether its work is done or not.
func (a *Agent) Uninstall(ctx context.Context) error {
	return a.exclusively(ctx, func(log *logLines, c config) error { return a.remove(ctx, log, c) })
}

// exclusively does something while no turn can be under way.
func (a *Agent) exclusively(ctx context.Context, do func(*logLines, config) error) error {
	if !a.Root {
		return ErrNotRoot
	}
	log := &logLines{agent: a}
	defer log.flush(context.WithoutCancel(ctx))
	release, err := a.lock(log)
	if err != nil {
		return err
	}
	defer release()
	return do(log, loadConfig(a.Host, settings.Platform{}))
}
