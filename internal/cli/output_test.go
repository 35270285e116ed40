package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// written puts a file into the folder of a test.
func written(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	have, err := os.ReadFile(name)
	if err != nil || string(have) != want {
		t.Errorf("%s holds %q, %v", name, have, err)
	}
}

func linked(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("this system lets nobody make links: %v", err)
	}
}

func TestALinkStaysAndTheFileItLeadsToIsReplaced(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, folder := range []string{"deep", "elsewhere"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	written(t, "elsewhere/old", "old")
	linked(t, filepath.Join("..", "elsewhere", "old"), "deep/there")
	linked(t, filepath.Join("..", "elsewhere", "new"), "deep/dangling")
	linked(t, "deep", "way")
	linked(t, "way/dangling", "again")
	for name, place := range map[string]string{"deep/there": "elsewhere/old", "again": "elsewhere/new"} {
		if err := replace(name, []byte("content of "+name)); err != nil {
			t.Fatal(err)
		}
		holds(t, place, "content of "+name)
	}
	for _, link := range []string{"deep/there", "deep/dangling", "again"} {
		if about, err := os.Lstat(link); err != nil || about.Mode().Type() != fs.ModeSymlink {
			t.Errorf("%s is %v, %v", link, about, err)
		}
	}
}

func TestAFileThatCannotBeWrittenWholeStaysAsItIs(t *testing.T) {
	t.Chdir(t.TempDir())
	written(t, "kept", "before")
	broken := errors.New("broken")
	err := replaceWith("kept", func(w io.Writer) error {
		if _, err := w.Write([]byte("half")); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	holds(t, "kept", "before")
	if files, err := os.ReadDir("."); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestAFolderIsNoOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("folder", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{replace("folder", nil), checkOutputs([]mention{{"--output", "folder"}}, nil)} {
		var usage *usageError
		if !errors.As(err, &usage) || usage.hint == "" {
			t.Errorf("%v, %+v", err, usage)
		}
	}
}

func TestOutputsAreFilesOfTheirOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	written(t, "there", "there")
	written(t, "other", "other")
	linked(t, "there", "link")
	linked(t, "absent", "dangling")
	if err := os.Link("there", "hard"); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		output, sbom, input string
		refused             bool
	}{
		"three files":                         {"there", "absent", "other", false},
		"files that are not named":            {"there", "", "", false},
		"an input":                            {"there", "", "there", true},
		"an input by a link":                  {"link", "", "there", true},
		"an input by a second name":           {"hard", "", "there", true},
		"an input by a roundabout path":       {"./x/../there", "", "there", true},
		"two outputs":                         {"there", "there", "", true},
		"two outputs that are not there":      {"absent", "./absent", "", true},
		"two outputs, one by a whole path":    {"absent", filepath.Join(here, "absent"), "", true},
		"two outputs, one by a dangling link": {"absent", "dangling", "", true},
		"two outputs that differ":             {"absent", "absent2", "", false},
		"an input that is not there":          {"absent", "", "absent", true},
		"the device that keeps nothing":       {os.DevNull, os.DevNull, os.DevNull, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkOutputs([]mention{{"--output", row.output}, {"--sbom", row.sbom}}, []mention{{"--config", row.input}})
			var usage *usageError
			if (err != nil) != row.refused || row.refused && (!errors.As(err, &usage) || usage.hint == "") {
				t.Error(err)
			}
		})
	}
}
