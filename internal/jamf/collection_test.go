package jamf

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// scriptOfServer has what this package does not know, and numbers that a float would spoil.
const scriptOfServer = `{"id":"9","name":"Uninstall","info":null,"notes":"by ann","priority":"AFTER","categoryId":"12","categoryName":"Updates",
 "parameter4":"Options","parameter5":null,"osRequirements":"","scriptContents":"#!/bin/sh\nexit 0\n",
 "signature":{"depth":[1,2.50,12345678901234567890],"kept":null},"since":12345678901234567890}`

func TestAnUpdateSendsBackWhatItDoesNotKnow(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/scripts/9", answerText(200, scriptOfServer))
	s.on("PUT /api/v1/scripts/9", answerStatus(200))
	script, err := s.client(t).Scripts().Update(t.Context(), "9", func(v *Script) error {
		v.Contents = "#!/bin/sh\nexit 1\n"
		return nil
	})
	ok(t, err)
	equal(t, script.Notes, "by ann") // as the server shows it afterwards
	put := s.last(t, "PUT /api/v1/scripts/9").body
	for _, kept := range []string{
		`"signature":{"depth":[1,2.50,12345678901234567890],"kept":null}`, `"since":12345678901234567890`,
		`"info":null`, `"parameter5":null`, `"notes":"by ann"`, `"scriptContents":"#!/bin/sh\nexit 1\n"`,
	} {
		if !strings.Contains(put, kept) {
			t.Errorf("%s is not in %s", kept, put)
		}
	}
	for _, gone := range []string{`"id"`, `"categoryName"`, `"parameter6"`} { // the server's own; derived; not there before
		if strings.Contains(put, gone) {
			t.Errorf("%s is in %s", gone, put)
		}
	}
	equal(t, s.lines(), []string{"GET /api/v1/scripts/9", "PUT /api/v1/scripts/9", "GET /api/v1/scripts/9"})
}

func TestAnUpdateThatChangesNothingIsNotSent(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/scripts/9", answerText(200, scriptOfServer))
	_, err := s.client(t).Scripts().Update(t.Context(), "9", func(v *Script) error {
		v.Priority = ScriptAfter
		return nil
	})
	ok(t, err)
	equal(t, s.lines(), []string{"GET /api/v1/scripts/9"})
}

func TestAnUpdateThatIsGivenUpIsNotSent(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/scripts/9", answerText(200, scriptOfServer))
	no := errors.New("somebody else changed it")
	_, err := s.client(t).Scripts().Update(t.Context(), "9", func(*Script) error { return no })
	failsAs(t, err, no, "update script 9: ")
	equal(t, s.count("PUT"), 0)
}

func TestAnUpdateThatIsLostIsRepeated(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/scripts/9", answerText(200, scriptOfServer))
	s.on("PUT /api/v1/scripts/9", cut, answerStatus(200))
	_, err := s.client(t).Scripts().Update(t.Context(), "9", func(v *Script) error {
		v.Notes = "by bob"
		return nil
	})
	ok(t, err)
	equal(t, s.count("PUT"), 2)
	equal(t, strings.Contains(s.last(t, "PUT").body, "by bob"), true) // the second has a body as well
}

func TestAnEmptyTextTakesThePlaceOfOne(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/packages/160", answerText(200, `{"id":"160","packageName":"a","fileName":"a.pkg","categoryId":"-1","priority":10,"osRequirements":"15.x","size":"3 MB","cloudTransferStatus":"READY","indexed":true}`))
	s.on("PUT /api/v1/packages/160", answerStatus(200))
	_, err := s.client(t).Packages().Update(t.Context(), "160", func(v *Package) error {
		v.OSRequirements = ""
		return nil
	})
	ok(t, err)
	sameJSON(t, []byte(s.last(t, "PUT").body), []byte(`{"packageName":"a","fileName":"a.pkg","categoryId":"-1","priority":10,"osRequirements":null}`))
}

func TestAllObjectsOfAKind(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/scripts", page(2, scriptOfServer, `{"id":"10","name":"b"}`))
	var names []string
	c := s.client(t)
	for script, err := range c.Scripts().All(t.Context()) {
		ok(t, err)
		names = append(names, script.Name)
	}
	equal(t, names, []string{"Uninstall", "b"})
	t.Run("until one is enough", func(t *testing.T) {
		for _, err := range c.Scripts().All(t.Context()) {
			ok(t, err)
			break
		}
	})
	t.Run("or an error", func(t *testing.T) {
		s.on("GET /api/v1/scripts", page(2, scriptOfServer, `{"id":[],"name":7}`))
		var problems int
		for _, err := range c.Scripts().All(t.Context()) {
			if err != nil {
				problems++
				failsAs(t, err, ErrMalformed, "list scripts: ", "it is no script")
			}
		}
		equal(t, problems, 1)
		s.on("GET /api/v1/scripts", answerStatus(http.StatusBadRequest))
		for _, err := range c.Scripts().All(t.Context()) {
			fails(t, err, "list scripts: GET /api/v1/scripts: 400")
		}
	})
}

