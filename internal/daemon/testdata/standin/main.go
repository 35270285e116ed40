// Command standin stands in for the tools of macOS and Jamf Pro that the daemon runs. It is linked at the path of each,
// acts by the name it is called by, and answers with text of the form that the real tool prints.
//
// Below /var/standin it notes each call, as a line of JSON in calls, and finds what it is to say: list is what is on
// offer, answers the replies of the person ("2 0.1" is button 2 after a tenth of a second), boot when the Mac started.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

const folder = "/var/standin/"

type call struct {
	Tool  string   `json:"tool"`
	Args  []string `json:"args"`
	Stdin string   `json:"stdin,omitempty"`
	Env   []string `json:"env,omitempty"`
	PID   int      `json:"pid"`

	At time.Time `json:"at"`
}

func main() {
	tool, args := filepath.Base(os.Args[0]), os.Args[1:]
	c := call{Tool: tool, Args: args, Env: os.Environ(), PID: os.Getpid(), At: time.Now()}
	if tool == "logger" || tool == "scutil" {
		text, err := io.ReadAll(os.Stdin)
		check(err)
		c.Stdin = string(text)
	}
	note(c)
	switch tool {
	case "softwareupdate":
		softwareUpdate(args)
	case "jamfHelper":
		jamfHelper(args)
	case "defaults":
		defaults(args)
	case "launchctl":
		launchctl(args)
	case "sudo": // -u person tool …
		become(args[2:])
	case "scutil":
		fmt.Print("<dictionary> {\n  GID : 20\n  Name : ann\n  UID : 501\n}\n")
	case "sysctl":
		fmt.Print(read("boot"))
	case "fdesetup":
		fmt.Println("FileVault is Off.")
	case "arch":
		fmt.Println("i386")
	case "ps": // -ww -o command= -p pid
		ps(args[len(args)-1])
	case "profiles":
		fmt.Print("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n")
	}
}

// ps tells what a process was called with, from the notes: there is no /proc here.
func ps(pid string) {
	for line := range strings.Lines(read("calls")) {
		var c call
		if json.Unmarshal([]byte(line), &c) == nil && strconv.Itoa(c.PID) == pid && c.Tool == "jamfHelper" {
			fmt.Println("/Library/Application Support/JAMF/bin/jamfHelper.app/Contents/MacOS/jamfHelper", strings.Join(c.Args, " "))
			return
		}
	}
	os.Exit(1)
}

func softwareUpdate(args []string) {
	fmt.Print("Software Update Tool\n\n")
	switch args[0] {
	case "--list":
		fmt.Print("Finding available software\n")
		list := read("list")
		if list == "" {
			fmt.Fprintln(os.Stderr, "No new software available.")
			return
		}
		fmt.Print("Software Update found the following new or updated software:\n", list)
	case "--download":
		for _, label := range labels(args) {
			fmt.Printf("\nDownloading %[1]s\n\rDownloading: 100.00%%\nDownloaded %[1]s\n", strings.TrimSpace(label))
		}
		fmt.Println("Done.")
	case "--install":
		time.Sleep(500 * time.Millisecond) // no installation is over before the window that tells of it is up
		for _, label := range labels(args) {
			if !strings.Contains(read("list"), "* Label: "+label+"\n") {
				fmt.Fprintf(os.Stderr, "%s: No such update\n", label)
				return
			}
			fmt.Printf("Downloaded %[1]s\nInstalling %[1]s\nDone with %[1]s\n", strings.TrimSpace(label))
		}
		fmt.Print("Done.\n\nYou have installed one or more updates that requires that you restart your\n" +
			"computer.  Please restart immediately.\n")
	}
}

func labels(args []string) []string {
	return slices.DeleteFunc(args[1:], func(arg string) bool { return strings.HasPrefix(arg, "--") })
}

// jamfHelper shows a window, until the person answers or its time is up.
func jamfHelper(args []string) {
	value := func(flag string) string {
		if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	wait, reply := time.Hour, "239"
	if s, err := strconv.ParseFloat(value("-timeout"), 64); err == nil {
		wait = time.Duration((s + 0.05) * float64(time.Second))
		if reply = "243"; value("-button1") != "" {
			reply = "0"
		}
	}
	if value("-button1") != "" { // a window without buttons takes no answer
		answers := strings.SplitAfterN(read("answers"), "\n", 2)
		if button, after, ok := strings.Cut(strings.TrimSpace(answers[0]), " "); ok {
			check(os.WriteFile(folder+"answers", []byte(answers[1]), 0o644))
			seconds, err := strconv.ParseFloat(after, 64)
			check(err)
			reply, wait = button, time.Duration(seconds*float64(time.Second))
		}
	}
	time.Sleep(wait)
	fmt.Println(reply)
	n, _ := strconv.Atoi(reply)
	os.Exit(n % 256)
}

func defaults(args []string) {
	name := args[1] + ".plist"
	values := map[string]any{}
	data, err := os.ReadFile(name)
	if err == nil {
		values, err = plist.Decode(data)
		check(err)
	}
	switch {
	case args[0] == "write" && args[3] == "-int":
		values[args[2]], err = strconv.ParseInt(args[4], 10, 64)
		check(err)
	case args[0] == "delete" && len(args) == 2:
		check(os.Remove(name))
		return
	case args[0] == "delete" && values[args[2]] != nil:
		delete(values, args[2])
	default:
		fmt.Fprintln(os.Stderr, "The domain/default pair does not exist")
		os.Exit(1)
	}
	data, err = plist.Encode(values)
	check(err)
	check(os.WriteFile(name, data, 0o600))
}

func launchctl(args []string) {
	switch args[0] {
	case "asuser": // 501 tool …
		become(args[2:])
	case "bootout": // ends the job, which is who asks
		check(syscall.Kill(os.Getppid(), syscall.SIGTERM))
		time.Sleep(time.Minute)
	}
}

// become runs another tool in place of this one, as the real ones do in effect.
func become(args []string) {
	check(syscall.Exec(args[0], args, []string{}))
}

func note(c call) {
	line, err := json.Marshal(c)
	check(err)
	f, err := os.OpenFile(folder+"calls", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	check(err)
	_, err = f.Write(append(line, '\n'))
	check(err)
	check(f.Close())
}

func read(name string) string {
	data, err := os.ReadFile(folder + name)
	if os.IsNotExist(err) {
		return ""
	}
	check(err)
	return string(data)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "standin:", err)
		os.Exit(99)
	}
}
