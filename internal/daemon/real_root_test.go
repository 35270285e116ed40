//go:build linux

package daemon_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// programs are the daemon and the stand-in for all tools, as files.
type programs struct{ daemon, standin string }

func build(t testing.TB) programs {
	t.Helper()
	dir := t.TempDir()
	p := programs{filepath.Join(dir, "install-or-deferd"), filepath.Join(dir, "standin")}
	for name, pkg := range map[string]string{p.daemon: "../../cmd/install-or-deferd", p.standin: "./testdata/standin"} {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", name, pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", pkg, err, out)
		}
	}
	return p
}

// root is a file tree that processes take for the whole.
type root struct {
	testing.TB
	dir string
}

// plainRoot is a tree with the daemon and nothing else.
func plainRoot(t testing.TB, p programs) root {
	t.Helper()
	r := root{t, t.TempDir()}
	r.link(p.daemon, agent.BinaryPath)
	r.write("/dev/null", "")
	return r
}

// macRoot is a tree with the stand-in at the path of every tool, for a Mac with macOS 10.15.7 that started an hour ago.
func macRoot(t testing.TB, p programs) root {
	t.Helper()
	r := plainRoot(t, p)
	for _, tool := range macos.Tools() {
		r.link(p.standin, tool)
	}
	r.write("/System/Library/CoreServices/SystemVersion.plist", `<?xml version="1.0"?><plist version="1.0"><dict>
		<key>ProductVersion</key><string>10.15.7</string><key>ProductBuildVersion</key><string>19H2</string></dict></plist>`)
	r.write("/Library/LaunchDaemons/"+agent.Identifier+".plist", "<plist/>")
	r.write("/Library/Preferences/other.plist", "<plist/>")
	r.write("/var/standin/calls", "")
	r.write("/var/standin/answers", "")
	r.started(time.Now().Add(-time.Hour))
	return r
}

func (r root) path(path string) string { return filepath.Join(r.dir, path) }

func (r root) check(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r root) link(file, path string) {
	r.Helper()
	r.check(os.MkdirAll(filepath.Dir(r.path(path)), 0o755))
	r.check(os.Link(file, r.path(path)))
}

func (r root) write(path, text string) {
	r.Helper()
	r.check(os.MkdirAll(filepath.Dir(r.path(path)), 0o755))
	r.check(os.WriteFile(r.path(path), []byte(text), 0o644))
}

func (r root) read(path string) string {
	r.Helper()
	data, err := os.ReadFile(r.path(path))
	r.check(err)
	return string(data)
}

func (r root) exists(path string) bool {
	_, err := os.Lstat(r.path(path))
	return err == nil
}

// started sets when the Mac has started.
func (r root) started(at time.Time) {
	r.Helper()
	r.write("/var/standin/boot", "{ sec = "+itoa(at.Unix())+", usec = "+itoa(int64(at.Nanosecond()/1000))+" } "+at.Format(time.ANSIC)+"\n")
}

func itoa(n int64) string { return string(mustJSON(n)) }