func TestWordsThatTheServerWouldTakeForOthers(t *testing.T) {
	category := func(v Category) error { return (&Client{}).Categories().kind.refuse(v) }
	script := func(v Script) error { return (&Client{}).Scripts().kind.refuse(v) }
	attribute := refuseAttribute
	good := ExtensionAttribute{Name: "a", DataType: DataString, Input: InputScript, Display: DisplayAttributes, Enabled: true, Script: "x"}
	with := func(change func(*ExtensionAttribute)) ExtensionAttribute {
		v := good
		change(&v)
		return v
	}
	for _, row := range []struct {
		name  string
		err   error
		words string
	}{
		{"a category as it should be", category(Category{Name: "a", Priority: 9}), ""},
		{"a category of priority 0", category(Category{Name: "a"}), "priority 0"},
		{"a category of priority 21", category(Category{Name: "a", Priority: 21}), "priority 21"},
		{"no name", category(Category{Priority: 9}), "no name"},
		{"a name with a space at its end", category(Category{Name: "a ", Priority: 9}), "space"},
		{"a name with a line end", category(Category{Name: "a\nb", Priority: 9}), "control"},
		{"a name with two spaces in it", category(Category{Name: "a  b", Priority: 9}), ""},
		{"a name that is too long", category(Category{Name: strings.Repeat("é", 256), Priority: 9}), "255"},
		{"a script as it should be", script(Script{Name: "a", Priority: ScriptAtReboot}), ""},
		{"a script with the Classic API's word", script(Script{Name: "a", Priority: "After"}), `priority "After"`},
		{"an attribute as it should be", attribute(good), ""},
		{"a script that is off", attribute(with(func(v *ExtensionAttribute) { v.Enabled = false })), ""},
		{"a data type in small letters", attribute(with(func(v *ExtensionAttribute) { v.DataType = "string" })), `data type "string"`},
		{"an input type that is none", attribute(with(func(v *ExtensionAttribute) { v.Input = "LDAP" })), `input type "LDAP"`},
		{"a display type that is none", attribute(with(func(v *ExtensionAttribute) { v.Display = "APPS" })), `display type "APPS"`},
		{"a script attribute without one", attribute(with(func(v *ExtensionAttribute) { v.Script = "" })), "a script goes with"},
		{"a text attribute with a script", attribute(with(func(v *ExtensionAttribute) { v.Input = InputText })), "a script goes with"},
		{"a text attribute", attribute(with(func(v *ExtensionAttribute) { v.Input, v.Script = InputText, "" })), ""},
		{"a text attribute that is off", attribute(with(func(v *ExtensionAttribute) { v.Input, v.Script, v.Enabled = InputText, "", false })), "turned off"},
		{"a menu without choices", attribute(with(func(v *ExtensionAttribute) { v.Input, v.Script = InputPopup, "" })), "choices"},
		{"a menu", attribute(with(func(v *ExtensionAttribute) { v.Input, v.Script, v.Choices = InputPopup, "", []string{"a"} })), ""},
		{"a package as it should be", refusePackage(Package{Name: "a", FileName: "a-1.0.pkg", Priority: 10}), ""},
		{"a package without a file name", refusePackage(Package{Name: "a", Priority: 10}), "file name"},
		{"a package with a path for a file name", refusePackage(Package{Name: "a", FileName: "../a.pkg", Priority: 10}), "file name"},
		{"a package of priority 0", refusePackage(Package{Name: "a", FileName: "a.pkg"}), "priority"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.words == "" {
				ok(t, row.err)
				return
			}
			failsAs(t, row.err, ErrRefused, row.words)
		})
	}
}

func TestNothingIsSentThatIsRefused(t *testing.T) {
	s := newStub(t)
	_, err := s.client(t).Categories().Create(t.Context(), Category{Name: "a"})
	failsAs(t, err, ErrRefused)
	equal(t, len(s.asked), 0)
}

func TestWhatBecomesOfValuesIsSaidOnlyOfAScriptThatIsOff(t *testing.T) {
	for _, row := range []struct {
		name, server string
		kept         bool
	}{
		{"of one that is on it is not", `"inputType":"SCRIPT","enabled":true,"scriptContents":"x"`, false},
		{"of one that is off it is", `"inputType":"SCRIPT","enabled":false,"scriptContents":"x"`, true},
		{"of a text it is not", `"inputType":"TEXT","enabled":true,"scriptContents":null`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/computer-extension-attributes/3", answerText(200, `{"id":"3","name":"a","description":"","dataType":"STRING","inventoryDisplayType":"GENERAL","manageExistingData":"RETAIN",`+row.server+`}`))
			s.on("PUT /api/v1/computer-extension-attributes/3", answerStatus(http.StatusAccepted))
			_, err := s.client(t).ExtensionAttributes().Update(t.Context(), "3", func(v *ExtensionAttribute) error {
				v.Description = "b"
				return nil
			})
			ok(t, err)
			equal(t, strings.Contains(s.last(t, "PUT").body, "manageExistingData"), row.kept)
		})
	}
}

func TestScriptsThatDifferByLineEndsAreTheSame(t *testing.T) {
	for _, row := range []struct {
		name, a, b string
		same       bool
	}{
		{"equal", "a\nb\n", "a\nb\n", true},
		{"without the last line end", "a\nb\n", "a\nb", true},
		{"with the line ends of a browser", "a\r\nb\r\n", "a\nb\n", true},
		{"with another indent", " a\n", "a\n", false},
		{"with an empty line in it", "a\n\nb", "a\nb", false},
	} {
		t.Run(row.name, func(t *testing.T) { equal(t, SameText(row.a, row.b), row.same) })
	}
}
