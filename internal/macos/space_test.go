package macos

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const spaceHeader = "Filesystem   1024-blocks      Used Available Capacity  Mounted on\n"

func TestParseSpace(t *testing.T) {
	const kib = int64(1024)
	for _, row := range []struct {
		name, text string
		want       int64
		ok         bool
	}{
		{"a data volume", spaceHeader + "/dev/disk3s5   482797652 215432108 238116088    48%    /System/Volumes/Data\n", 238116088 * kib, true},
		{"the one volume of an old system", spaceHeader + "/dev/disk1s1   244277768 100000000 143769624    42%    /\n", 143769624 * kib, true},
		{"a device and a place with spaces", spaceHeader + "map auto home 5   1000 600 400    60%    /Volumes/My 9% Disk\n", 400 * kib, true},
		{"a device whose name takes a line of its own", spaceHeader + "//person@server/a-long-name\n     1000 600 400    40%    /\n", 400 * kib, true},
		{"nothing is free", spaceHeader + "/dev/disk3s5 1000 1000 0 100% /\n", 0, true},
		{"less than nothing is free", spaceHeader + "/dev/disk3s5 1000 1010 -10 101% /\n", 0, true},
		{"line ends of a terminal", strings.ReplaceAll(spaceHeader+"/dev/disk3s5 10 6 4 60% /\n", "\n", "\r\n"), 4 * kib, true},
		{"without its last line end", spaceHeader + "/dev/disk3s5 10 6 4 60% /", 4 * kib, true},
		{"another unit", "Filesystem    512-blocks      Used Available Capacity  Mounted on\n/dev/disk3s5 10 6 4 60% /\n", 0, false},
		{"the header alone", spaceHeader, 0, false},
		{"no percentage", spaceHeader + "/dev/disk3s5 10 6 4 - /\n", 0, false},
		{"two numbers only", spaceHeader + "/dev/disk3s5 10 6 60% /\n", 0, false},
		{"a number too large", spaceHeader + "/dev/disk3s5 10 6 9999999999999999999 60% /\n", 0, false},
		{"a number too large in bytes", spaceHeader + "/dev/disk3s5 10 6 9223372036854775807 60% /\n", 0, false},
		{"nothing", "", 0, false},
		{"an error", "df: /System/Volumes/Data: No such file or directory\n", 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, ok := parseSpace(row.text); got != row.want || ok != row.ok {
				t.Errorf("got %d, %t; want %d, %t", got, ok, row.want, row.ok)
			}
		})
	}
}

func TestDiskAsksForTheDataVolumeAndThenForTheOnlyOne(t *testing.T) {
	old := Output{Code: 1, Stderr: "df: /System/Volumes/Data: No such file or directory\n"}
	good := Output{Stdout: spaceHeader + "/dev/disk1s1 10 6 4 60% /\n"}
	for _, row := range []struct {
		name    string
		answers []Output
		paths   []string
		free    int64
		err     string
	}{
		{"macOS 10.15 and later", []Output{good}, []string{dataVolume}, 4096, ""},
		{"before that", []Output{old, good}, []string{dataVolume, rootVolume}, 4096, ""},
		{
			"nothing is known",
			[]Output{old, {}},
			[]string{dataVolume, rootVolume},
			0,
			"find free space: df: exit status 0, and it printed nothing",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &series{out: row.answers}
			free, err := Disk{Host: Host{Runner: r}}.Free(t.Context())
			if free != row.free || errorText(err) != row.err {
				t.Errorf("got %d, %v", free, err)
			}
			var want []Command
			for _, path := range row.paths {
				want = append(want, Command{Path: "/bin/df", Args: []string{"-Pk", path}, Timeout: shortly})
			}
			if diff := cmp.Diff(want, r.seen); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := (Disk{Host: Host{Runner: &answers{}}}).Free(t.Context()); errorText(err) != "find free space: /bin/df: not found" {
		t.Errorf("got %v", err)
	}
}

func FuzzParseSpace(f *testing.F) {
	f.Add(spaceHeader + "/dev/disk3s5   482797652 215432108 238116088    48%    /System/Volumes/Data\n")
	f.Add(spaceHeader + "map auto home 5   1000 600 400    60%    /Volumes/My 9% Disk\n")
	f.Fuzz(func(t *testing.T, text string) {
		free, ok := parseSpace(text)
		if free < 0 || !ok && free != 0 || free%1024 != 0 {
			t.Errorf("%q: %d, %t", text, free, ok)
		}
		if free > 0 && !strings.Contains(text, strconv.FormatInt(free/1024, 10)) {
			t.Errorf("%q does not hold %d", text, free/1024)
		}
	})
}
