package macos

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// logFile is a Ledger that holds one text.
type logFile struct {
	text string
	err  error
}

func (logFile) Append(string, []byte, fs.FileMode) error {
	return errors.New("nothing is written here")
}

func (l logFile) Tail(path string, most int64) ([]byte, error) {
	if path != installLogPath || most <= 0 {
		return nil, fmt.Errorf("%s, %d", path, most)
	}
	return []byte(l.text), l.err
}

func east(t testing.TB) *time.Location {
	t.Helper()
	return time.FixedZone("UTC-5", -5*60*60)
}

// record is a record of declarations, each of a version, a build and a date.
func record(t testing.TB, declarations ...[3]string) string {
	t.Helper()
	all := map[string]any{}
	for i, d := range declarations {
		entry := map[string]any{"TargetOSVersion": d[0], "TargetLocalDateTime": d[2], "DetailsURL": "https://it.example", "RMStoreDeclarationKey": "key"}
		if d[1] != "" {
			entry["TargetBuildVersion"] = d[1]
		}
		all[fmt.Sprintf("declaration-%d", i)] = entry
	}
	data, err := plist.Encode(map[string]any{"SUCorePersistedStatePolicyFields": map[string]any{
		"Declarations": all, "SUCoreDDMDeclarationGlobalSettings": map[string]any{"automaticallyDownload": int64(1)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// declared is a line of the install log that names a declaration.
func declared(stamp, version, build, date string) string {
	return stamp + " host softwareupdated[754]: -[SUOSUManagedServiceDaemon declarationFromKeys]: Found currently applicable declaration: " +
		"SUCoreDDMDeclaration (DeclarationKey:k|EnforcedInstallDate:" + date + "|VersionString:" + version + "|BuildVersionString:" + build +
		"|DetailsURL:(null)|companyName:(null)|NotificationsEnabled:YES)\n"
}

// padded is a line of the install log that sets another date.
func padded(stamp, date string) string {
	return stamp + " host SoftwareUpdateNotificationManager[812]: -[SUOSUEnforcementController setPastDue]: setPastDuePaddedEnforcementDate is set: " + date + "\n"
}

const (
	sequoia     = "15.7.2"
	sequoias    = "24G325"
	onThursday  = "2025-11-13T09:00:00"
	earlier     = "2025-11-12 22:00:00-05"
	before      = "2025-11-13 08:59:56-05"
	after       = "2025-11-13 09:59:56-05"
	atEleven    = "Thu Nov 13 10:59:56 2025"
	noUpdates   = "2025-11-13 09:00:01-05 host softwareupdated[754]: SUOSUServiceDaemon: No updates found for DDM to enforce\n"
	somethingIs = "2025-11-13 08:00:00-05 host system_installd[933]: Installed \"MRTConfigData\" (1.72)\n"
)

func TestTheDeclarationThatMacOSGoesBy(t *testing.T) {
	zone := east(t)
	thursday := time.Date(2025, time.November, 13, 9, 0, 0, 0, zone)
	eleven := time.Date(2025, time.November, 13, 10, 59, 56, 0, zone)
	one := [3]string{sequoia, sequoias, onThursday}
	later := [3]string{"26.1", "", "2025-12-01T09:00:00"}
	line := declared(before, sequoia, sequoias, onThursday)
	agreed := Declaration{Version: sequoia, Build: sequoias, Enforced: thursday, Agreed: true}
	alone := Declaration{Version: sequoia, Build: sequoias, Enforced: thursday}
	withPadding := agreed
	withPadding.Padded = eleven
	const silent, contradicts = "The install log says nothing", "No declaration is trusted: recorded is macOS 15.7.2 (24G325) by 2025-11-13 09:00:00, and the install log speaks of "
	for _, row := range []struct {
		name    string
		record  [][3]string
		log     string
		want    Declaration
		problem string // how the one problem begins; empty for none
	}{
		{"record and log agree", [][3]string{one}, somethingIs + line + somethingIs, agreed, ""},
		{"the log has no build", [][3]string{one}, declared(before, sequoia, "(null)", onThursday), agreed, ""},
		{"the record has no build", [][3]string{{sequoia, "", onThursday}}, line, Declaration{Version: sequoia, Enforced: thursday, Agreed: true}, ""},
		{"the older wording of the log", [][3]string{one}, strings.Replace(line, "Found currently", "Falling back to default", 1), agreed, ""},
		{"a zone with minutes", [][3]string{one}, strings.Replace(line, "-05 ", "-0500 ", 1), agreed, ""},
		{"the log is silent", [][3]string{one}, somethingIs, alone, silent},
		{"the log was just rotated", [][3]string{one}, "", alone, silent},
		{"the log alone is not believed", nil, line, Declaration{}, ""},
		{"the log names another version", [][3]string{one}, declared(before, "15.7.3", "(null)", onThursday), Declaration{}, contradicts + "macOS 15.7.3 by 2025-11-13 09:00:00."},
		{"the log names another build", [][3]string{one}, declared(before, sequoia, "24G999", onThursday), Declaration{}, contradicts + "macOS 15.7.2 (24G999) by"},
		{"the log names another date", [][3]string{one}, declared(before, sequoia, sequoias, "2025-11-20T09:00:00"), Declaration{}, contradicts + "macOS 15.7.2 (24G325) by 2025-11-20"},
		{"an older line names another date", [][3]string{one}, declared(earlier, sequoia, sequoias, "2025-11-20T09:00:00") + line, agreed, ""},
		{"a newer line names another version", [][3]string{one}, line + declared(after, "15.7.3", "(null)", onThursday), Declaration{}, contradicts + "macOS 15.7.3"},
		{"a line repeats what is done", [][3]string{one}, line + declared(after, "15.6.1", "24G90", "2025-09-01T09:00:00"), agreed, ""},
		{"only what is done is repeated", [][3]string{one}, declared(after, "15.6.1", "24G90", "2025-09-01T09:00:00"), alone, silent},
		{"what is recorded is done", [][3]string{{"15.7.1", "24G231", onThursday}}, line, Declaration{}, ""},
		{"what is recorded is older", [][3]string{{"15.6", "", onThursday}}, line, Declaration{}, ""},
		{"a later build of what runs is not done", [][3]string{{"15.7.1", "24G232", onThursday}}, "", Declaration{Version: "15.7.1", Build: "24G232", Enforced: thursday}, silent},
		{"of two the earlier applies first", [][3]string{later, one}, line, agreed, ""},
		{"of two on one day the newer one", [][3]string{{"15.7.2", "", onThursday}, {"26.1", "", onThursday}}, declared(before, "26.1", "(null)", onThursday), Declaration{Version: "26.1", Enforced: thursday, Agreed: true}, ""},
		{"the log speaks of both, the later last", [][3]string{later, one}, line + declared(after, "26.1", "(null)", later[2]), agreed, ""},
		{"the log speaks of the later only", [][3]string{later, one}, declared(after, "26.1", "(null)", later[2]), Declaration{}, contradicts + "macOS 26.1"},
		{"macOS found no such update", [][3]string{one}, line + noUpdates, Declaration{}, "No declaration is trusted: recorded is macOS 15.7.2 (24G325) by 2025-11-13 09:00:00, and the install log says that no such update was found."},
		{"macOS found none before it was declared", [][3]string{one}, noUpdates + declared(after, sequoia, sequoias, onThursday), agreed, ""},
		{"another program writes to the log", [][3]string{one}, strings.Replace(declared(after, "99.1", "(null)", onThursday), "softwareupdated[", "logger[", 1), alone, silent},
		{"a line that is cut at its beginning", [][3]string{one}, "3 host softwareupdated[754]: |EnforcedInstallDate:2030-01-01T00:00:00|VersionString:99|\n" + line, agreed, ""},
		{"a line that is cut at its end", [][3]string{one}, line + strings.TrimSuffix(declared(after, sequoia, sequoias, onThursday), "|VersionString:"+sequoia+"|BuildVersionString:"+sequoias+"|DetailsURL:(null)|companyName:(null)|NotificationsEnabled:YES)\n"), agreed, ""},
		{"a date of macOS's own", [][3]string{one}, line + padded(after, atEleven), withPadding, ""},
		{"it is repeated", [][3]string{one}, line + padded(after, "Thu Nov 13 09:59:56 2025") + line + padded(after, atEleven) + line, withPadding, ""},
		{"it has a day of one digit", [][3]string{{sequoia, sequoias, "2025-11-13T09:00:00"}}, line + padded(after, "Thu Nov  6 10:59:56 2025"), agreed, ""},
		{"it is before the declared one", [][3]string{one}, line + padded(after, "Thu Nov 13 08:59:56 2025"), agreed, ""},
		{"it is further ahead than macOS sets it", [][3]string{one}, line + padded(after, "Fri Nov 13 10:59:56 2026"), agreed, ""},
		{"it is over for more than a day", [][3]string{{sequoia, sequoias, "2025-11-11T09:00:00"}}, declared("2025-11-11 08:00:00-05", sequoia, sequoias, "2025-11-11T09:00:00") + padded("2025-11-11 09:30:00-05", "Tue Nov 11 10:30:00 2025"), Declaration{Version: sequoia, Build: sequoias, Enforced: thursday.AddDate(0, 0, -2), Agreed: true}, ""},
		{"it is no date", [][3]string{one}, line + padded(after, "soon"), agreed, ""},
		{"it came before the declaration", [][3]string{one}, padded(after, atEleven) + line, agreed, ""},
		{"another declaration follows it, of the record too", [][3]string{one, later}, line + padded(after, atEleven) + declared(after, "26.1", "(null)", later[2]), agreed, ""},
		{"what is done follows it", [][3]string{one}, line + padded(after, atEleven) + declared(after, "15.6.1", "24G90", "2025-09-01T09:00:00"), withPadding, ""},
		{"without a declaration nothing is said", nil, padded(after, atEleven), Declaration{}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			host := Host{Tree: tree{data: map[string]string{declarationsPath: record(t, row.record...)}}, Ledger: logFile{text: row.log}}
			got, problems, err := Declarations{Host: host}.Current(thursday.Add(90*time.Minute), Version{"15.7.1", "24G231"}, zone)
			if diff := cmp.Diff(row.want, got); diff != "" || err != nil {
				t.Errorf("%v, %q: %s", err, problems, diff)
			}
			if row.problem == "" && len(problems) > 0 || row.problem != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0], row.problem)) {
				t.Errorf("problems %q, want %q", problems, row.problem)
			}
		})
	}
}

func TestARecordThatCannotBeUsed(t *testing.T) {
	zone := east(t)
	now := time.Date(2025, time.November, 13, 9, 0, 0, 0, zone)
	xml := func(body string) string { return "<plist><dict>" + body + "</dict></plist>" }
	for _, row := range []struct {
		name, record string
		problems     []string
		err          string
	}{
		{"an empty one", xml(""), nil, ""},
		{"settings only", xml("<key>SUCorePersistedStatePolicyFields</key><dict><key>SUCoreDDMDeclarationGlobalSettings</key><dict/></dict>"), nil, ""},
		{"fields that are a text", xml("<key>SUCorePersistedStatePolicyFields</key><string>x</string>"), nil, ""},
		{"declarations that are a list", xml("<key>SUCorePersistedStatePolicyFields</key><dict><key>Declarations</key><array/></dict>"), []string{"The record of declarations is not used: it holds a []interface {}."}, ""},
		{"a declaration that is a text", xml("<key>SUCorePersistedStatePolicyFields</key><dict><key>Declarations</key><dict><key>k</key><string>x</string></dict></dict>"), []string{`A declaration is not used: "" is not a version of macOS.`}, ""},
		{"a version that is none", record(t, [3]string{"$(reboot)", "", onThursday}), []string{`A declaration is not used: "$(reboot)" is not a version of macOS.`}, ""},
		{"a date that is none", record(t, [3]string{"26", "", "tomorrow"}), []string{`The declaration of macOS 26 is not used: "tomorrow" is not a date.`}, ""},
		{"a file that is broken", "<plist><dict>", nil, "read declarations: read " + declarationsPath + ": read property list: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			host := Host{Tree: tree{data: map[string]string{declarationsPath: row.record}}, Ledger: logFile{}}
			got, problems, err := Declarations{Host: host}.Current(now, Version{"15.7.1", "24G231"}, zone)
			if !got.None() || cmp.Diff(row.problems, problems) != "" || !strings.HasPrefix(errorText(err), row.err) || (err != nil) != (row.err != "") {
				t.Errorf("got %v, %q, %v", got, problems, err)
			}
		})
	}
	if got, problems, err := (Declarations{Host: Host{Tree: tree{}}}).Current(now, Version{}, zone); !got.None() || problems != nil || err != nil {
		t.Errorf("a Mac without a record: %v, %q, %v", got, problems, err)
	}
}

