package rollout

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
)

// summary is what a Mac in the middle of a round reports.
func summary() agent.Summary {
	return agent.Summary{
		Schema: 1, Version: "1.2.3", Identifier: agent.Identifier, Status: agent.StatusDeferred, Reason: "deferral-runs",
		Phase: "deferred", DeadlineBy: "time", Method: "softwareupdate; manual", MethodReason: "it is Intel", Blockers: "on battery; low space",
		Deadline: "2026-12-03 09:00:25", Deferrals: 3, Prompts: 4, PendingCount: 2, Pending: `macOS "Sequoia" 15.7.1; R&D <tools> \ 日本`,
		LastLook: "2026-12-01 08:00:00", LastError: "line\none\b", Journal: "218-9f86d081884c", JournalWhole: "yes",
	}
}

// printed is what the script of a field prints, where the program's folder is another.
func printed(t *testing.T, shell, folder string, f deployment.AttributeField) string {
	t.Helper()
	script, err := renderAttribute(f, agent.Identifier)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "script")
	script = strings.ReplaceAll(script, "'"+agent.SupportFolder+"'", "'"+folder+"'")
	if err := os.WriteFile(file, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	words := append(strings.Fields(shell), file)
	command := exec.Command(words[0], words[1:]...)
	command.Env = []string{} // as little as Jamf promises
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil || complaints.Len() > 0 {
		t.Errorf("%s: %v %s", f.Name, err, complaints.String())
	}
	return string(out)
}

// shells are those that are at hand.
func shells(t *testing.T) []string {
	all := []string{"/bin/sh"}
	for _, name := range []string{"dash", "bash", "busybox", "zsh"} {
		if path, err := exec.LookPath(name); err == nil {
			if name == "busybox" {
				path += " sh"
			}
			all = append(all, path)
		} else {
			t.Logf("%s is missing, and not tried", name)
		}
	}
	return all
}

// mac makes a folder of the program, with a report of some age, or without one.
func mac(t *testing.T, installed bool, report []byte, age time.Duration) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "it's a folder")
	folder = strings.ReplaceAll(folder, "'", "")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if installed {
		if err := os.WriteFile(filepath.Join(folder, "install-or-deferd"), []byte("x"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if report == nil {
		return folder
	}
	file := filepath.Join(folder, "report.json")
	if err := os.WriteFile(file, report, 0o644); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestEachAttributePrintsItsField(t *testing.T) {
	report, err := json.MarshalIndent(summary(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := json.MarshalIndent(agent.Summary{Status: agent.StatusCompliant}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"status": "Deferred", "reason": "deferral-runs", "deadline": "2026-12-03 09:00:25", "deferrals": "3", "prompts": "4",
		"pending": `macOS 'Sequoia' 15.7.1; R&D (tools) / 日本`, "pending_count": "2", "last_look": "2026-12-01 08:00:00",
		"phase": "deferred", "deadline_by": "time", "method": "softwareupdate; manual", "method_reason": "it is Intel", "blockers": "on battery; low space",
		"last_error": "line one ", "journal": "218-9f86d081884c", "journal_whole": "yes", "version": "1.2.3",
	}
	number := map[string]string{"deferrals": "0", "prompts": "0", "pending_count": "0"}
	status := func(of, text string) map[string]string { return map[string]string{of: text} }
	for name, row := range map[string]struct {
		installed bool
		report    []byte
		age       time.Duration
		want      map[string]string // blank for what is not in it
	}{
		"a Mac in a round":                                    {true, append(report, '\n'), 0, want},
		"one with nothing to do":                              {true, empty, 25 * time.Hour, map[string]string{"status": "Compliant", "deferrals": "0", "prompts": "0", "pending_count": "0"}},
		"one whose report is old says that it is not known":   {true, empty, 97 * time.Hour, merged(status("status", "Unknown"), number)},
		"one that has not reported yet":                       {true, nil, 0, status("status", "Unknown")},
		"one whose report is cut off":                         {true, report[:20], 0, status("status", "Unknown")},
		"one whose report is none":                            {true, []byte(`{"status": {"x": 1}, "deadline": "soon"}`), 0, status("status", "Unknown")},
		"one with words where a date belongs":                 {true, []byte("{\n  \"status\": \"Pending\",\n  \"deadline\": \"soon\",\n  \"deferrals\": \"many\"\n}"), 0, status("status", "Pending")},
		"one that does not have the program":                  {false, nil, 0, status("status", "Not installed")},
		"one that has nothing left of it but a report of old": {false, report, 0, status("status", "Not installed")},
	} {
		t.Run(name, func(t *testing.T) {
			folder := mac(t, row.installed, row.report, row.age)
			for _, shell := range shells(t) {
				for _, f := range deployment.AttributeFields() {
					if got := printed(t, shell, folder, f); got != "<result>"+row.want[f.Name]+"</result>\n" {
						t.Errorf("%s: %s prints %q", shell, f.Name, got)
					}
				}
			}
		})
	}
}

func merged(a, b map[string]string) map[string]string {
	for k, v := range b {
		a[k] = v
	}
	return a
}

// TestEveryFieldOfTheReportCanBeAnAttribute compares with the report itself.
func TestEveryFieldOfTheReportCanBeAnAttribute(t *testing.T) {
	data, err := json.Marshal(summary())
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	for _, f := range deployment.AttributeFields() {
		value, ok := fields[f.Name]
		if !ok {
			t.Errorf("the report has no %s", f.Name)
		}
		if _, isNumber := value.(float64); isNumber != (f.Type == deployment.AttributeNumber) {
			t.Errorf("%s is %T", f.Name, value)
		}
		delete(fields, f.Name)
	}
	for _, left := range []string{"schema", "at", "identifier"} { // of no use in an inventory
		delete(fields, left)
	}
	if len(fields) > 0 {
		t.Errorf("not to be had: %v", fields)
	}
}

// TestScriptsStartNothingThatTakesTime reads what they start.
func TestScriptsStartNothingThatTakesTime(t *testing.T) {
	for _, f := range deployment.AttributeFields() {
		script, err := renderAttribute(f, agent.Identifier)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range regexp.MustCompile(`/usr/\S+|/bin/\S+`).FindAllString(script, -1) {
			if tool != "/usr/bin/sed" && tool != "/usr/bin/find" && tool != "/bin/sh" {
				t.Errorf("%s starts %s", f.Name, tool)
			}
		}
		if strings.Contains(script, "softwareupdate") || strings.Count(script, "<result>") != 1 || !strings.HasPrefix(script, "#!/bin/sh\n# ") ||
			!strings.Contains(script, marker(agent.Identifier)) {
			t.Errorf("%s:\n%s", f.Name, script)
		}
	}
}

func TestShellcheckFindsNothing(t *testing.T) {
	tool, err := exec.LookPath("shellcheck")
	if err != nil {
		if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
			t.Fatal("shellcheck is missing: apt-get install shellcheck")
		}
		t.Skip("shellcheck is missing: apt-get install shellcheck")
	}
	folder := t.TempDir()
	var files []string
	for _, f := range deployment.AttributeFields() {
		script, err := renderAttribute(f, agent.Identifier)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, f.Name+".sh")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if out, err := exec.Command(tool, append([]string{"--shell=sh"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