func mustJSON(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// values are those of a property list.
func (r root) values(path string) map[string]any {
	r.Helper()
	values, err := plist.Decode([]byte(r.read(path)))
	r.check(err)
	return values
}

// set changes values of a property list, as an administrator does.
func (r root) set(path string, changes map[string]any) {
	r.Helper()
	values := map[string]any{}
	if r.exists(path) {
		values = r.values(path)
	}
	for key, value := range changes {
		values[key] = value
	}
	data, err := plist.Encode(values)
	r.check(err)
	r.write(path, string(data))
}

func (r root) state() (s enforce.State) {
	r.Helper()
	r.check(json.Unmarshal([]byte(r.read(agent.StatePath)), &s))
	return s
}

// call is what the stand-in notes of each call.
type call struct {
	Tool  string
	Args  []string
	Stdin string
	Env   []string
	PID   int
	At    time.Time
}

func (c call) String() string { return c.Tool + " " + strings.Join(c.Args, " ") }

// has tells whether the arguments are among those of the call, in this order and side by side.
func (c call) has(args ...string) bool {
	for i := range c.Args {
		if i+len(args) <= len(c.Args) && strings.Join(c.Args[i:i+len(args)], "\x00") == strings.Join(args, "\x00") {
			return true
		}
	}
	return false
}

type calls []call

// calls are those so far.
func (r root) calls() calls {
	r.Helper()
	var list calls
	for line := range strings.Lines(r.read("/var/standin/calls")) {
		var c call
		if !strings.HasSuffix(line, "\n") {
			break // being written
		}
		r.check(json.Unmarshal([]byte(line), &c))
		if len(c.Env) > 0 {
			r.Errorf("%s has the environment %q", c, c.Env)
		}
		list = append(list, c)
	}
	return list
}

// of are those of a tool whose first argument is the given one, if one is given.
func (cs calls) of(tool string, first ...string) calls {
	var list calls
	for _, c := range cs {
		if c.Tool == tool && (len(first) == 0 || len(c.Args) > 0 && c.Args[0] == first[0]) {
			list = append(list, c)
		}
	}
	return list
}

func (cs calls) String() string {
	var text strings.Builder
	for _, c := range cs {
		text.WriteString("\n  " + c.String())
	}
	return text.String()
}

// log is all that was logged.
func (cs calls) log() string {
	var text strings.Builder
	for _, c := range cs.of("logger") {
		text.WriteString(c.Stdin)
	}
	return text.String()
}

// daemon is a daemon that runs.
type daemon struct {
	*exec.Cmd
	out, errOut bytes.Buffer
}

// command is a program of the tree, run as its root.
func (r root) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = "/", []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: r.dir}
	if os.Geteuid() != 0 { // within a namespace of one's own, one is root
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return cmd
}

// daemon starts the daemon within the tree.
func (r root) daemon(args ...string) *daemon {
	r.Helper()
	d := &daemon{Cmd: r.command(agent.BinaryPath, args...)}
	d.Env = []string{"PATH=/tmp", "TZ=Asia/Tokyo", "DYLD_INSERT_LIBRARIES=/tmp/x", "LANG=de_DE"}
	d.Stdout, d.Stderr = &d.out, &d.errOut
	if err := d.Start(); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
			r.Fatalf("neither root nor a user namespace is to be had: %v", err)
		}
		r.Skipf("needs root or a user namespace: %v", err)
	} else if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = d.Process.Kill() })
	return d
}

// end waits for the end of the daemon, for a few minutes at most, and returns its exit code.
func (r root) end(d *daemon) int {
	r.Helper()
	timer := time.AfterFunc(5*time.Minute, func() { _ = d.Process.Kill() })
	defer timer.Stop()
	_ = d.Wait()
	return d.ProcessState.ExitCode()
}

// turn takes a turn that is to go well, and returns what was called.
func (r root) turn(answers ...string) calls {
	r.Helper()
	r.write("/var/standin/answers", strings.Join(append(answers, ""), "\n"))
	r.write("/var/standin/calls", "")
	d := r.daemon("run")
	if code := r.end(d); code != 0 {
		r.Fatalf("exit %d\n%s\n%s", code, d.errOut.String(), r.calls())
	}
	if text := d.out.String() + d.errOut.String(); text != "" {
		r.Errorf("printed %q", text)
	}
	return r.calls()
}

// await waits until something is so, for a few minutes at most.
func (r root) await(what string, so func() bool) {
	r.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 20000 {
		if so() {
			return
		}
		<-tick.C
	}
	r.Fatalf("it does not come about that %s", what)
}

// tree is every file with its mode and content.
func (r root) tree() map[string]string {
	r.Helper()
	tree := map[string]string{}
	r.check(filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		tree[path] = info.Mode().String() + info.ModTime().String()
		return nil
	}))
	return tree
}
