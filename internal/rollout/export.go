package rollout

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// Export renders what is declared as files, by name, for those who make the objects by hand or with tools of their own: the
// bodies of requests in JSON and XML, scripts, and the profile. Objects refer to each other by name, and where only a number
// will do, the file README.txt says what to choose. No server is asked.
func (r *Rollout) Export() (map[string][]byte, error) {
	e := &exporting{Rollout: r, files: map[string][]byte{}}
	if err := e.all(); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return e.files, nil
}

type exporting struct {
	*Rollout
	files map[string][]byte
	order []string
}

func (e *exporting) all() error {
	if e.jamf.Category != "" {
		if err := e.json("category.json", "POST /api/v1/categories", jamf.Category{Name: e.jamf.Category, Priority: usualPriority}); err != nil {
			return err
		}
	}
	if err := e.scriptsAndAttributes(); err != nil {
		return err
	}
	groups, err := e.wantedGroups()
	if err != nil {
		return err
	}
	for _, g := range groups {
		g.SiteID = noCategory // which is no site, too
		if err := e.json("smart group "+g.Name+".json", "POST /api/v3/computer-groups/smart-groups", g); err != nil {
			return err
		}
	}
	if p, ok := e.wantedPackage(); ok {
		p.CategoryID = noCategory
		if err := e.json("package "+p.Name+".json", "POST /api/v1/packages", p); err != nil {
			return err
		}
	}
	if err := e.profile(); err != nil {
		return err
	}
	if err := e.policies(); err != nil {
		return err
	}
	return e.readme()
}

func (e *exporting) scriptsAndAttributes() error {
	if e.jamf.Uninstall != nil {
		s := e.wantedScript()
		s.CategoryID = noCategory
		e.files[fileName("script "+s.Name+".sh")] = []byte(s.Contents)
		if err := e.json("script "+s.Name+".json", "POST /api/v1/scripts", s); err != nil {
			return err
		}
	}
	attributes, err := e.wantedAttributes()
	if err != nil {
		return err
	}
	for _, a := range attributes {
		e.files[fileName("extension attribute "+a.Name+".sh")] = []byte(a.Script)
		if err := e.json("extension attribute "+a.Name+".json", "POST /api/v1/computer-extension-attributes", a); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporting) profile() error {
	if e.jamf.Profile == nil {
		return nil
	}
	p, err := e.wantedProfile()
	if err != nil {
		return err
	}
	e.files["profile.mobileconfig"] = []byte(p.Payloads)
	body := xmlProfile{General: xmlProfileGeneral{
		Name: p.Name, Description: p.Description, Category: xmlCategory(p.Category), Distribution: string(p.Distribution),
		Level: string(p.Level), Redeploy: string(p.Redeploy), Payloads: xmlPayloads{escapedTwice(p.Payloads)},
	}, Scope: xmlScopeOf(p.Scope)}
	return e.xml("profile.xml", "POST /JSSResource/osxconfigurationprofiles/id/0", body)
}

// escapedTwice is a profile in the form that survives the server: it undoes escapes once more than XML says.
func escapedTwice(payloads string) string {
	return strings.ReplaceAll(strings.ReplaceAll(payloads, "]]>", "]]&gt;"), "&", "&amp;")
}

func (e *exporting) policies() error {
	if e.jamf.Policy != nil {
		p := e.wantedPolicy()
		p.Scope.Groups = named(e.groupsUpTo(0))
		if err := e.xml("policy.xml", "POST /JSSResource/policies/id/0", xmlPolicyOf(p)); err != nil {
			return err
		}
	}
	if e.jamf.Uninstall == nil {
		return nil
	}
	return e.xml("policy uninstall.xml", "POST /JSSResource/policies/id/0", xmlPolicyOf(e.wantedUninstall()))
}

// json renders the body of a request, without what only answers have.
func (e *exporting) json(name, request string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	delete(fields, "id")
	delete(fields, "membershipCount")
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(fields); err != nil {
		return err
	}
	e.add(name, request, b.Bytes())
	return nil
}

func (e *exporting) xml(name, request string, body any) error {
	data, err := xml.MarshalIndent(body, "", "  ")
	if err != nil {
		return err
	}
	e.add(name, request, append([]byte(xml.Header), append(data, '\n')...))
	return nil
}

func (e *exporting) add(name, request string, data []byte) {
	name = fileName(name)
	e.files[name] = data
	e.order = append(e.order, fmt.Sprintf("%s\n    %s", name, request))
}

// fileName is a name that every system takes for a file.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
}

func (e *exporting) readme() error {
	var b strings.Builder
	b.WriteString("What install-or-defer.yaml declares, as files. Make the objects in this order; those in JSON with the Pro API,\n" +
		"those in XML with the Classic API, or by hand with the same values.\n\n")
	for _, line := range e.order {
		b.WriteString(line + "\n")
	}
	b.WriteString("\nThe files in XML name other objects; those in JSON would need their numbers.\n")
	if e.jamf.Category != "" {
		fmt.Fprintf(&b, "Put package and script into the category %q.\n", e.jamf.Category)
	}
	if p, ok := e.wantedPackage(); ok {
		fmt.Fprintf(&b, "Upload the file %s, and turn the policy on when the server says that it is there.\n", p.FileName)
	} else if e.jamf.Policy != nil {
		b.WriteString("Upload a package and add it to the policy, before it is turned on: none was given.\n")
	}
	if len(e.jamf.Stages) > 1 {
		fmt.Fprintf(&b, "The policy is for the first stage, %s. The next ones add groups to its scope:\n", e.jamf.Stages[0].Name)
		for _, s := range e.jamf.Stages[1:] {
			fmt.Fprintf(&b, "    %s: %s\n", s.Name, strings.Join(s.Groups, ", "))
		}
	}
	if e.jamf.Uninstall != nil {
		fmt.Fprintf(&b, "Leave the policy %q turned off until a rollback.\n", e.jamf.Uninstall.Name)
	}
	e.files["README.txt"] = []byte(b.String())
	return nil
}
