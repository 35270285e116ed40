package agent_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func list(entries string) string {
	return "<plist version=\"1.0\"><dict>" + entries + "</dict></plist>"
}

// hostileValues are property list values that are no plausible Unix seconds, by what is wrong with them.
func hostileValues() map[string]string {
	return map[string]string{
		"garbage text": "<string>soon</string>", "a command": "<string>$(reboot)</string>", "backquotes": "<string>`reboot`</string>",
		"an array index": "<string>a[$(reboot)]</string>", "a negative number": "<integer>-1</integer>", "zero": "<integer>0</integer>",
		"a huge number": "<integer>9223372036854775807</integer>", "the largest there is": "<integer>18446744073709551615</integer>",
		"a real": "<real>1796288425.5</real>", "a date": "<date>2026-12-01T00:00:00Z</date>", "true": "<true/>", "data": "<data>AAAA</data>",
		"a megabyte of text": "<string>" + strings.Repeat("9", 1<<20-500) + "</string>", "an array": "<array><integer>1</integer></array>",
		"a dictionary": "<dict><key>a</key><integer>1</integer></dict>", "octal": "<string>08</string>", "nothing": "<string></string>",
		"a date in words": "<string>2026-12-01 00:00:00 +0000</string>",
	}
}

// hostileFiles are contents of a property list that cannot be read as a whole.
func hostileFiles() map[string]string {
	good := list("<key>" + promisetest.ForcedAfter + "</key><integer>1796288425</integer>")
	return map[string]string{
		"an empty file": "", "text": "hello", "JSON": "{}", "a truncated list": good[:len(good)-20], "no list at all": "\x00\xff\x00",
		"a list that holds itself":  "bplist00\xd1\x01\x00\x51a\x08\x0b\x00\x00\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0d",
		"a binary list cut short":   "bplist00\xd1\x01\x02",
		"a deep list":               strings.Repeat("<dict><key>a</key>", 5000),
		"two megabytes":             strings.Repeat("x", 2<<20),
		"an array":                  "<plist><array/></plist>",
		"a key twice":               list("<key>" + promisetest.ForcedAfter + "</key><integer>1</integer><key>" + promisetest.ForcedAfter + "</key><integer>2</integer>"),
		"an entity that calls back": `<!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + list("<key>a</key><string>&a;</string>"),
	}
}

// enforced demands that a play has come to its end like one in which nobody meddled.
func enforced(t *testing.T, p *promisetest.Play) {
	t.Helper()
	p.Hold(t)
	p.Removed(t)
	deadline := sim.CommonStart().Add(24 * time.Hour)
	if p.Tally.Restarts != 1 || p.Tally.Ended.Before(deadline) || p.Tally.Ended.Sub(deadline) > 2*time.Hour || len(p.Windows(promisetest.IsFinal)) != 1 {
		t.Errorf("%+v", p.Tally)
	}
}

func TestHostilePreferenceValuesNeverEnforceAtOnceNorBlockEnforcement(t *testing.T) {
	t.Parallel()
	for name, value := range hostileValues() {
		for _, row := range []struct {
			key  string
			turn int
		}{{promisetest.ForcedAfter, 0}, {promisetest.ForcedAfter, 9}, {promisetest.DeferredUntil, 9}, {"UpdatesForcedAfter", 0}} {
			t.Run(fmt.Sprintf("%s in %s at turn %d", name, row.key, row.turn), func(t *testing.T) {
				p := promisetest.New(deferringDaily())
				p.Meddle = func(n int) {
					if n == row.turn {
						p.Put(prefsPath(), []byte(list("<key>"+row.key+"</key>"+value)), 0o644)
					}
				}
				p.ToEnd(t.Context())
				enforced(t, p)
				if p.Tally.Prompts != 4 || !p.Said("Preference "+row.key+": ") && !p.Said("read "+prefsPath()) {
					t.Errorf("%d prompts; it says %s", p.Tally.Prompts, p.Log.String())
				}
				for _, line := range strings.Split(p.Log.String(), "\n") {
					if len(line) > 1000 {
						t.Errorf("a line of the log has %d bytes", len(line))
					}
				}
			})
		}
	}
}

func prefsPath() string { return macos.PreferencesPath(agent.Identifier) }

func TestHostilePropertyListsNeverBlockEnforcement(t *testing.T) {
	t.Parallel()
	for _, path := range []string{macos.PreferencesPath(agent.Identifier), macos.ManagedPath(agent.Identifier), agent.BuildPath} {
		for name, data := range hostileFiles() {
			for _, turn := range []int{0, 9} {
				if turn > 0 && path == macos.ManagedPath(agent.Identifier) {
					continue
				}
				t.Run(fmt.Sprintf("%s at %s at turn %d", name, path, turn), func(t *testing.T) {
					s, managed := deferringDaily(), path == macos.ManagedPath(agent.Identifier)
					if managed {
						s.Settings = nil
					}
					p := promisetest.New(s)
					p.Meddle = func(n int) {
						if n == turn {
							p.Put(path, []byte(data), 0o644)
						}
					}
					p.ToEnd(t.Context())
					if !p.Said("Not used: read " + path) {
						t.Errorf("it is not reported: %s", p.Log.String())
					}
					if !managed {
						enforced(t, p)
						return
					}
					p.Hold(t)
					p.Removed(t)
					if since := p.Tally.Ended.Sub(sim.CommonStart()); since < 72*time.Hour || since > 74*time.Hour {
						t.Errorf("%+v", p.Tally)
					}
				})
			}
		}
	}
}

func TestALinkAtAPathOfOursIsRefusedAndItsTargetUntouched(t *testing.T) {
	for _, path := range []string{macos.PreferencesPath(agent.Identifier), macos.ManagedPath(agent.Identifier), agent.BuildPath, agent.StatePath, agent.LogPath} {
		t.Run(path, func(t *testing.T) {
			s := ordinary(answering(sim.Act{Do: sim.Defer}))
			s.Settings = map[string]any{"DiagnosticLog": true}
			p := promisetest.New(s)
			p.Put("/Users/alex/target", []byte("theirs"), 0o644)
			p.Meddle = func(n int) {
				if n == 0 {
					p.Put(path, []byte("/Users/alex/target"), fs.ModeSymlink|0o755)
				}
			}
			p.ToEnd(t.Context())
			p.Hold(t)
			p.Removed(t)
			if data, _ := p.File("/Users/alex/target"); string(data) != "theirs" {
				t.Errorf("the target holds %q", data)
			}
			if path != agent.LogPath && !p.Said("symbolic link") {
				t.Error("it is not reported")
			}
		})
	}
}

func TestALinkAtTheLockIsRemovedAndStopsNothing(t *testing.T) {
	p := promisetest.New(deferringDaily())
	p.Put("/Users/alex/target", []byte("theirs"), 0o644)
	p.Put(lockPath, []byte("/Users/alex/target"), fs.ModeSymlink|0o755)
	p.ToEnd(t.Context())
	p.Removed(t)
	if data, _ := p.File("/Users/alex/target"); string(data) != "theirs" || !p.Said("Removing what was put in the place of the lock") {
		t.Errorf("the target holds %q; it says %s", data, p.Log.String())
	}
}

func TestAStateTruncatedAtEveryByteKeepsTheDeadline(t *testing.T) {
	t.Parallel()
	p := promisetest.New(deferringDaily())
	once := func() promisetest.Decision {
		p.Turns = append(p.Turns, promisetest.Turn{})
		if err := p.Agent(p.Host()).Turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		return p.Decisions[len(p.Decisions)-1]
	}
	once()
	data, _ := p.File(agent.StatePath)
	want := p.State(t)
	for n := range len(data) - 2 { // without the last brace and the line end
		p.Log.Reset()
		p.Put(agent.StatePath, data[:n], 0o644)
		got := once()
		if got.Action.Reason() != enforce.WhyDeferred || !got.State.Deadline.Equal(want.Deadline) || !got.State.DeferredUntil.Equal(want.DeferredUntil) {
			t.Fatalf("after %d bytes: %T, %v", n, got.Action, got.State.Deadline)
		}
		if !p.Said("State not used: read " + agent.StatePath) {
			t.Fatalf("after %d bytes it is not reported", n)
		}
	}
}

func TestAJournalTruncatedAtAnyByteStopsNothing(t *testing.T) {
	t.Parallel()
	const cut = 20 // the turn before which that happens
	whole := promisetest.New(deferringDaily())
	var data []byte
	whole.Before = func(n int) {
		if n == cut {
			data, _ = whole.File(agent.JournalPath)
		}
	}
	whole.ToEnd(t.Context())
	step := 31
	if prooftest.Full() {
		step = 1
	}
	for n := 0; n < len(data); n += step {
		p := promisetest.New(deferringDaily())
		p.Meddle = func(turn int) {
			if turn == cut {
				p.Put(agent.JournalPath, data[:n], 0o644)
			}
		}
		p.ToEnd(t.Context())
		p.Removed(t)
		p.Hold(t)
		if !slices.EqualFunc(p.Decisions, whole.Decisions, func(a, b promisetest.Decision) bool { return a.Why == b.Why }) {
			t.Fatalf("after %d of %d bytes other things are decided", n, len(data))
		}
		if !p.Said("The journal was changed from outside") {
			t.Fatalf("after %d of %d bytes it is not noticed", n, len(data))
		}
		prooftest.Count(t, "plays with a journal that is cut off", 1)
	}
}

func TestAStateOfWhichOnlyAPartCanBeReadIsNone(t *testing.T) {
	p := promisetest.New(deferringDaily())
	p.Put(agent.StatePath, []byte(`{"restart": {"power": "restart", "asked": "2026-11-30T08:59:00Z"}, "deferrals": -3, "prompts": "many"}`), 0o644)
	p.Turns = append(p.Turns, promisetest.Turn{})
	if err := p.Agent(p.Host()).Turn(t.Context()); err != nil {
		t.Error(err)
	}
	if first := p.Decisions[0]; first.Action.Reason() != enforce.WhyTurn || first.State.Deferrals != 0 {
		t.Errorf("it is used: %s, %+v", first.Why, first.State)
	}
}

func TestHostileStates(t *testing.T) {
	for name, data := range map[string]string{
		"numbers as text":             `{"prompts": "many", "restart": {"power": "restart"}}`,
		"a deadline that is a number": `{"restart": {"power": "restart"}, "deadline": 1796288425}`,
		"a command":                   `{"deadline": "$(reboot)"}`,
		"a list":                      `[1, 2, 3]`,
		"null":                        `null`,
		"another object":              `{"hello": "world"}`,
		"negative counts":             `{"prompts": -1, "deferrals": -9223372036854775808, "install": {"failures": -5}, "look": {"failures": -1}}`,
		"an unknown power":            `{"restart": {"power": "explode", "asked": "2026-11-30T09:00:00Z"}}`,
		"two megabytes":               `{"decision": "` + strings.Repeat("x", 2<<20) + `"}`,
		"deep":                        strings.Repeat(`{"look":`, 20_000),
		"a deadline in year 9999":     `{"began": "2026-11-30T09:00:00Z", "deadline": "9999-12-31T23:59:59Z", "deferred_until": "9999-12-31T23:59:59Z"}`,
		"a retry in year 9999":        `{"look": {"retry_at": "9999-12-31T23:59:59Z", "failures": 9223372036854775807}}`,
		"a clock seen in year 9999":   `{"clock": {"seen": "9999-12-31T23:59:59Z"}}`,
		"a boot in year 9999":         `{"clock": {"boot": "9999-12-31T23:59:59Z"}}`,
		"a restart nobody asked for":  `{"restart": {"power": "restart", "asked": "2020-01-01T00:00:00Z"}}`,
		"an overflow":                 `{"allowed": 99999999999999999999999}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := promisetest.New(deferringDaily())
			p.Meddle = func(n int) {
				if n == 0 || n == 9 {
					p.Put(agent.StatePath, []byte(data), 0o644)
				}
			}
			p.ToEnd(t.Context())
			p.Removed(t)
			if p.Tally.Restarts != 1 || len(promisetest.Actions[enforce.Install](p)) != 1 {
				t.Errorf("%+v\n%s", p.Tally, p.Story())
			}
			for _, line := range strings.Split(p.Log.String(), "\n") {
				if len(line) > 2000 {
					t.Errorf("a line of the log has %d bytes", len(line))
				}
			}
		})
	}
}

