package preview_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/language"
	"github.com/install-or-defer/install-or-defer/internal/preview"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func tags() []string { return language.Tags() }

// dot is a picture.
func dot(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// icon is an icon of Apple's with pictures in it.
func icon(pictures ...[]byte) []byte {
	body := []byte{}
	for _, p := range pictures {
		body = append(body, "ic07"...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(p)+8))
		body = append(body, p...)
	}
	return append(binary.BigEndian.AppendUint32([]byte("icns"), uint32(len(body)+8)), body...)
}

func TestMessagesAreSeenInEveryLanguage(t *testing.T) {
	d := desk(preview.Stubborn, intel())
	all, err := preview.Render(context.Background(), d, tags())
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]bool{}
	for _, r := range all {
		for _, s := range r.Scenes {
			if s.Moment == preview.ShotReminder { // which only comes where the person installs
				if s.Window != nil {
					t.Errorf("%s has a reminder", r.Language)
				}
				continue
			}
			if s.Window == nil || s.Window.Text == "" {
				t.Errorf("%s has nothing for %s", r.Language, s.Moment)
				continue
			}
			if s.Window.Overflow.Any() {
				t.Errorf("%s, %s: a text that comes with the program does not fit: %+v", r.Language, s.Moment, s.Window.Overflow)
			}
		}
		titles[r.Scenes[0].Window.Title] = true
		if first, last := r.Scenes[0].Window.Text, r.Scenes[2].Window.Text; first == last {
			t.Errorf("%s: the last prompt is like the first", r.Language)
		}
	}
	if len(titles) != len(tags()) {
		t.Errorf("%d headings in %d languages", len(titles), len(tags()))
	}
	if _, err := preview.Render(context.Background(), d, make([]string, 41)); !errors.Is(err, preview.ErrDesk) {
		t.Error(err)
	}
}

