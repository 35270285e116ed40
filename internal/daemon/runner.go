//go:build unix

package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

const (
	// defaultTimeout is for a Run that was given no limit at all, so that it has an end.
	defaultTimeout = 5 * time.Minute
	// killGrace is between the request to end and the order.
	killGrace = 2 * time.Second
	// drainTime is how long the output of a tool that has ended is read on, when a process that it left behind holds
	// on to it.
	drainTime = 2 * time.Second
	// reapTime is how long a killed tool is waited for. One that hangs in the kernel is then left to itself: a turn
	// always ends.
	reapTime = 5 * time.Second
)

// Runner runs tools. The zero Runner refuses all.
type Runner struct {
	allowed []string
	files   *Files        // for the process ids that are kept
	slow    time.Duration // in the place of killGrace, drainTime and reapTime, for tests; zero for these
}

// or is a time that tests may set.
func (r *Runner) or(usual time.Duration) time.Duration {
	if r.slow > 0 {
		return r.slow
	}
	return usual
}

// NewRunner returns a Runner of the known tools.
func NewRunner(files *Files) *Runner { return &Runner{allowed: macos.Tools(), files: files} }

// Run implements [macos.Runner].
func (r *Runner) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	if _, limited := ctx.Deadline(); c.Timeout <= 0 && !limited {
		c.Timeout = defaultTimeout
	}
	p, err := r.start(ctx, c)
	if err != nil {
		return macos.Output{}, err
	}
	timedOut := p.attend(ctx, nil)
	return p.output(timedOut), nil
}

// Start implements [macos.Runner].
func (r *Runner) Start(ctx context.Context, c macos.Command) (macos.Standing, error) {
	p, err := r.start(ctx, c)
	if err != nil {
		return nil, err
	}
	s := &standing{stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		p.attend(ctx, s.stop)
	}()
	return s, nil
}

// End implements [macos.Runner].
func (r *Runner) End(pid int) error {
	if pid <= 1 {
		return fmt.Errorf("end process %d: not one of ours", pid)
	}
	if err := endGroup(-pid, r.or(killGrace)); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("end process %d: %w", pid, err)
	}
	return nil
}

// standing implements [macos.Standing].
type standing struct {
	once        sync.Once
	stop, ended chan struct{}
}

// Stop implements [macos.Standing]. It returns when the tool is gone.
func (s *standing) Stop() {
	s.once.Do(func() { close(s.stop) })
	<-s.ended
}

// Running implements [macos.Standing].
func (s *standing) Running() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// process is a tool that was started, in a process group of its own.
type process struct {
	cmd         *exec.Cmd
	out, errOut capture
	limits      limits
	grace, reap time.Duration
	awake       time.Duration
	done        chan struct{} // closed when it has ended and its output is read; cmd and awake may be looked at from then
}

func (r *Runner) start(ctx context.Context, c macos.Command) (*process, error) {
	switch {
	case !slices.Contains(r.allowed, c.Path):
		return nil, &macos.UnlistedError{Path: c.Path}
	case !executable(c.Path):
		return nil, &macos.MissingError{Path: c.Path}
	case ctx.Err() != nil:
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), ctx.Err())
	}
	if err := trusted(c.Path); err != nil {
		return nil, err
	}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = []string{} // nil would be our own
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = r.or(drainTime)
	if c.Stdin != "" {
		cmd.Stdin = strings.NewReader(c.Stdin)
	}
	p := &process{cmd: cmd, done: make(chan struct{}), grace: r.or(killGrace), reap: r.or(reapTime)}
	cmd.Stdout, cmd.Stderr = &p.out, &p.errOut
	p.limits = limits{watch: startWatch(), timeout: c.Timeout, until: c.Until}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil, &macos.MissingError{Path: c.Path}
		}
		return nil, fmt.Errorf("start %s: %w", filepath.Base(c.Path), err)
	}
	r.keep(c.Keep, cmd.Process.Pid)
	go func() {
		_ = cmd.Wait() // how it ended is in its ProcessState
		if c.Keep != "" {
			_ = r.files.Remove(c.Keep)
		}
		p.awake = p.limits.watch.awake()
		close(p.done)
	}()
	return p, nil
}

// keep writes a process id into a file, for the turn that follows if this one is killed. It is worth no failure: without
// it a window closes by itself, later.
func (r *Runner) keep(file string, pid int) {
	if file != "" {
		_ = r.files.Write(file, []byte(strconv.Itoa(pid)+"\n"), 0o600)
	}
}

// executable tells whether there is a program at path. Links are followed: Jamf's own binary is one.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// attend waits for the end of the process, and sees to it when its time is up, the context is done or it is stopped.
func (p *process) attend(ctx context.Context, stop <-chan struct{}) (timedOut bool) {
	for {
		left := p.limits.left()
		select {
		case <-p.done:
			return false
		default:
		}
		if left <= 0 {
			p.kill()
			return true
		}
		select {
		case <-p.done:
			return false
		case <-ctx.Done():
			p.kill()
			return false
		case <-stop:
			p.kill()
			return false
		case <-after(left):
		}
	}
}

// kill ends the process and all of its group: first it asks, then it does not.
func (p *process) kill() {
	_ = endGroup(-p.cmd.Process.Pid, p.grace)
	select {
	case <-p.done:
	case <-after(p.reap):
	}
}

// endGroup asks a process group to end, and after a while does not ask.
func endGroup(group int, grace time.Duration) error {
	if err := syscall.Kill(group, syscall.SIGTERM); err != nil {
		return err
	}
	for watch := startWatch(); watch.awake() < grace; <-after(killGrace / 100) {
		if errors.Is(syscall.Kill(group, 0), syscall.ESRCH) {
			return nil
		}
	}
	return syscall.Kill(group, syscall.SIGKILL)
}

// output tells what the tool printed and how it ended.
func (p *process) output(timedOut bool) macos.Output {
	o := macos.Output{Code: -1, TimedOut: timedOut, Awake: p.limits.watch.awake()}
	select {
	case <-p.done:
		o.Code, o.Awake = p.cmd.ProcessState.ExitCode(), p.awake
	default: // it could not be killed
	}
	var cutOut, cutErr bool
	o.Stdout, cutOut = p.out.text()
	o.Stderr, cutErr = p.errOut.text()
	o.Cut = cutOut || cutErr
	return o
}