func TestHostileSettingsFallBackByName(t *testing.T) {
	for name, value := range map[string]any{
		"text": "soon", "a command": "$(reboot)", "negative": int64(-1), "zero": int64(0), "huge": int64(1) << 62, "real": 1.5, "date": sim.CommonStart(),
		"data": []byte{1}, "list": []any{int64(1)}, "dictionary": map[string]any{"a": int64(1)},
	} {
		for _, key := range []string{"MaxDeferralTime", "DeferralPeriod", "UpdateDelay", "HardRestartDelay", "PromptTimeout", "SkipDeferral", "ManualUpdates", "MaxDeferal"} {
			t.Run(name+" in "+key, func(t *testing.T) {
				s := ordinary(answering(sim.Act{Do: sim.Install}))
				s.Settings = map[string]any{key: value}
				p := promisetest.New(s)
				p.ToEnd(t.Context())
				if _, flag := value.(int64); strings.HasPrefix(key, "Skip") && flag || strings.HasPrefix(key, "Manual") && flag {
					return // 0 is a boolean
				}
				p.Removed(t)
				if p.Tally.Restarts != 1 || !p.Said(key) {
					t.Errorf("%+v; it says %s", p.Tally, p.Log.String())
				}
			})
		}
	}
}

func TestHostileTextsStayTexts(t *testing.T) {
	for _, text := range []string{"-kill", "$(reboot)", "`reboot`", "a & b / c", "a|b<c>d", `" & (do shell script "reboot") & "`, "line\nline", "%n%s", "é <<x>>"} {
		s := ordinary(answering(sim.Act{Do: sim.Defer}, sim.Act{Do: sim.Install}))
		s.Settings = map[string]any{
			"PromptHeading": text, "PromptMessage": text + " %SUPPORT_CONTACT%", "SupportContact": text, "InstallButtonLabel": text, "DeferButtonLabel": text,
		}
		for _, kind := range []string{"", sim.Missing} {
			s.Faults = []sim.Fault{{Tool: "jamfHelper", Kind: kind}}
			if kind == "" {
				s.Faults = nil
			}
			p := promisetest.New(s).ToEnd(t.Context())
			p.Removed(t)
			w := p.Windows(promisetest.IsPrompt)[0].Window
			plain := strings.NewReplacer("<<", "", ">>", "").Replace(text)
			if strings.TrimSpace(w.Title) != plain || !strings.HasSuffix(w.Text, strings.TrimSpace(text)) && !strings.Contains(w.Text, plain) {
				t.Errorf("%q is shown as %q, %q", text, w.Title, w.Text)
			}
			if strings.TrimSpace(w.Buttons[0]) != text {
				t.Errorf("%q is shown as %q", text, w.Buttons)
			}
		}
	}
}
