package macos

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCapturedBatteries(t *testing.T) {
	for _, file := range corpusFiles(t, "pmset") {
		var want struct {
			Expected struct {
				Source  string
				Percent int
			}
		}
		text := readCorpus(t, file, &want)
		if want.Expected.Source == "" {
			continue // an output about something else
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			r := &answers{out: map[string]Output{"pmset": {Stdout: text}}}
			got, err := Battery{Host: Host{Runner: r}}.State(t.Context())
			if expected := (Charge{true, want.Expected.Source != "AC Power", want.Expected.Percent}); err != nil || got != expected {
				t.Errorf("got %+v, %v; want %+v", got, err, expected)
			}
		})
	}
}

func TestParseCharge(t *testing.T) {
	const mains, battery, ups = "Now drawing from 'AC Power'\n", "Now drawing from 'Battery Power'\n", "Now drawing from 'UPS Power'\n"
	for _, row := range []struct {
		name, text string
		want       Charge
		ok         bool
	}{
		{"a portable on mains that is full", mains + " -InternalBattery-0 (id=3997795)\t100%; charged; 0:00 remaining present: true\n", Charge{true, false, 100}, true},
		{"attached to mains, and not charging", mains + " -InternalBattery-0 (id=1)\t79%; AC attached; not charging present: true\n", Charge{true, false, 79}, true},
		{"a portable on its battery", battery + " -InternalBattery-0 (id=1)\t9%; discharging; (no estimate) present: true\n", Charge{true, true, 9}, true},
		{"the wording of old systems", "Currently drawing from 'Battery Power'\n -InternalBattery-0\t5%; discharging; 0:55 remaining\n", Charge{true, true, 5}, true},
		{"an empty battery", battery + " -InternalBattery-0 (id=1)\t0%; discharging; 0:00 remaining present: true\n", Charge{true, true, 0}, true},
		{"line ends of a terminal", strings.ReplaceAll(battery+" -InternalBattery-0 (id=1)\t50%; discharging\n", "\n", "\r\n"), Charge{true, true, 50}, true},
		{"a desktop prints one line", mains, Charge{}, true},
		{"of several batteries the lowest counts", battery + " -InternalBattery-0 (id=1)\t80%; discharging\n -InternalBattery-1 (id=2)\t12%; discharging\n", Charge{true, true, 12}, true},
		{"what an uninterruptible supply holds does not", mains + " -InternalBattery-0 (id=1)\t80%; charging\n -Back-UPS ES 700 (id=2)\t7%; charging present: true\n", Charge{true, false, 80}, true},
		{"a desktop on an uninterruptible supply", ups + " -Back-UPS ES 700 (id=2)\t64%; discharging; 0:21 remaining present: true\n", Charge{false, true, 0}, true},
		{"a battery that was taken out", mains + " -InternalBattery-0 (id=1)\t(removed)\n", Charge{}, true},
		{"on a battery of which nothing is said", battery, Charge{}, false},
		{"on a battery that holds more than all", battery + " -InternalBattery-0 (id=1)\t101%; discharging\n", Charge{}, false},
		{"a number too large", battery + " -InternalBattery-0 (id=1)\t99999999999999999999%;\n", Charge{}, false},
		{"no source", " -InternalBattery-0 (id=1)\t80%; charging\n", Charge{}, false},
		{"a source without an end", "Now drawing from 'AC Pow", Charge{}, false},
		{"nothing", "", Charge{}, false},
		{"another text", "Error: no power source\n", Charge{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, ok := parseCharge(row.text); got != row.want || ok != row.ok {
				t.Errorf("got %+v, %t; want %+v, %t", got, ok, row.want, row.ok)
			}
		})
	}
}

func TestBatteryAsksPmset(t *testing.T) {
	r := &answers{out: map[string]Output{"pmset": {Code: 1, Stderr: "no power\n"}}}
	if _, err := (Battery{Host: Host{Runner: r}}).State(t.Context()); errorText(err) != "find battery charge: pmset: exit status 1: no power" {
		t.Errorf("got %v", err)
	}
	want := []Command{{Path: "/usr/bin/pmset", Args: []string{"-g", "batt"}, Timeout: shortly}}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
	if _, err := (Battery{Host: Host{Runner: &answers{}}}).State(t.Context()); errorText(err) != "find battery charge: /usr/bin/pmset: not found" {
		t.Errorf("got %v", err)
	}
}

func FuzzParseCharge(f *testing.F) {
	f.Add("Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t79%; AC attached; not charging present: true\n")
	f.Add("Currently drawing from 'Battery Power'\n -InternalBattery-0\t5%; discharging; 0:55 remaining\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := parseCharge(text)
		switch {
		case !ok && c != Charge{}:
			t.Errorf("%q tells nothing, and %+v", text, c)
		case c.Percent < 0 || c.Percent > 100, !c.Present && c.Percent != 0:
			t.Errorf("%q: %+v", text, c)
		case c.Percent > 0 && !strings.Contains(text, strconv.Itoa(c.Percent)+"%"):
			t.Errorf("%q does not hold %d%%", text, c.Percent)
		}
	})
}