func TestWhatIsTooLongIsMarked(t *testing.T) {
	d := desk(preview.Stubborn, intel())
	d.Values = map[string]any{
		"PromptHeading": strings.Repeat("Heading ", 12), "PromptMessage": strings.Repeat("A line of %DEADLINE_DATE%.\n", 25),
		"InstallButtonLabel": "Run all of them now",
	}
	all, err := preview.Render(context.Background(), d, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	want := preview.Overflow{Heading: true, Lines: 26, Labels: []string{"Run all of them now"}}
	if diff := cmp.Diff(want, all[0].Scenes[0].Window.Overflow); diff != "" {
		t.Error(diff)
	}
}

func TestAWindowThatNeverComesIsNotMadeUp(t *testing.T) {
	d := desk(preview.Stubborn, intel())
	d.Values = map[string]any{"SkipDeferral": true}
	all, err := preview.Render(context.Background(), d, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	if s := all[0].Scenes; s[0].Window != nil || s[2].Window != nil || s[3].Window == nil || all[0].Cut {
		t.Errorf("%+v", s)
	}
}

func TestTheReminderIsSeenWhereThePersonInstalls(t *testing.T) {
	d := desk(preview.Stubborn, silicon())
	d.Values = map[string]any{"ManualHeading": "By your own hand"}
	all, err := preview.Render(context.Background(), d, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, s := range all[0].Scenes {
		if s.Window != nil {
			seen[s.Moment] = s.Window.Title
		}
	}
	if seen[preview.ShotReminder] != "By your own hand" || seen[preview.ShotFinal] != "Updates are about to start" {
		t.Errorf("%v", seen)
	}
}

func TestAFilmThatIsTooLongSaysSo(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the race detector takes too long for a round of weeks")
	}
	d := desk(preview.Stubborn, intel())
	d.Values = map[string]any{"MaxDeferralTime": int64(90 * 86400), "DeferralPeriod": int64(5 * 86400)}
	if f := film(t, d); !f.Cut || f.Done || !strings.Contains(f.Ended, "after 60 days and before the deadline") {
		t.Errorf("cut %t, done %t: %s", f.Cut, f.Done, f.Ended)
	}
	all, err := preview.Render(context.Background(), d, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	s := all[0].Scenes
	if !all[0].Cut || s[0].Window == nil || s[1].Window == nil || s[2].Window != nil || s[3].Window != nil {
		t.Errorf("%+v", s)
	}
	sheet, err := preview.MakeSheet(context.Background(), preview.Choices{Desk: d}, preview.Base{})
	if err != nil {
		t.Fatal(err)
	}
	if text := said(sheet); !strings.Contains(text, "After 90 days") || !strings.Contains(text, "The last window") || !strings.Contains(text, "your Mac restarts by itself") ||
		!strings.Contains(sheet.Steps[0].Window.Text, "90 days") {
		t.Errorf("the sheet:\n%s\n%s", text, sheet.Steps[0].Window.Text)
	}
	d.Values["MaxDeferralTime"] = int64(49 * 86400)
	if f := film(t, d); f.Cut || !f.Done {
		t.Errorf("a film that is long: %s", f.Ended)
	}
}

// chosen are choices to make files of.
func chosen() preview.Choices {
	d := desk(preview.Helpful, intel())
	d.Values = map[string]any{
		"DeferralPeriod": int64(7200), "SkipDeferral": false, "Holidays": []any{"2026-12-24"}, "PromptHeading": "Hello",
		"Localizations": map[string]any{"de": map[string]any{"PromptHeading": "Hallo"}},
	}
	return preview.Choices{Desk: d, Identifier: "com.example.updates", Organization: "Example Ltd"}
}

func TestTheProfileIsWhatTheDaemonReads(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	c := chosen()
	code, body := v.post("/export/profile", c)
	if code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	document, problems := deployment.Read("p.mobileconfig", []byte(body))
	if len(problems) > 0 || document.Deployment.Identifier != "com.example.updates" || document.Deployment.Organization != "Example Ltd" {
		t.Fatalf("%v %+v", problems, document.Deployment)
	}
	want, _ := settings.Decode(settings.Platform{}, settings.Source{Name: "x", Values: c.Desk.Values})
	have, findings := settings.Decode(settings.Platform{}, settings.Source{Name: "x", Values: document.Values})
	if diff := cmp.Diff(want.All(), have.All()); diff != "" || len(findings) > 0 {
		t.Errorf("%v %s", findings, diff)
	}
	same, err := settings.Profile(settings.ProfileOptions{Identifier: c.Identifier, Organization: c.Organization, Values: c.Desk.Values})
	if err != nil || string(same) != body {
		t.Errorf("it is not what install-or-defer profile writes (%v)", err)
	}
}

func TestTheFileIsReadBackAsItWas(t *testing.T) {
	o := based("f.yaml", "logo: l.png\npackage:\n  start_interval: 30m\nsettings:\n  UpdateDelay: 15m\n")
	v := visit(t, serve(t, o).URL())
	c := chosen()
	c.Logo = "l.png"
	code, body := v.post("/export/yaml", c)
	if code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	d, problems := deployment.Load("f.yaml", []byte(body))
	want := o.Base.Document.Deployment.With(c.Desk.Values)
	want.Identifier, want.Organization = c.Identifier, c.Organization
	if diff := cmp.Diff(want, d); diff != "" || len(problems) > 0 || d.Package.StartInterval == 0 {
		t.Errorf("%v %s", problems, diff)
	}
}

func TestTheSchemaIsThatOfTheTable(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	_, body := v.post("/export/schema", chosen())
	if want, _ := settings.JamfSchema("com.example.updates"); string(want) != body {
		t.Error("it is another")
	}
	if code, _ := v.post("/export/secrets", chosen()); code != 404 {
		t.Errorf("what there is not: %d", code)
	}
}

func TestThePackageIsBuiltFromWhatWasChosen(t *testing.T) {
	var built deployment.Deployment
	var logo []byte
	o := preview.Options{Build: func(_ context.Context, w io.Writer, d deployment.Deployment, l []byte) error {
		built, logo = d, l
		_, err := w.Write([]byte("xar!"))
		return err
	}}
	v := visit(t, serve(t, o).URL())
	c := chosen()
	c.Logo, c.Picture = "logo.png", base64.StdEncoding.EncodeToString(dot(t))
	if code, body := v.post("/package", c); code != 200 || body != "xar!" {
		t.Fatalf("%d %s", code, body)
	}
	if built.Identifier != c.Identifier || built.Settings["DeferralPeriod"] != int64(7200) || built.Messages["PromptHeading"] != "Hello" || !bytes.Equal(logo, dot(t)) {
		t.Errorf("%+v", built)
	}
	failing := preview.Options{Build: func(context.Context, io.Writer, deployment.Deployment, []byte) error {
		return errors.New("no compiler")
	}}
	if code, body := visit(t, serve(t, failing).URL()).post("/package", c); code != 422 || !strings.Contains(body, "no compiler") {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := visit(t, serve(t, preview.Options{}).URL()).post("/package", c); code != 404 {
		t.Errorf("where none can be built: %d", code)
	}
}

func TestNothingIsMadeOfWrongSettings(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	c := chosen()
	c.Desk.Values["PromptTimeout"] = "soon"
	for _, path := range []string{"/export/yaml", "/export/profile", "/export/schema"} {
		if code, body := v.post(path, c); code != 422 || !strings.Contains(body, `"key":"PromptTimeout"`) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	c = chosen()
	c.Identifier = "updates"
	if code, body := v.post("/export/profile", c); code != 422 || !strings.Contains(body, "not an identifier") {
		t.Errorf("%d %s", code, body)
	}
}

func TestPicturesOfIconsAreSeen(t *testing.T) {
	small, large := dot(t), append(dot(t), make([]byte, 100)...)
	folder := t.TempDir()
	for name, row := range map[string]struct {
		data []byte
		good bool
	}{
		"a PNG picture":               {small, true},
		"an icon":                     {icon([]byte("not a picture"), small, large), true},
		"an icon without any":         {icon([]byte("nothing")), false},
		"an icon that breaks off":     {icon(small)[:20], false},
		"an icon of a length of 0":    {[]byte("icns\x00\x00\x00\x10ic07\x00\x00\x00\x00"), false},
		"an icon longer than it is":   {[]byte("icns\x00\x00\x00\x10ic07\xff\xff\xff\xff"), false},
		"something else":              {[]byte("GIF89a"), false},
		"nothing":                     {nil, false},
		"a picture beyond all limits": {append(small, make([]byte, 5<<20)...), false},
	} {
		file := filepath.Join(folder, "logo")
		if err := os.WriteFile(file, row.data, 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := preview.ReadPicture(file)
		if good := err == nil; good != row.good {
			t.Errorf("%s: %v", name, err)
		}
		if !row.good {
			continue
		}
		v := visit(t, serve(t, preview.Options{Base: preview.Base{Logo: data}}).URL())
		if code, body := v.get("/logo"); code != 200 || !strings.HasPrefix(body, "\x89PNG") {
			t.Errorf("%s: %d", name, code)
		}
	}
	if _, err := preview.ReadPicture(filepath.Join(folder, "nowhere")); err == nil {
		t.Error("a picture that is not there is read")
	}
}
