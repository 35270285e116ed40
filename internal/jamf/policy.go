package jamf

import (
	"fmt"
	"strconv"
	"strings"
)

// Policy makes Macs do something when they check in, or when something else happens. It is what this package knows of
// one; the rest stays on the server as it is.
type Policy struct {
	ID              string
	Name            string
	Enabled         bool
	Category        Reference // zero for none
	Triggers        Triggers
	Frequency       Frequency
	Retry           Retry
	Scope           Scope
	Packages        []PolicyPackage
	Scripts         []PolicyScript
	UpdateInventory bool // afterwards
	SelfService     bool // people find it in Self Service
	tree            *element
}

// Triggers are what makes a policy run. None of them leaves it to Self Service.
type Triggers struct {
	CheckIn, EnrollmentComplete, Login, NetworkStateChanged, Startup bool
	Custom                                                           string // an event of `jamf policy -event`
}

// Frequency says how often a policy runs. The server takes any word, and stores "Once per computer" for those that it
// does not know.
type Frequency string

// How often.
const (
	OncePerComputer        Frequency = "Once per computer"
	OncePerUserPerComputer Frequency = "Once per user per computer"
	OncePerUser            Frequency = "Once per user"
	OnceEveryDay           Frequency = "Once every day"
	OnceEveryWeek          Frequency = "Once every week"
	OnceEveryMonth         Frequency = "Once every month"
	Ongoing                Frequency = "Ongoing"
)

// Frequencies are all there are.
func Frequencies() []Frequency {
	return []Frequency{
		OncePerComputer, OncePerUserPerComputer, OncePerUser, OnceEveryDay, OnceEveryWeek, OnceEveryMonth, Ongoing,
	}
}

// Retry says whether a policy that failed runs again. The server has it with [OncePerComputer] only.
type Retry struct {
	Event    RetryEvent
	Attempts int // 1 to 10; of no use with RetryNever
}

// RetryEvent is when.
type RetryEvent string

// When a policy that failed runs again.
const (
	RetryNever     RetryEvent = "none"
	RetryOnTrigger RetryEvent = "trigger"
	RetryOnCheckIn RetryEvent = "check-in"
)

// RetryEvents are all there are.
func RetryEvents() []RetryEvent { return []RetryEvent{RetryNever, RetryOnTrigger, RetryOnCheckIn} }

// PackageAction is what a policy does with a package.
type PackageAction string

// What is done with a package.
const (
	PackageInstall       PackageAction = "Install"
	PackageCache         PackageAction = "Cache"
	PackageInstallCached PackageAction = "Install Cached"
)

// PackageActions are all there are.
func PackageActions() []PackageAction {
	return []PackageAction{PackageInstall, PackageCache, PackageInstallCached}
}

// PolicyPackage is a package in a policy.
type PolicyPackage struct {
	ID     string
	Name   string // not written
	Action PackageAction
}

// ScriptTime says whether a script runs before or after the rest of a policy.
type ScriptTime string

// When a script runs.
const (
	RunBefore ScriptTime = "Before"
	RunAfter  ScriptTime = "After"
)

// ScriptTimes are all there are.
func ScriptTimes() []ScriptTime { return []ScriptTime{RunBefore, RunAfter} }

// PolicyScript is a script in a policy.
type PolicyScript struct {
	ID         string
	Name       string // not written
	Time       ScriptTime
	Parameters [8]string // 4 to 11
}

// readPolicy reads a policy.
func readPolicy(e *element) Policy {
	general := e.child("general")
	attempts, _ := strconv.Atoi(strings.TrimSpace(general.value("retry_attempts")))
	p := Policy{
		tree: e, ID: strings.TrimSpace(general.value("id")), Name: general.value("name"),
		Enabled: general.is("enabled"),
		Triggers: Triggers{
			CheckIn: general.is("trigger_checkin"), EnrollmentComplete: general.is("trigger_enrollment_complete"),
			Login: general.is("trigger_login"), NetworkStateChanged: general.is("trigger_network_state_changed"),
			Startup: general.is("trigger_startup"), Custom: general.value("trigger_other"),
		},
		Frequency: Frequency(general.value("frequency")),
		Retry:     Retry{Event: RetryEvent(general.value("retry_event")), Attempts: attempts},
		Category:  category(general), Scope: readScope(e.child("scope")),
		UpdateInventory: e.is("maintenance", "recon"),
		SelfService:     e.is("self_service", "use_for_self_service"),
	}
	if p.Retry.Event == "" {
		p.Retry.Event = RetryNever
	}
	for _, r := range e.child("package_configuration", "packages").all("package") {
		p.Packages = append(p.Packages, PolicyPackage{
			ID: r.reference().ID, Name: r.reference().Name, Action: PackageAction(r.value("action")),
		})
	}
	for _, r := range e.child("scripts").all("script") {
		script := PolicyScript{ID: r.reference().ID, Name: r.reference().Name, Time: ScriptTime(r.value("priority"))}
		for i := range script.Parameters {
			script.Parameters[i] = r.value(parameterName(i))
		}
		p.Scripts = append(p.Scripts, script)
	}
	return p
}

// category is what an object is sorted under; -1 stands for nothing.
func category(general *element) Reference {
	if c := general.child("category"); c != nil && c.reference().ID != "-1" {
		return c.reference()
	}
	return Reference{}
}

// parameterName is how a script's parameter is called; the first three are Jamf's.
func parameterName(i int) string { return "parameter" + strconv.Itoa(i+4) }

// refuse refuses what the server would store as something else.
func (p Policy) refuse() error {
	if err := refuseName(p.Name); err != nil {
		return err
	}
	if err := refuseWord("frequency", p.Frequency, Frequencies()); err != nil {
		return err
	}
	if err := p.Retry.refuse(p.Frequency); err != nil {
		return err
	}
	for _, r := range p.Packages {
		if err := refuseUse("package", r.ID, refuseWord("action", r.Action, PackageActions())); err != nil {
			return err
		}
	}
	for _, r := range p.Scripts {
		if err := refuseUse("script", r.ID, refuseWord("time", r.Time, ScriptTimes())); err != nil {
			return err
		}
	}
	if p.Category.ID != "" {
		if err := checkID(p.Category.ID); err != nil {
			return fmt.Errorf("category: %w", err)
		}
	}
	return p.Scope.refuse()
}

func refuseUse(noun, id string, word error) error {
	if err := checkID(id); err != nil {
		return fmt.Errorf("%s: %w", noun, err)
	}
	if word != nil {
		return fmt.Errorf("%s %s: %w", noun, id, word)
	}
	return nil
}

func (r Retry) refuse(f Frequency) error {
	if err := refuseWord("retry event", r.Event, RetryEvents()); err != nil {
		return err
	}
	switch {
	case r.Event == RetryNever:
		return nil
	case f != OncePerComputer:
		return fmt.Errorf("%w: a policy runs again after a failure with frequency %q only", ErrRefused, OncePerComputer)
	case r.Attempts < 1 || r.Attempts > 10:
		return fmt.Errorf("%w: %d attempts are not from 1 to 10", ErrRefused, r.Attempts)
	}
	return nil
}
