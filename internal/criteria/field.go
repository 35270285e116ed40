package criteria

import "slices"

// Kind is what a field holds, and so which operators make sense.
type Kind string

// The kinds of fields.
const (
	Text       Kind = "text"
	Version    Kind = "version"                 // the server compares its numbers
	AppVersion Kind = "version of applications" // compared here, by regular expressions
	YesNo      Kind = "yes or no"
	Group      Kind = "computer group"
	Date       Kind = "date"
	List       Kind = "list"
	Open       Kind = "anything" // it is not known what
)

// Field is something of a Mac that can be tested.
type Field struct {
	Name string // readable
	Jamf string // the name of the criterion in Jamf Pro
	Kind Kind
	Help string
}

const groupCriterion = "Computer Group"

// Fields are those that have a readable name. The names of Jamf's criteria are as its own source has them; of some it is
// not known for sure, see the reference of this project's sources.
func Fields() []Field {
	return []Field{
		{"os_version", "Operating System Version", Version, "the version of macOS, compared number by number"},
		{"os_build", "Operating System Build", Text, "the build of macOS, as 24G84"},
		{"os_rapid_response", "Operating System Rapid Security Response", Text, "as (a)"},
		{"app_title", "Application Title", Text, "the name of an application, as Safari.app"},
		{"app_version", "Application Version", AppVersion, "the version of an application; with app_title beside it"},
		{"computer_group", groupCriterion, Group, "another group, smart or static"},
		{"serial", "Serial Number", Text, "the serial number"},
		{"model", "Model Identifier", Text, "the model, as MacBookPro18,3"},
		{"architecture", "Architecture Type", Text, "arm64 or i386, x86_64"},
		{"apple_silicon", "Apple Silicon", YesNo, "whether it has Apple silicon"},
		{"supervised", "Supervised", YesNo, "whether it is supervised"},
		{"user_approved_mdm", "User Approved MDM", YesNo, "whether its management was approved"},
		{"bootstrap_token_escrowed", "Bootstrap Token Escrowed", YesNo, "whether its bootstrap token is with Jamf Pro"},
		{"ddm_enabled", "Declarative Device Management Enabled", Text, "declarative management, in the word that your server shows"},
		{"filevault", "FileVault 2 Status", Text, "as Boot Encrypted"},
		{"last_inventory", "Last Inventory Update", Date, "when it last sent its inventory"},
		{"mdm_profile_expires", "MDM Profile Expiration Date", Date, "when its MDM profile expires"},
		{"jamf_version", "Jamf Binary Version", Text, "the version of the jamf program"},
		{"profile_name", "Profile Name", List, "the name of a configuration profile that it has"},
	}
}

// Lookup finds a field by its readable name.
func Lookup(name string) (Field, bool) {
	fields := Fields()
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}

// FieldNames are the readable names, and those that stand for what has none.
func FieldNames() []string {
	var names []string
	for _, f := range Fields() {
		names = append(names, f.Name)
	}
	return append(names, Criterion, Attribute)
}

// KindOf is the kind of a field; of what is named in full it is not known, unless it is a criterion that has a name here.
func (t Test) KindOf() Kind {
	name := t.criterion()
	if t.Field == Attribute {
		return Open
	}
	for _, f := range Fields() {
		if f.Jamf == name {
			return f.Kind
		}
	}
	return Open
}

// Operator is how a field is compared with a value.
type Operator struct {
	Name   string // readable
	Jamf   string // in Jamf's words
	Values ValueKind
	Denies bool // it says what may not be
	Kinds  []Kind
}

// ValueKind is what a value has to be.
type ValueKind string

// What values are.
const (
	AnyText    ValueKind = "a text"
	Expression ValueKind = "a regular expression"
	Numbers    ValueKind = "a version or a number"
	Day        ValueKind = "a date, as 2026-12-01"
	Days       ValueKind = "a number of days"
)

// Operators are all that Jamf Pro has, by readable names.
func Operators() []Operator {
	texts := []Kind{Text, Version, AppVersion, Open}
	versions := []Kind{Version, AppVersion, Open}
	dates := []Kind{Date, Open}
	return []Operator{
		{"is", "is", AnyText, false, append([]Kind{YesNo}, texts...)},
		{"is_not", "is not", AnyText, true, append([]Kind{YesNo}, texts...)},
		{"like", "like", AnyText, false, texts},
		{"not_like", "not like", AnyText, true, texts},
		{"matches", "matches regex", Expression, false, texts},
		{"does_not_match", "does not match regex", Expression, true, texts},
		{"less_than", "less than", Numbers, false, versions},
		{"at_most", "less than or equal", Numbers, false, versions},
		{"greater_than", "greater than", Numbers, false, versions},
		{"at_least", "greater than or equal", Numbers, false, versions},
		{"more_than", "more than", Numbers, false, []Kind{Open}},
		{"has", "has", AnyText, false, []Kind{List, Open}},
		{"does_not_have", "does not have", AnyText, true, []Kind{List, Open}},
		{"member_of", "member of", AnyText, false, []Kind{Group}},
		{"not_member_of", "not member of", AnyText, true, []Kind{Group}},
		{"before", "before (yyyy-mm-dd)", Day, false, dates},
		{"after", "after (yyyy-mm-dd)", Day, false, dates},
		{"more_than_days_ago", "more than x days ago", Days, false, dates},
		{"less_than_days_ago", "less than x days ago", Days, false, dates},
		{"in_more_than_days", "in more than x days", Days, false, dates},
		{"in_less_than_days", "in less than x days", Days, false, dates},
	}
}

// LookupOperator finds an operator by its readable name.
func LookupOperator(name string) (Operator, bool) {
	all := Operators()
	i := slices.IndexFunc(all, func(o Operator) bool { return o.Name == name })
	if i < 0 {
		return Operator{}, false
	}
	return all[i], true
}

// OperatorsOf are the readable names of those that fit a kind of field.
func OperatorsOf(k Kind) []string {
	var names []string
	for _, o := range Operators() {
		if slices.Contains(o.Kinds, k) {
			names = append(names, o.Name)
		}
	}
	return names
}
