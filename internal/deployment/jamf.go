package deployment

import (
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
)

// Jamf is what a Jamf Pro server is to hold, and which Macs get what when. What is left out is not looked at there. A
// section that is there has a value everywhere: that of the file, or the usual one.
type Jamf struct {
	URL        string // of the server; empty where the environment says it
	Category   string // of what has one; empty for none
	Package    JamfPackage
	Attributes *JamfAttributes
	Groups     []JamfGroup
	Profile    *JamfProfile
	Policy     *JamfPolicy
	Uninstall  *JamfUninstall
	Stages     []JamfStage // in order; with a policy
}

// JamfPackage is how the installer package is kept.
type JamfPackage struct {
	File     string // its name, with {version} in it: a name that Macs know never gets another file
	Priority int    // 1 to 20
	Notes    string
}

// JamfAttributes are the extension attributes that tell what the report of a Mac says.
type JamfAttributes struct {
	Prefix string   // of their names
	Fields []string // names of [AttributeFields], in the order of that table
}

// JamfGroup is a smart group.
type JamfGroup struct {
	Name         string
	Description  string
	UpdateNeeded bool // a Mac in it lacks an update
	Criteria     criteria.Node
}

// JamfProfile is the configuration profile with the settings.
type JamfProfile struct {
	Name         string
	Distribution string   // a word of [JamfDistributions]
	Redeploy     string   // a word of [JamfRedeploys]
	Groups       []string // that get it; none for those of all stages
	Exclusions   []string // groups that do not
}

// JamfPolicy is the policy that installs the package. It is never in Self Service.
type JamfPolicy struct {
	Name            string
	Triggers        []string // words of [JamfTriggers], in the order of that table
	Event           string   // of `jamf policy -event`; empty for none
	Frequency       string   // a word of [JamfFrequencies]
	Retries         int      // after a failure, at check-in; 0 for none; with once_per_computer only
	UpdateInventory bool     // afterwards
	Exclusions      []string // groups that it is not for
}

// JamfUninstall is the policy that removes the program again, from the Macs of a smart group that have it. It is turned off
// until a rollback asks for it.
type JamfUninstall struct {
	Name      string
	Group     string // the name of that group
	Event     string
	Frequency string
}

// JamfStage is a step of a rollout: the policy is for the groups of the stages up to it.
type JamfStage struct {
	Name   string
	Groups []string
	Soak   time.Duration // how long it lasts at least, in whole seconds
	Gate   JamfGate
}

// JamfGate is what has to hold of a stage before the next one begins, in percent. Nil is for what does not matter.
type JamfGate struct {
	MinReporting *int // of the Macs in scope have reported lately
	MaxFailed    *int // of those that tell how they are have failed
	MinFinished  *int // of the Macs in scope have nothing left to install
}

// JamfWord is a word of the file with what it is in Jamf Pro.
type JamfWord struct{ Name, Jamf string }

// JamfFrequencies are how often a policy can run. Those that count users are left out: nobody logs in for the daemon.
func JamfFrequencies() []JamfWord {
	return []JamfWord{
		{"once_per_computer", "Once per computer"},
		{"once_every_day", "Once every day"},
		{"once_every_week", "Once every week"},
		{"once_every_month", "Once every month"},
		{"ongoing", "Ongoing"},
	}
}

// JamfTriggers are what makes a policy run, besides an event of one's own.
func JamfTriggers() []JamfWord {
	return []JamfWord{
		{"check_in", "trigger_checkin"},
		{"enrollment", "trigger_enrollment_complete"},
		{"login", "trigger_login"},
		{"startup", "trigger_startup"},
		{"network_change", "trigger_network_state_changed"},
	}
}

// JamfDistributions are how a profile gets to Macs.
func JamfDistributions() []JamfWord {
	return []JamfWord{{"automatic", "Install Automatically"}, {"self_service", "Make Available in Self Service"}}
}

// JamfRedeploys are who gets a profile anew when it changes.
func JamfRedeploys() []JamfWord {
	return []JamfWord{{"all", "All"}, {"newly_assigned", "Newly Assigned"}}
}

// InJamf is a word in Jamf's words.
func InJamf(words []JamfWord, name string) string {
	for _, w := range words {
		if w.Name == name {
			return w.Jamf
		}
	}
	return ""
}

