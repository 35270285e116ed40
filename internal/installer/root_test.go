//go:build linux

package installer_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// Where BusyBox and the stand-in take the place of what macOS has.
func busyboxPaths() []string {
	return []string{
		"/bin/sh", "/bin/rm", "/bin/mkdir", "/bin/ln", "/bin/chmod", "/usr/sbin/chown", "/usr/bin/grep", "/usr/bin/tr", "/usr/bin/readlink",
	}
}

func standinPaths() []string {
	return []string{"/bin/launchctl", "/bin/sleep", "/usr/bin/defaults", "/usr/bin/logger", "/usr/bin/sw_vers", "/usr/sbin/pkgutil"}
}

// programs are what changed roots are made of, as files in a folder for all tests.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "installer-test-")
	if err != nil {
		return "", err
	}
	for name, pkg := range map[string]string{
		"standin": "./testdata/standin", "tools": "../daemon/testdata/standin", "install-or-deferd": "../../cmd/install-or-deferd",
	} {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, name), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return dir, errors.New(string(out))
		}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := programs(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// busybox finds a BusyBox that needs no libraries.
func busybox(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("busybox")
	if err != nil {
		missing(t, "busybox-static")
	}
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		missing(t, "busybox-static")
	}
	return path
}

// root is a file tree that processes take for the whole of a Mac.
type root struct {
	testing.TB
	dir      string
	programs string
}

// mac is a Mac with macOS 12 and nothing of ours.
func mac(t testing.TB) root {
	t.Helper()
	box := busybox(t)
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	r := root{t, t.TempDir(), dir}
	for i, path := range busyboxPaths() {
		if i == 0 {
			data, err := os.ReadFile(box)
			r.check(err)
			r.write(path, string(data))
			r.check(os.Chmod(r.path(path), 0o755))
			continue
		}
		r.link(r.path(busyboxPaths()[0]), path)
	}
	for _, path := range standinPaths() {
		r.link(filepath.Join(dir, "standin"), path)
	}
	r.write("/dev/null", "")
	r.check(os.MkdirAll(r.path("/tmp"), 0o755))
	r.check(os.MkdirAll(r.path("/Library/Application Support"), 0o755))
	r.write("/var/standin/version", "12.7.6\n")
	r.write("/var/standin/script-calls", "")
	r.system("", "12.7.6")
	r.list("/Library/Preferences/com.example.other.plist", map[string]any{"Keep": true})
	r.write("/Library/LaunchDaemons/com.example.other.plist", "<plist/>")
	r.loaded("com.example.other")
	return r
}

// system makes a volume one with macOS.
func (r root) system(volume, version string) {
	r.Helper()
	r.list(volume+"/System/Library/CoreServices/SystemVersion.plist", map[string]any{"ProductVersion": version})
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
	_ = os.Remove(r.path(path))
	r.check(os.Link(file, r.path(path)))
}

func (r root) write(path, text string) {
	r.Helper()
	r.check(os.MkdirAll(filepath.Dir(r.path(path)), 0o755))
	r.check(os.WriteFile(r.path(path), []byte(text), 0o644))
}

func (r root) list(path string, values map[string]any) {
	r.Helper()
	data, err := plist.Encode(values)
	r.check(err)
	r.write(path, string(data))
}

func (r root) values(path string) map[string]any {
	r.Helper()
	values, err := plist.Decode([]byte(r.read(path)))
	r.check(err)
	return values
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

// gone checks that nothing is at any of some paths.
func (r root) gone(paths ...string) {
	r.Helper()
	for _, path := range paths {
		if r.exists(path) {
			r.Errorf("%s is still there", path)
		}
	}
}

// loaded has launchd hold jobs.
func (r root) loaded(labels ...string) {
	r.Helper()
	for _, label := range labels {
		r.write("/var/standin/jobs/"+label, "[something]")
	}
}

// jobs are those that launchd holds, but for that of others, which it has to hold.
func (r root) jobs() []string {
	r.Helper()
	entries, err := os.ReadDir(r.path("/var/standin/jobs"))
	r.check(err)
	var labels []string
	for _, e := range entries {
		labels = append(labels, e.Name())
	}
	if !slices.Contains(labels, "com.example.other") || !r.exists("/Library/LaunchDaemons/com.example.other.plist") {
		r.Error("a job of others is gone")
	}
	return slices.DeleteFunc(labels, func(label string) bool { return label == "com.example.other" })
}

// calls are those of a tool, without its name.
func (r root) calls(tool string) []string {
	r.Helper()
	var list []string
	for line := range strings.Lines(r.read("/var/standin/script-calls")) {
		if args, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), tool+" "); ok {
			list = append(list, args)
		}
	}
	return list
}

