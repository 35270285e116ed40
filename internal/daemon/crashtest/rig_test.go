//go:build linux

package crashtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/daemon"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// rig plays scenarios with processes, one after the other.
type rig struct {
	*tree
	events chan event

	play    *promisetest.Play
	mishap  mishap
	passed  []string       // points of the turn that is under way
	daemon  *process       // of it
	tool    *macos.Command // that it is about to run or to start
	starts  bool           // it is to be started, and stand
	output  *macos.Output  // of that tool, once it has done its work
	hidden  string         // a tool that is not there for now
	keeping keeping        // how far the daemon is with the file that names the tool's process
	heard   bool           // that tool has said hello
	early   *peer          // a tool that has said hello before that file is written
	started *peer          // who waits for a standing tool to stand
	ended   *end
	windows map[int]*peer // tools that stand, by process id
	struck  bool          // the daemon was killed, or the power lost
	ill     bool          // something is wrong with the disk
	mounted bool          // which is one of its own
	taken   *daemon.Step  // that is being taken
	disk    disk
	held    []event          // that are yet to be dealt with
	all     map[int][]string // the points of all turns that were taken in processes
}

// process is a daemon.
type process struct {
	*exec.Cmd
	text bytes.Buffer // all it has printed
}

// peer is a process's end of the socket, as the test sees it.
type peer struct {
	hello
	conn net.Conn
	out  *json.Encoder
}

func (p *peer) answer(r reply) { _ = p.out.Encode(r) }

// event is what a process says, or that it has gone.
type event struct {
	peer   *peer
	ask    *request // nil for hello
	gone   bool
	exited *process
}

// of tells whether a daemon, or a tool that it has started, says this.
func (e event) of(d *process) bool {
	if e.peer == nil || d == nil {
		return false
	}
	return e.peer.PID == d.Process.Pid || e.peer.Tool != "" && e.peer.PPID == d.Process.Pid
}

// build builds the one program of these tests.
func build(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "process")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", name, "./testdata/process")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return name
}

func newRig(t testing.TB, program string) *rig {
	t.Helper()
	return newRigIn(t, t.TempDir(), program)
}

// newRigIn makes a rig in a folder on the same volume as the program.
func newRigIn(t testing.TB, dir, program string) *rig {
	t.Helper()
	r := &rig{tree: newTree(t, dir, program), events: make(chan event, 256), windows: map[int]*peer{}}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: r.at(socket)})
	r.check(err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go r.listen(conn)
		}
	}()
	return r
}

// listen hears what a process says until it has gone.
func (r *rig) listen(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // the process has gone
	p := &peer{conn: conn, out: json.NewEncoder(conn)}
	in := json.NewDecoder(conn)
	if in.Decode(&p.hello) != nil {
		return
	}
	r.events <- event{peer: p}
	for {
		var ask request
		if in.Decode(&ask) != nil {
			break
		}
		r.events <- event{peer: p, ask: &ask}
	}
	if p.Tool != "" { // where the daemon is gone nobody else takes note of its end
		_, _ = syscall.Wait4(p.PID, nil, 0, nil)
	}
	r.events <- event{peer: p, gone: true}
}

// start starts a daemon that takes a turn.
func (r *rig) start() *process {
	r.Helper()
	d := &process{Cmd: exec.Command(agent.BinaryPath, "run")}
	d.Env, d.Dir = []string{}, "/"
	d.Stdout, d.Stderr = &d.text, &d.text
	d.SysProcAttr = &syscall.SysProcAttr{Chroot: r.dir}
	if os.Geteuid() != 0 { // within a namespace of one's own, one is root
		d.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		d.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		d.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := d.Start(); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
			r.Fatalf("neither root nor a user namespace is to be had: %v", err)
		}
		r.Skipf("needs root or a user namespace: %v", err)
	} else if err != nil {
		r.Fatal(err)
	}
	go func() {
		_ = d.Wait()
		r.events <- event{exited: d}
	}()
	return d
}

