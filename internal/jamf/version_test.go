package jamf

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestParseVersion(t *testing.T) {
	for _, row := range []struct{ name, said, want string }{
		{"the cloud's, with a build", "11.30.1-t1784555528405", "11.30.1"},
		{"one without a build", "10.49.0", "10.49.0"},
		{"one of two numbers", "11.5", "11.5.0"},
		{"one of four numbers", "11.5.1.2", "11.5.1"},
		{"with space around it", " 11.5.1\n", "11.5.1"},
		{"one number is none", "11", ""},
		{"words are none", "latest.1", ""},
		{"a negative number is none", "11.-1.0", ""},
		{"nothing is none", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			v, is := parseVersion(row.said)
			equal(t, is, row.want != "")
			if is {
				equal(t, v.String(), row.want)
			}
		})
	}
}

func TestTheTimeIsTheServers(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/jamf-pro-version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Tue, 03 Nov 2026 09:00:07 GMT")
		fmt.Fprint(w, `{"version":"11.30.1"}`)
	}, func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = nil })
	c := s.client(t)
	at, err := c.Time(t.Context())
	ok(t, err)
	equal(t, at.UTC(), time.Date(2026, 11, 3, 9, 0, 7, 0, time.UTC))
	_, err = c.Time(t.Context())
	equal(t, errors.Is(err, ErrMalformed), true)
}

func TestEachServerIsAskedOnThePathsThatItHas(t *testing.T) {
	for _, row := range []struct{ name, version, groups, inventory string }{
		{"today's", "11.30.1-t1", "/api/v3/computer-groups/", "/api/v4/computers-inventory"},
		{"tomorrow's", "12.0.0", "/api/v3/computer-groups/", "/api/v4/computers-inventory"},
		{"one before the fourth inventory", "11.29.9", "/api/v3/computer-groups/", "/api/v3/computers-inventory"},
		{"one before the third groups", "11.27.0", "/api/v2/computer-groups/", "/api/v3/computers-inventory"},
		{"an old one", "11.5.1", "/api/v2/computer-groups/", "/api/v1/computers-inventory"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.version = row.version
			s.on("GET "+row.groups+"smart-groups", page(0))
			s.on("GET "+row.groups+"smart-groups/41", answerText(200, `{"name":"x"}`))
			s.on("GET "+row.inventory, page(0))
			c := s.client(t)
			_, is, err := c.SmartGroups().Find(t.Context(), "x")
			ok(t, err)
			equal(t, is, false)
			_, err = c.SmartGroups().Read(t.Context(), "41")
			ok(t, err)
			for _, err := range c.Computers(t.Context(), ComputerQuery{Sections: []Section{SectionGeneral}}) {
				ok(t, err)
			}
			equal(t, s.count("GET /api/v1/jamf-pro-version"), 1)
			equal(t, len(s.lines()), 3)
		})
	}
}

func TestAPathThatIsNotThereAfterAllIsFallenBackFrom(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/computers-inventory", page(1, `{"id":"5"}`))
	s.on("GET /api/v1/computers-inventory/5", answerText(200, `{"id":"5"}`))
	c := s.client(t)
	for range 2 {
		for computer, err := range c.Computers(t.Context(), ComputerQuery{Sections: []Section{SectionGeneral}}) {
			ok(t, err)
			equal(t, computer.ID, "5")
		}
	}
	_, err := c.Computer(t.Context(), "5", SectionGeneral)
	ok(t, err)
	var paths []string
	for _, line := range s.lines() {
		path, _, _ := strings.Cut(line, "?")
		paths = append(paths, path)
	}
	equal(t, paths, []string{
		"GET /api/v4/computers-inventory", "GET /api/v3/computers-inventory", "GET /api/v1/computers-inventory",
		"GET /api/v1/computers-inventory", "GET /api/v1/computers-inventory/5",
	})
	t.Run("and if none is there, that is said", func(t *testing.T) {
		for _, err := range newStub(t).client(t).Computers(t.Context(), ComputerQuery{Sections: []Section{SectionGeneral}}) {
			fails(t, err, "list computers: GET /api/v1/computers-inventory: 404 Not Found")
		}
	})
}

func TestAListThatWasThereIsNotBegunAgainElsewhere(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory", page(2, `{"id":"5"}`), answerStatus(404))
	s.on("GET /api/v3/computers-inventory", page(1, `{"id":"5"}`))
	seen, problems := 0, 0
	for _, err := range s.client(t).Computers(t.Context(), ComputerQuery{Sections: []Section{SectionGeneral}}) {
		if err != nil {
			problems++
			fails(t, err, "404")
			continue
		}
		seen++
	}
	equal(t, seen, 1)
	equal(t, problems, 1)
}

func TestCreatingFallsBackToo(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v2/computer-groups/smart-groups", page(0))
	s.on("POST /api/v2/computer-groups/smart-groups", answerText(201, `{"id":"41"}`))
	s.on("GET /api/v2/computer-groups/smart-groups/41", answerText(200, `{"name":"x"}`))
	made, err := s.client(t).SmartGroups().Create(t.Context(), SmartGroup{Name: "x"})
	ok(t, err)
	equal(t, made.ID, "41")
}

func TestTheVersionIsWhatTheServerSays(t *testing.T) {
	s := newStub(t)
	v, err := s.client(t).Version(t.Context())
	ok(t, err)
	equal(t, v, Version{"11.30.1-t1784555528405", 11, 30, 1})
	equal(t, v.AtLeast(11, 30), true)
	equal(t, v.AtLeast(11, 31), false)
	equal(t, v.AtLeast(12, 0), false)
	equal(t, v.AtLeast(10, 49), true)
	s.version = "unknown"
	_, err = s.client(t).Version(t.Context())
	failsAs(t, err, ErrMalformed, "read version of jamf pro: ", `"unknown" is no version`)
}