// files are all files and folders but those of the stand-in and of devices, with mode, link and content.
func (r root) files() map[string]string {
	r.Helper()
	files := map[string]string{}
	r.check(filepath.WalkDir(r.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := strings.TrimPrefix(name, r.dir)
		if path == "/var/standin" || path == "/tmp/scripts" || path == "/dev" {
			return filepath.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		files[path] = info.Mode().String()
		if info.Mode().IsRegular() && info.Size() < 1<<16 {
			files[path] += r.read(path)
		}
		return nil
	}))
	return files
}

// run runs a program in the root, and returns its exit code and what it printed.
func (r root) run(name string, args ...string) (int, string) {
	r.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"PATH=/tmp", "SYSTEM_VERSION_COMPAT=1", "LANG=de_DE.UTF-8"}
	cmd.Dir = "/"
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: r.dir}
	if os.Geteuid() != 0 { // within a namespace of one's own, one is root
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	err := cmd.Run()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
			r.Fatalf("neither root nor a user namespace is to be had: %v", err)
		}
		r.Skipf("needs root or a user namespace: %v", err)
	}
	if cmd.ProcessState == nil {
		r.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// script runs a script of a package as an installer does.
func (r root) script(c flatpkg.Component, name, volume string) (int, string) {
	r.Helper()
	path := "/tmp/scripts/" + name
	r.write(path, text(r, c.Scripts, name))
	return r.run("/bin/sh", path, "/tmp/install-or-defer.pkg", volume, volume, "/")
}

// unpack puts the files of a package in place on a volume. Modes and owners are not those that they should have, as after
// an installer that is not careful. The daemon is one for the machine of the tests.
func (r root) unpack(c flatpkg.Component, volume string) {
	r.Helper()
	for _, e := range c.Payload {
		path := filepath.Join(volume, e.Path)
		switch {
		case e.Mode.IsDir():
			r.check(os.MkdirAll(r.path(path), 0o755))
			if path == filepath.Join(volume, agent.SupportFolder) {
				r.check(os.Chmod(r.path(path), 0o777))
			}
			continue
		case path == filepath.Join(volume, agent.BinaryPath):
			_ = os.Remove(r.path(path))
			data, err := os.ReadFile(filepath.Join(r.programs, "install-or-deferd"))
			r.check(err)
			r.write(path, string(data))
		default:
			body, err := e.Open()
			r.check(err)
			data, err := io.ReadAll(body)
			r.check(err)
			r.write(path, string(data))
		}
		r.check(os.Chmod(r.path(path), 0o606))
		if os.Geteuid() == 0 {
			r.check(os.Chown(r.path(path), 501, 20))
		}
	}
}

// install installs a package on the Mac itself, which has to go well, and returns what was printed.
func (r root) install(c flatpkg.Component) string {
	r.Helper()
	return r.installOn(c, "/")
}

func (r root) installOn(c flatpkg.Component, volume string) string {
	r.Helper()
	code, before := r.script(c, "preinstall", volume)
	if code != 0 {
		r.Fatalf("preinstall: exit %d\n%s", code, before)
	}
	r.unpack(c, volume)
	code, after := r.script(c, "postinstall", volume)
	if code != 0 {
		r.Fatalf("postinstall: exit %d\n%s", code, after)
	}
	return before + after
}

// inPlace checks modes, owners and link of what a package lays down.
func (r root) inPlace(volume, identifier string) {
	r.Helper()
	for path, mode := range map[string]fs.FileMode{
		agent.SupportFolder: fs.ModeDir | 0o755, agent.BinaryPath: 0o755, agent.BuildPath: 0o644, agent.LaunchDaemonPath(identifier): 0o644,
	} {
		info, err := os.Lstat(r.path(volume + path))
		r.check(err)
		stat := info.Sys().(*syscall.Stat_t)
		if info.Mode() != mode || int(stat.Uid) != os.Geteuid() || int(stat.Gid) != os.Getegid() {
			r.Errorf("%s is %v of %d:%d", path, info.Mode(), stat.Uid, stat.Gid)
		}
	}
	if target, err := os.Readlink(r.path(volume + agent.LinkPath)); err != nil || target != agent.BinaryPath {
		r.Errorf("the link leads to %q (%v)", target, err)
	}
}