// next waits for the next event.
func (r *rig) next() event {
	r.Helper()
	e, ok := r.within(2 * time.Minute)
	if !ok {
		r.Fatalf("%s: nothing happens after %q\n%s", r.mishap, r.passed[max(0, len(r.passed)-3):], r.play.Story())
	}
	return e
}

// within is the next event, if one comes that soon.
func (r *rig) within(limit time.Duration) (e event, ok bool) {
	if len(r.held) > 0 {
		e, r.held = r.held[0], r.held[1:]
		return e, true
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case e := <-r.events:
		return e, true
	case <-timer.C:
		return event{}, false
	}
}

// turn takes a turn of a play: in a process around the mishap, or where there is something on the disk that package sim
// knows nothing of, and in memory else.
func (r *rig) turn(ctx context.Context, host macos.Host) (err error) {
	r.Helper()
	turn := len(r.play.Turns) - 1
	if !r.mishap.near(r.play) && !r.leftovers() {
		return r.play.Agent(host).Turn(ctx)
	}
	if r.ill && turn > r.mishap.turn+r.mishap.lasting() {
		r.heal()
	}
	if r.restarted() {
		r.sweep()
	}
	r.lay(r.play.Mac)
	r.passed, r.tool, r.output, r.started, r.ended, r.struck, r.early = nil, nil, nil, nil, nil, false, nil
	r.disk, r.taken = disk{map[string]*inode{}, map[string]*inode{}}, nil
	r.daemon = r.start()
	defer func() { r.all[turn] = r.passed }()
	left := slices.Collect(maps.Keys(r.windows))
	defer func() {
		if cause := recover(); cause != nil { // the Mac restarts, or launchd unloads the job: nothing stands any more
			r.end()
			r.sweep()
			panic(cause)
		}
	}()
	for !r.handle(ctx, r.next()) {
	}
	if r.struck {
		return r.after()
	}
	r.fetch(r.play.Mac)
	r.settle(left)
	return r.ended.err()
}

// restarted tells whether the Mac has started since the turn before.
func (r *rig) restarted() bool {
	from := 0
	if n := len(r.play.Turns); n > 1 {
		from = r.play.Turns[n-2].To
	}
	return slices.ContainsFunc(r.play.Journal[from:], func(e sim.Entry) bool {
		return e.Kind == sim.KindSystem && strings.HasPrefix(e.Text, "The Mac has started")
	})
}

func (e *end) err() error {
	switch {
	case e.Error == "":
		return nil
	case e.Locked:
		return fmt.Errorf("%w: %s", macos.ErrLocked, e.Error)
	case e.Budget:
		return fmt.Errorf("%w: %s", agent.ErrBudget, e.Error)
	default:
		return errors.New(e.Error)
	}
}

// end ends the daemon as nothing can prevent, and waits for it.
func (r *rig) end() {
	if r.daemon == nil {
		return
	}
	_ = r.daemon.Process.Kill()
	for {
		e := r.next()
		if e.exited == r.daemon {
			break
		}
		r.gone(e)
	}
	r.daemon = nil
}

// settle demands that the windows of a turn that was killed stand no more.
func (r *rig) settle(left []int) {
	r.Helper()
	for _, pid := range left {
		for r.windows[pid] != nil {
			e, ok := r.within(20 * time.Second)
			if !ok {
				r.Errorf("%s: the next turn leaves the window of the one that was killed standing\n%s", r.mishap, r.play.Story())
				r.sweep()
			}
			r.gone(e)
		}
	}
}

// gone takes note of a tool that stands no more.
func (r *rig) gone(e event) {
	if e.gone && e.peer.Tool != "" {
		delete(r.windows, e.peer.PID)
	}
}

// sweep ends all windows.
func (r *rig) sweep() {
	for _, p := range r.windows {
		r.close(p)
	}
}

// close ends a tool.
func (r *rig) close(p *peer) {
	_ = syscall.Kill(p.PID, syscall.SIGKILL)
	_ = p.conn.Close()
	delete(r.windows, p.PID)
}