func TestALogThatCannotBeRead(t *testing.T) {
	zone := east(t)
	now := time.Date(2025, time.November, 12, 9, 0, 0, 0, zone)
	for _, row := range []struct {
		err      error
		problems int
	}{{fs.ErrNotExist, 1}, {fs.ErrPermission, 2}, {ErrLink, 2}} {
		host := Host{Tree: tree{data: map[string]string{declarationsPath: record(t, [3]string{sequoia, "not a build", onThursday})}}, Ledger: logFile{err: row.err}}
		got, problems, err := Declarations{Host: host}.Current(now, Version{"15.7.1", "24G231"}, zone)
		if got.Agreed || got.Version != sequoia || got.Build != "" || len(problems) != row.problems || err != nil {
			t.Errorf("%v: %v, %q, %v", row.err, got, problems, err)
		}
	}
}

func TestWhenADeclarationIsDue(t *testing.T) {
	at := time.Date(2025, time.November, 13, 9, 0, 0, 0, time.UTC)
	d := Declaration{Version: "26.1", Enforced: at}
	if !d.Due().Equal(at) || d.None() || d.String() != "macOS 26.1 by 2025-11-13 09:00:00" {
		t.Errorf("%v is due at %v", d, d.Due())
	}
	d.Padded = at.Add(time.Hour)
	if !d.Due().Equal(at.Add(time.Hour)) {
		t.Errorf("%v is due at %v", d, d.Due())
	}
}

func TestACapturedInstallLogHoldsNoDeclaration(t *testing.T) {
	for _, file := range corpusFiles(t, "install-log") {
		for entry := range declaredEntries(readCorpus(t, file, &struct{}{}), time.UTC) {
			t.Errorf("%s: %+v", file, entry)
		}
	}
}
