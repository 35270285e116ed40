package jamf

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func updates() Category { return Category{Name: "Software Updates", Priority: 9} }

func TestCreatingLooksFirst(t *testing.T) {
	for _, row := range []struct {
		name  string
		list  http.HandlerFunc
		words string
		taken bool
	}{
		{"the name is taken", page(1, anObject), `there is a category "Software Updates" already, with id 7`, true},
		{"the name is taken but for its case", page(1, `{"id":"7","name":"software updates"}`), "differs by case", false},
		{"the name is taken twice", page(2, anObject, `{"id":"8","name":"Software Updates"}`), "with the ids 7, 8", false},
		{"looking is not allowed", answerText(403, `{"httpStatus":403,"errors":[{"code":"INVALID_PRIVILEGE"}]}`), `"Read Categories"`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/categories", row.list)
			_, err := s.client(t).Categories().Create(t.Context(), updates())
			fails(t, err, `create category "Software Updates": `, row.words)
			equal(t, IsDuplicate(err), row.taken)
			equal(t, s.count("POST /api/v1/categories"), 0)
		})
	}
}

func TestCreatingTellsTheServerWhatItIsFor(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories", page(0))
	s.on("POST /api/v1/categories", answerText(201, `{"id":"7","href":"https://elsewhere.example/7"}`))
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	made, err := s.client(t).Categories().Create(t.Context(), updates())
	ok(t, err)
	equal(t, made.ID, "7")
	post := s.last(t, "POST /api/v1/categories")
	equal(t, post.body, `{"name":"Software Updates","priority":9}`)
	equal(t, post.header.Get("Content-Type"), "application/json")
	equal(t, s.lines(), []string{
		"GET /api/v1/categories?" + url.Values{"filter": {`name=="Software Updates"`}, "page": {"0"}, "page-size": {"100"}, "sort": {"id:asc"}}.Encode(),
		"POST /api/v1/categories",
		"GET /api/v1/categories/7",
	})
}

func TestALostAnswerIsLookedFor(t *testing.T) {
	for _, row := range []struct {
		name    string
		post    http.HandlerFunc
		looks   []http.HandlerFunc // after the first, which finds nothing
		waited  time.Duration
		works   bool
		unknown bool
	}{
		{"it is there", cut, []http.HandlerFunc{page(1, anObject)}, 0, true, false},
		{"it appears after a while", cut, []http.HandlerFunc{page(0), page(0), page(1, anObject)}, 6 * time.Second, true, false},
		{"it never appears", cut, []http.HandlerFunc{page(0)}, 70 * time.Second, false, true},
		{"what is in front of the server gave up, and it appears", answerStatus(504), []http.HandlerFunc{page(0), page(1, anObject)}, 2 * time.Second, true, false},
		{"the server broke down over it", answerStatus(500), []http.HandlerFunc{page(0)}, 0, false, true},
		{"the server broke down after it", answerStatus(500), []http.HandlerFunc{page(1, anObject)}, 0, true, false},
		{"the answer has no id", answerText(201, `{}`), []http.HandlerFunc{page(1, anObject)}, 0, true, false},
		{"the answer has an id that is none", answerText(201, `{"id":"../../v1/auth"}`), []http.HandlerFunc{page(1, anObject)}, 0, true, false},
		{"the answer is a page", answerText(201, `<html/>`), []http.HandlerFunc{page(1, anObject)}, 0, true, false},
		{"looking fails as well", cut, []http.HandlerFunc{answerStatus(400)}, 0, false, true},
		{"the server says no", answerText(400, `{"errors":[{"code":"DUPLICATE_FIELD","field":"name"}]}`), nil, 0, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/categories", append([]http.HandlerFunc{page(0)}, row.looks...)...)
			s.on("POST /api/v1/categories", row.post)
			s.on("GET /api/v1/categories/7", answerText(200, anObject))
			made, err := s.client(t).Categories().Create(t.Context(), updates())
			if row.works {
				ok(t, err)
				equal(t, made.ID, "7")
			} else {
				fails(t, err)
			}
			equal(t, errors.Is(err, ErrUnknownOutcome), row.unknown)
			equal(t, s.count("POST /api/v1/categories"), 1)
			equal(t, s.slept(), row.waited)
		})
	}
}

