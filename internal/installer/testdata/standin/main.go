// Command standin stands in for the tools of macOS that the package's scripts run. It is linked at the path of each and
// acts by the name it is called by.
//
// Below /var/standin it notes each call, as a line in script-calls, and keeps what it is to know: version is that of
// macOS, jobs those that are loaded, disabled those that launchd refuses, receipts those of packages, bootstrap-fails and
// load-fails how often launchd is to refuse.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

const (
	folder   = "/var/standin/"
	jobs     = folder + "jobs/"
	disabled = folder + "disabled/"
	receipts = folder + "receipts"
)

func main() {
	tool, args := filepath.Base(os.Args[0]), os.Args[1:]
	note(tool + " " + strings.Join(args, " "))
	switch tool {
	case "launchctl":
		launchctl(args)
	case "defaults":
		defaults(args)
	case "pkgutil":
		pkgutil(args)
	case "sw_vers":
		fmt.Print(read("version"))
	}
}

func launchctl(args []string) {
	switch args[0] {
	case "print":
		label := strings.TrimPrefix(args[1], "system/")
		if !exists(jobs + label) {
			end(113, "Could not find service %q in domain for system", label)
		}
		if strings.HasPrefix(read("jobs/"+label), "ending") { // it does so soon after it was asked to
			check(os.Remove(jobs + label))
		}
	case "bootout":
		label := strings.TrimPrefix(args[1], "system/")
		if !exists(jobs + label) {
			end(3, "Boot-out failed: 3: No such process")
		}
		check(os.WriteFile(jobs+label, []byte("ending"), 0o644))
	case "enable":
		_ = os.Remove(disabled + strings.TrimPrefix(args[1], "system/"))
	case "bootstrap":
		load("bootstrap-fails", args[2], "Bootstrap failed: 5: Input/output error")
	case "load":
		load("load-fails", args[2], "Load failed: 5: Input/output error")
	default:
		end(64, "Unrecognized subcommand: %s", args[0])
	}
}

// load loads a job as launchd does: never one that is loaded, is disabled, or is not root's alone to write.
func load(refusals, name, message string) {
	values := decode(name)
	label, _ := values["Label"].(string)
	info, err := os.Lstat(name)
	check(err)
	if n, _ := strconv.Atoi(read(refusals)); n > 0 {
		check(os.WriteFile(folder+refusals, []byte(strconv.Itoa(n-1)), 0o644))
		end(5, "%s", message)
	}
	if exists(jobs+label) || exists(disabled+label) || info.Mode() != 0o644 || owner(info) != [2]uint32{} {
		end(5, "%s", message)
	}
	check(os.MkdirAll(jobs, 0o755))
	check(os.WriteFile(jobs+label, []byte(fmt.Sprint(values["ProgramArguments"])), 0o644))
}

func owner(info os.FileInfo) [2]uint32 {
	stat := info.Sys().(*syscall.Stat_t)
	return [2]uint32{stat.Uid, stat.Gid}
}

func defaults(args []string) {
	name := args[1] + ".plist"
	values := map[string]any{}
	if exists(name) {
		values = decode(name)
	}
	switch {
	case args[0] == "read" && values[args[2]] != nil:
		fmt.Println(values[args[2]])
		return
	case args[0] == "write" && args[3] == "-int":
		n, err := strconv.ParseInt(args[4], 10, 64)
		check(err)
		values[args[2]] = n
	case args[0] == "delete" && len(args) == 2 && exists(name):
		check(os.Remove(name))
		return
	case args[0] == "delete" && len(args) == 3 && values[args[2]] != nil:
		delete(values, args[2])
	default:
		end(1, "The domain/default pair of (%s) does not exist", strings.Join(args[1:], ", "))
	}
	data, err := plist.Encode(values)
	check(err)
	check(os.WriteFile(name, data, 0o600))
}

func pkgutil(args []string) {
	receipt := receipts + strings.TrimSuffix(args[1], "/") + "/" + args[3]
	switch {
	case args[0] != "--volume":
		end(64, "which volume?")
	case !exists(receipt):
		end(1, "No receipt for '%s' found at '%s'.", args[3], args[1])
	case args[2] == "--forget":
		check(os.Remove(receipt))
	}
}

func note(line string) {
	f, err := os.OpenFile(folder+"script-calls", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	check(err)
	_, err = f.WriteString(line + "\n")
	check(err)
	check(f.Close())
}

func decode(name string) map[string]any {
	data, err := os.ReadFile(name)
	check(err)
	values, err := plist.Decode(data)
	check(err)
	return values
}

func read(name string) string {
	data, _ := os.ReadFile(folder + name)
	return string(data)
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func end(code int, format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(code)
}

func check(err error) {
	if err != nil {
		end(99, "standin: %v", err)
	}
}
