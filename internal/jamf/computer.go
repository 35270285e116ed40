package jamf

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Section is a part of a computer's record. The fewer are asked for, the sooner the server answers.
type Section string

// The sections that this package reads something of.
const (
	SectionGeneral    Section = "GENERAL"
	SectionHardware   Section = "HARDWARE"
	SectionSystem     Section = "OPERATING_SYSTEM"
	SectionSecurity   Section = "SECURITY"
	SectionStorage    Section = "STORAGE"
	SectionGroups     Section = "GROUP_MEMBERSHIPS"
	SectionUser       Section = "USER_AND_LOCATION"
	SectionPurchasing Section = "PURCHASING"
	SectionAttributes Section = "EXTENSION_ATTRIBUTES"
)

// Sections are all that this package reads something of. Extension attributes are in the section where the server
// displays them, so not all of them are in [SectionAttributes].
func Sections() []Section {
	return []Section{
		SectionGeneral, SectionHardware, SectionSystem, SectionSecurity, SectionStorage,
		SectionGroups, SectionUser, SectionPurchasing, SectionAttributes,
	}
}

// ComputerQuery says which computers to go through, and what to read of them.
type ComputerQuery struct {
	Sections []Section // at least one
	Filter   string    // in RSQL; empty for all
	PageSize int       // 0 for 500
}

// Computer is a Mac's inventory record: what this package knows of it. Fields of sections that were not asked for are
// zero, and so is what the server left out or said in a form that is not known.
type Computer struct {
	ID, UDID, Name    string
	Serial            string
	Model             string // identifier, such as MacBookPro18,3
	AppleSilicon      bool
	ManagementID      string
	Managed           bool
	Supervised        bool
	UserApprovedMDM   bool
	Declarative       bool      // declarative device management is on
	LastContact       time.Time // the last check-in
	Reported          time.Time // the last inventory, which is how old everything else here is
	SystemVersion     string
	SystemBuild       string
	BootstrapToken    string // ESCROWED, NOT_ESCROWED, NOT_SUPPORTED
	FreeMegabytes     int64  // on the start volume
	User              string
	Groups            []ComputerGroup
	Attributes        []AttributeValue
	MissingAttributes bool // the record holds no extension attributes at all, in any section
}

// AttributeValue is what a Mac reports for an extension attribute.
type AttributeValue struct {
	DefinitionID string
	Name         string
	Values       []string // mostly one; none or an empty one if the Mac has not reported any
}

// Attribute is the first value of an extension attribute by its name.
func (c Computer) Attribute(name string) (string, bool) {
	for _, a := range c.Attributes {
		if a.Name == name && len(a.Values) > 0 {
			return a.Values[0], true
		}
	}
	return "", false
}

// Computers goes through computers, page by page, by id. An error ends it.
func (c *Client) Computers(ctx context.Context, query ComputerQuery) iter.Seq2[Computer, error] {
	return func(yield func(Computer, error) bool) {
		more := true
		err := refuseSections(query.Sections)
		if err == nil {
			err = c.newest(ctx, inventoryPaths, func(root string) error {
				for row, err := range c.rows(ctx, query.list(root)) {
					if err != nil {
						return err
					}
					computer, err := readComputer(row)
					if err != nil {
						return err
					}
					if more = yield(computer, nil); !more {
						return nil
					}
				}
				return nil
			})
		}
		if err != nil && more {
			yield(Computer{}, fmt.Errorf("list computers: %w", err))
		}
	}
}

func (q ComputerQuery) list(root string) list {
	of := list{path: root, size: q.PageSize, query: url.Values{"sort": {"id:asc"}}}
	if of.size <= 0 {
		of.size = 500
	}
	for _, s := range q.Sections { // repeated, not joined
		of.query.Add("section", string(s))
	}
	if q.Filter != "" {
		of.query.Set("filter", q.Filter)
	}
	return of
}

func refuseSections(sections []Section) error {
	if len(sections) == 0 {
		return fmt.Errorf("%w: no section is asked for", ErrRefused)
	}
	for _, s := range sections {
		if err := refuseWord("section", s, Sections()); err != nil {
			return err
		}
	}
	return nil
}

// Computer reads some sections of one computer.
func (c *Client) Computer(ctx context.Context, id string, sections ...Section) (Computer, error) {
	computer, err := c.computer(ctx, id, sections)
	if err != nil {
		return Computer{}, fmt.Errorf("read computer %s: %w", oneLine(id), err)
	}
	return computer, nil
}

func (c *Client) computer(ctx context.Context, id string, sections []Section) (Computer, error) {
	if err := checkID(id); err != nil {
		return Computer{}, err
	}
	if err := refuseSections(sections); err != nil {
		return Computer{}, err
	}
	v, err := c.version(ctx)
	if err != nil {
		return Computer{}, err
	}
	query := url.Values{}
	for _, s := range sections {
		query.Add("section", string(s))
	}
	sent := call{method: http.MethodGet, path: c.families.pick(inventoryPaths, v) + "/" + id + "?" + query.Encode()}
	got, err := c.do(ctx, sent)
	if err != nil {
		return Computer{}, err
	}
	return readComputer(got.body)
}

// readComputer reads a record. Only one that is no object at all is an error.
func readComputer(data json.RawMessage) (Computer, error) {
	var r computerRecord
	var sections map[string]json.RawMessage
	if err := json.Unmarshal(data, &sections); err != nil || sections == nil {
		return Computer{}, fmt.Errorf("%w: it is no computer", ErrMalformed)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return Computer{}, fmt.Errorf("%w: it is no computer: %s", ErrMalformed, oneLine(err.Error()))
	}
	c := r.computer()
	c.MissingAttributes = true
	for name, section := range sections {
		values, found := attributesOf(name, section)
		c.Attributes = append(c.Attributes, values...)
		c.MissingAttributes = c.MissingAttributes && !found
	}
	sortAttributes(c.Attributes)
	return c, nil
}

// contact is the time of the last check-in, which newer servers call otherwise.
func contact(times ...moment) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Time
		}
	}
	return time.Time{}
}

// attributesOf finds the extension attributes in a section, or in the list that is a section itself.
func attributesOf(name string, section json.RawMessage) (values []AttributeValue, found bool) {
	list := section
	if !strings.EqualFold(name, "extensionAttributes") {
		var within struct {
			ExtensionAttributes json.RawMessage `json:"extensionAttributes"`
		}
		if json.Unmarshal(section, &within) != nil {
			return nil, false
		}
		list = within.ExtensionAttributes
	}
	var rows []struct {
		DefinitionID text `json:"definitionId"`
		Name         text
		Values       []text
	}
	if json.Unmarshal(list, &rows) != nil || rows == nil {
		return nil, false
	}
	for _, row := range rows {
		value := AttributeValue{DefinitionID: string(row.DefinitionID), Name: string(row.Name)}
		for _, v := range row.Values {
			value.Values = append(value.Values, string(v))
		}
		values = append(values, value)
	}
	return values, true
}
