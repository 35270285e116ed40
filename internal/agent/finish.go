package agent

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

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

// remove removes the program and all it has left, but for a diagnostic log that the administrator asked for. The
// LaunchDaemon's file goes first: if it cannot be removed nothing is, since a job without its program fails at every
// interval for ever. Unloading the job comes last, since it ends this process.
func (a *Agent) remove(ctx context.Context, log *logLines, c config) error {
	log.say("Removing %s.", c.Identifier)
	if err := a.Host.Tree.Remove(LaunchDaemonPath(c.Identifier)); err != nil {
		log.say("Nothing is removed: %v.", err)
		return fmt.Errorf("remove LaunchDaemon: %w", err)
	}
	var failed []error
	if _, err := a.Host.Lister.Stat(macos.PreferencesPath(c.Identifier)); err == nil {
		failed = append(failed, macos.Defaults{Host: a.Host}.Delete(ctx, c.Identifier))
		failed = append(failed, a.Host.Tree.Remove(macos.PreferencesPath(c.Identifier)))
	}
	for _, name := range leftovers(c) {
		failed = append(failed, a.Host.Tree.Remove(name))
	}
	err := errors.Join(failed...)
	if err != nil {
		log.say("Not all could be removed: %s.", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	log.say("Done. The job %s is unloaded, which ends this process.", c.Identifier)
	log.flush(ctx)
	if bootErr := (macos.Launchd{Host: a.Host}).Remove(ctx, c.Identifier); bootErr != nil {
		err = errors.Join(err, bootErr)
	}
	return err
}

// leftovers lists the files to remove, the folder last.
func leftovers(c config) []string {
	files := []string{LinkPath, BinaryPath, BuildPath, StatePath, JournalPath, oldJournalPath, ReportPath, ResetPath}
	for _, logo := range []string{c.Logo, c.Settings.Text(settings.MessagingLogo)} {
		if path.Dir(logo) == SupportFolder && path.Clean(logo) == logo && !slices.Contains(files, logo) {
			files = append(files, logo)
		}
	}
	files = append(files, macos.DialogFiles(SupportFolder)...)
	return append(files, windowPath, lockPath, SupportFolder)
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