func TestWhatIsNewIsWaitedFor(t *testing.T) {
	notYet := answerText(404, `{"httpStatus":404,"errors":[{"code":"INVALID_ID"}]}`)
	s := newStub(t)
	s.on("GET /api/v1/categories", page(0))
	s.on("POST /api/v1/categories", answerText(201, `{"id":"7"}`))
	s.on("GET /api/v1/categories/7", notYet, notYet, notYet, answerText(200, anObject))
	c := s.client(t)
	_, err := c.Categories().Create(t.Context(), updates())
	ok(t, err)
	equal(t, s.sleeps, []time.Duration{2e9, 4e9, 8e9})
	equal(t, s.count("POST /api/v1/categories"), 1)

	t.Run("for 70 seconds and no longer", func(t *testing.T) {
		s.sleeps = nil
		s.on("GET /api/v1/categories/7", notYet)
		made, err := c.Categories().Create(t.Context(), updates())
		failsAs(t, err, ErrNotVisible, "id 7")
		equal(t, s.slept(), settles)
		equal(t, made.ID, "7") // so that somebody can look after it
	})
	t.Run("also when it is written", func(t *testing.T) {
		s.sleeps = nil
		s.on("GET /api/v1/categories/7", answerText(200, anObject))
		s.on("PUT /api/v1/categories/7", notYet, answerText(200, anObject))
		_, err := c.Categories().Create(t.Context(), updates())
		ok(t, err)
		_, err = c.Categories().Update(t.Context(), "7", func(c *Category) error {
			c.Priority = 3
			return nil
		})
		ok(t, err)
		equal(t, s.slept(), 2*time.Second)
	})
	t.Run("but not when it is old", func(t *testing.T) {
		s.sleeps = nil
		s.pass(2 * time.Minute)
		s.on("GET /api/v1/categories/7", notYet)
		_, err := c.Categories().Read(t.Context(), "7")
		equal(t, IsNotFound(err), true)
		fails(t, err, "read category 7: GET /api/v1/categories/7: 404 Not Found: INVALID_ID")
		equal(t, s.slept(), 0)
	})
	t.Run("and not when it was deleted", func(t *testing.T) {
		s.sleeps = nil
		s.on("GET /api/v1/categories/7", answerText(200, anObject), notYet)
		s.on("DELETE /api/v1/categories/7", answerStatus(204))
		_, err := c.Categories().Create(t.Context(), updates())
		ok(t, err)
		ok(t, c.Categories().Delete(t.Context(), "7"))
		_, err = c.Categories().Read(t.Context(), "7")
		equal(t, IsNotFound(err), true)
		equal(t, s.slept(), 0)
	})
	t.Run("and an object that nobody created is not waited for", func(t *testing.T) {
		s.sleeps = nil
		s.on("GET /api/v1/categories/70", notYet)
		_, err := c.Categories().Read(t.Context(), "70")
		equal(t, IsNotFound(err), true)
		equal(t, s.slept(), 0)
	})
}

func TestFindingByExactName(t *testing.T) {
	for _, row := range []struct {
		name, wanted string
		list         http.HandlerFunc
		id, words    string
	}{
		{"the one of that name", "Updates", page(1, `{"id":"1","name":"Updates"}`), "1", ""},
		{"none at all", "Updates", page(0), "", ""},
		{"the one among those that a star lets through", "Mac* ", page(3, `{"id":"1","name":"Macs"}`, `{"id":"2","name":"Mac* "}`, `{"id":"3","name":"Mac"}`), "2", ""},
		{"none among those that a star lets through", "Mac*", page(2, `{"id":"1","name":"Macs"}`, `{"id":"3","name":"Mac"}`), "", ""},
		{"the one beside another case", "Updates", page(2, `{"id":"1","name":"updates"}`, `{"id":"2","name":"Updates"}`), "2", ""},
		{"only another case", "Updates", page(1, `{"id":"1","name":"UPDATES"}`), "", `"UPDATES"`},
		{"two of the same", "Updates", page(2, `{"id":"1","name":"Updates"}`, `{"id":"2","name":"Updates"}`), "", "there are 2 categories"},
		{"an answer without a count", "Updates", answerText(200, `{"results":[]}`), "", "how many there are"},
		{"an answer that is no list", "Updates", answerText(200, `[]`), "", "makes no sense"},
		{"a row that is no object", "Updates", page(1, `7`), "", "makes no sense"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/categories", row.list)
			found, is, err := s.client(t).Categories().Find(t.Context(), row.wanted)
			if row.words != "" {
				fails(t, err, "find category ", row.words)
				equal(t, is, false)
				return
			}
			ok(t, err)
			equal(t, is, row.id != "")
			if is {
				equal(t, found.ID, row.id)
			}
		})
	}
}

func TestFiltersAreQuoted(t *testing.T) {
	for _, row := range []struct{ name, value, want string }{
		{"a name with spaces", "Software Updates", `name=="Software Updates"`},
		{"a quotation mark does not end it", `a"b`, `name=="a\"b"`},
		{"a backslash is one", `a\b`, `name=="a\\b"`},
		{"operators are no operators in it", `a";id==1,(b)`, `name=="a\";id==1,(b)"`},
		{"nothing", "", `name==""`},
	} {
		t.Run(row.name, func(t *testing.T) { equal(t, equals("name", row.value), row.want) })
	}
}

func TestIDsThatAreNone(t *testing.T) {
	s := newStub(t)
	c := s.client(t)
	for _, id := range []string{"", "-1", "1/../../v1/auth", "1?x", "a", "１", "12345678901234567890", " 1"} {
		_, err := c.Categories().Read(t.Context(), id)
		failsAs(t, err, ErrRefused)
		failsAs(t, c.Categories().Delete(t.Context(), id), ErrRefused)
		failsAs(t, c.Policies().SetEnabled(t.Context(), id, false), ErrRefused)
		failsAs(t, c.FlushPolicyLogs(t.Context(), id, FlushAll), ErrRefused)
		_, err = c.PolicyLogs(t.Context(), id)
		failsAs(t, err, ErrRefused)
		_, err = c.Computer(t.Context(), id, SectionGeneral)
		failsAs(t, err, ErrRefused)
		_, err = c.RecalculateSmartGroup(t.Context(), id)
		failsAs(t, err, ErrRefused)
		_, err = c.SmartGroupMembers(t.Context(), id)
		failsAs(t, err, ErrRefused)
	}
	equal(t, len(s.asked), 0)
}