func wordNames(words []JamfWord) []string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.Name
	}
	return names
}

// AttributeType is what an extension attribute holds.
type AttributeType string

// What extension attributes hold.
const (
	AttributeText   AttributeType = "text"
	AttributeNumber AttributeType = "number"
	AttributeDate   AttributeType = "date"
)

// AttributeField is a field of a Mac's report that can be an extension attribute.
type AttributeField struct {
	Name  string // as in report.json
	Title string // the rest of the attribute's name
	Type  AttributeType
	Help  string
}

// StatusField is the field that says where a Mac stands.
const StatusField = "status"

// AttributeFields are all there are. Their names are those of report.json, see schema/report.schema.json.
func AttributeFields() []AttributeField {
	return []AttributeField{
		{StatusField, "Status", AttributeText, "where the Mac stands, in one word; Not installed where the program is not there"},
		{"reason", "Reason", AttributeText, "why, as a code"},
		{"blockers", "Blockers", AttributeText, "what stands in the way of the updates"},
		{"phase", "Phase", AttributeText, "where the round stands, as the daemon has it"},
		{"deadline", "Deadline", AttributeDate, "when updates are enforced; blank for no deadline"},
		{"deadline_by", "Deadline By", AttributeText, "what the deadline rests on"},
		{"method", "Method", AttributeText, "how the updates are installed"},
		{"method_reason", "Method Reason", AttributeText, "why they are installed so"},
		{"deferrals", "Deferrals", AttributeNumber, "how often the person has deferred in this round"},
		{"prompts", "Prompts", AttributeNumber, "how often the person was asked in this round"},
		{"pending", "Pending Updates", AttributeText, "the names of the updates to be enforced"},
		{"pending_count", "Pending Count", AttributeNumber, "how many those are"},
		{"last_look", "Last Look", AttributeDate, "when Software Update last gave a conclusive answer"},
		{"last_error", "Last Error", AttributeText, "what went wrong last in this round"},
		{"journal", "Journal", AttributeText, "where the journal ends: its last number and the beginning of its hash"},
		{"journal_whole", "Journal Whole", AttributeText, "yes, or where the journal was changed"},
		{"version", "Version", AttributeText, "the version of install-or-deferd"},
	}
}

// LookupAttribute finds a field by its name.
func LookupAttribute(name string) (AttributeField, bool) {
	for _, f := range AttributeFields() {
		if f.Name == name {
			return f, true
		}
	}
	return AttributeField{}, false
}

// AttributeName is the name of the extension attribute for a field.
func (a JamfAttributes) AttributeName(field string) string {
	f, _ := LookupAttribute(field)
	return a.Prefix + f.Title
}

// Has tells whether there is an extension attribute for a field. A nil receiver has none.
func (a *JamfAttributes) Has(field string) bool { return a != nil && slices.Contains(a.Fields, field) }

// VersionMark stands for the version in the name of a package's file.
const VersionMark = "{version}"

// FileName is the name of the package's file for a version.
func (p JamfPackage) FileName(version string) string {
	return strings.ReplaceAll(p.File, VersionMark, version)
}

// The usual values.
const (
	usualFile     = "install-or-defer-" + VersionMark + ".pkg"
	usualPrefix   = "Install or Defer - "
	usualName     = "Install or Defer"
	usualEvent    = "install-or-defer"
	usualPriority = 10
)

func usualPackage() JamfPackage { return JamfPackage{File: usualFile, Priority: usualPriority} }

func usualAttributes() JamfAttributes {
	return JamfAttributes{
		Prefix: usualPrefix,
		Fields: []string{StatusField, "reason", "blockers", "deadline", "deferrals", "pending", "journal", "version"},
	}
}

func usualProfile() JamfProfile {
	return JamfProfile{Name: usualName, Distribution: "automatic", Redeploy: "all"}
}

func usualPolicy() JamfPolicy {
	return JamfPolicy{
		Name: usualName, Triggers: []string{"check_in"}, Event: usualEvent, Frequency: "once_every_week", UpdateInventory: true,
	}
}

func usualUninstall() JamfUninstall {
	return JamfUninstall{
		Name: usualName + " - Uninstall", Group: usualName + " - Installed", Event: usualEvent + "-uninstall", Frequency: "once_every_day",
	}
}
