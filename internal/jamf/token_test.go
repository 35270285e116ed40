package jamf

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const anObject = `{"id":"7","name":"Software Updates","priority":9}`

// reads reads something, once.
func reads(t *testing.T, c *Client) {
	t.Helper()
	_, err := c.Categories().Read(t.Context(), "7")
	ok(t, err)
}

func TestAClientSaysWhoItIs(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	c := s.client(t, func(c *Config) { c.UserAgent = "install-or-defer/6" })
	reads(t, c)
	asked := s.last(t, "POST /api/v1/oauth/token")
	equal(t, asked.header.Get("Content-Type"), "application/x-www-form-urlencoded")
	equal(t, asked.body, "client_id=1979ca82-1337&client_secret=s3cr3t%26of%3Dthe%2Fclient&grant_type=client_credentials")
	read := s.last(t, "GET /api/v1/categories/7")
	equal(t, read.header.Get("Authorization"), "Bearer "+aToken+"1")
	equal(t, read.header.Get("User-Agent"), "install-or-defer/6")
	equal(t, read.header.Get("Accept"), "application/json")
}

func TestAPathInFrontOfTheServerIsKept(t *testing.T) {
	s := newStub(t)
	s.on("POST /pro/t1/api/v1/oauth/token", s.giveToken)
	s.on("GET /pro/t1/api/v1/categories/7", answerText(200, anObject))
	reads(t, s.client(t, func(c *Config) { c.URL += "/pro/t1/" }))
}

func TestAnOlderServerHasTheOlderTokenPath(t *testing.T) {
	s := newStub(t)
	s.on("POST /api/v1/oauth/token")
	s.on("POST /api/oauth/token", s.giveToken)
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	c := s.client(t)
	reads(t, c)
	s.pass(time.Hour)
	reads(t, c)
	equal(t, s.count("POST /api/v1/oauth/token"), 1) // and is not asked for the newer one again
	equal(t, s.count("POST /api/oauth/token"), 2)
}

func TestATokenIsRenewedAheadOfItsEnd(t *testing.T) {
	for _, row := range []struct {
		name          string
		lives         int
		before, after time.Duration
	}{
		{"a long one by 20 seconds", 900, 879 * time.Second, 2 * time.Second},
		{"a short one by a tenth", 60, 53 * time.Second, 2 * time.Second},
		{"one of a second by a tenth", 1, 800 * time.Millisecond, 200 * time.Millisecond},
		{"one that is dead at once by each request", 0, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.lives = row.lives
			s.on("GET /api/v1/categories/7", answerText(200, anObject))
			c := s.client(t)
			reads(t, c)
			s.pass(row.before)
			reads(t, c)
			if row.lives > 0 {
				equal(t, s.tokens, 1)
			}
			s.pass(row.after)
			reads(t, c)
			if row.lives > 0 {
				equal(t, s.tokens, 2)
			} else {
				equal(t, s.tokens, 3)
			}
		})
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	posted := answerText(201, `{"id":"7","href":"x"}`)
	for _, row := range []struct {
		name     string
		handlers []http.HandlerFunc
		tokens   int
		works    bool
	}{
		{"the server forgot it", []http.HandlerFunc{answerStatus(401), posted}, 2, true},
		{"the server wants none", []http.HandlerFunc{answerStatus(401)}, 2, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/categories", page(0))
			s.on("POST /api/v1/categories", row.handlers...)
			s.on("GET /api/v1/categories/7", answerText(200, anObject))
			_, err := s.client(t).Categories().Create(t.Context(), Category{Name: "Software Updates", Priority: 9})
			if row.works {
				ok(t, err)
			} else {
				fails(t, err, "401 Unauthorized")
			}
			equal(t, s.tokens, row.tokens)
			equal(t, s.count("POST /api/v1/categories"), 2) // a request that is answered 401 was not carried out
		})
	}
}

func TestManyThatAreRefusedFetchOneToken(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+aToken+"1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, anObject)
	})
	c := s.client(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.Categories().Read(t.Context(), "7"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	equal(t, s.tokens, 2)
}

func TestUsersSignInWithAPassword(t *testing.T) {
	s := newStub(t)
	give := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Tue, 03 Nov 2026 12:00:00 GMT") // three hours ahead of us
			fmt.Fprintf(w, `{"token":"%s%d","expires":"2026-11-03T12:30:00.626Z"}`, aToken, n)
		}
	}
	s.on("POST /api/v1/auth/token", give(1), give(3))
	s.on("POST /api/v1/auth/keep-alive", give(2), answerStatus(http.StatusUnauthorized))
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	c := s.client(t, func(c *Config) { c.Credentials = Credentials{User: "ann", Password: thePassword} })
	reads(t, c)
	signIn := s.last(t, "POST /api/v1/auth/token")
	if user, password, _ := (&http.Request{Header: signIn.header}).BasicAuth(); user != "ann" || password != thePassword {
		t.Errorf("signed in as %q", user)
	}
	s.pass(29 * time.Minute)
	reads(t, c)
	equal(t, s.count("POST /api/v1/auth/keep-alive"), 0) // it lives for half an hour by the server's clock
	s.pass(50 * time.Second)
	reads(t, c)
	equal(t, s.last(t, "POST /api/v1/auth/keep-alive").header.Get("Authorization"), "Bearer "+aToken+"1")
	equal(t, s.last(t, "GET").header.Get("Authorization"), "Bearer "+aToken+"2")
	s.pass(29*time.Minute + 50*time.Second)
	reads(t, c)
	equal(t, s.last(t, "GET").header.Get("Authorization"), "Bearer "+aToken+"3") // keeping alive failed: the password again
	equal(t, s.count("POST /api/v1/auth/token"), 2)
}

func TestWrongCredentialsAreNotTriedAgain(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		words  string
	}{
		{"in the form of RFC 6749, 401", 401, `{"error":"invalid_client"}`, "401 Unauthorized: invalid_client"},
		{"in the form of RFC 6749, 400", 400, `{"error":"invalid_client","error_description":"nope"}`, "400 Bad Request: invalid_client nope"},
		{"in Jamf's form", 401, `{"httpStatus":401,"errors":[{"code":"USER_EXPIRED_PASSWORD"}]}`, "USER_EXPIRED_PASSWORD"},
		{"with a token that is none", 200, `{"access_token":"","expires_in":60}`, "no token"},
		{"with a token that does not say how long it lives", 200, `{"access_token":"x","expires_in":"soon"}`, "how long"},
		{"with a page", 200, `<html>hello</html>`, "makes no sense"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("POST /api/v1/oauth/token", answerText(row.status, row.body))
			_, err := s.client(t).Categories().Read(t.Context(), "7")
			failsAs(t, err, ErrSignIn, "read category 7: sign in as API client "+theID+": POST /api/v1/oauth/token: ", row.words)
			equal(t, s.count("POST"), 1)
			equal(t, s.count("GET"), 0)
		})
	}
}

func TestATokenThatCannotBeHadAtTheMomentIsWaitedFor(t *testing.T) {
	s := newStub(t)
	s.on("POST /api/v1/oauth/token", answerStatus(503), cut, s.giveToken)
	s.on("GET /api/v1/categories", page(0))
	s.on("POST /api/v1/categories", answerText(201, `{"id":"7"}`))
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	_, err := s.client(t).Categories().Create(t.Context(), Category{Name: "Software Updates", Priority: 9})
	ok(t, err)
	equal(t, s.count("POST /api/v1/categories"), 1)
}

func TestAPostWaitsForItsTokenToo(t *testing.T) {
	s := newStub(t)
	s.lives = 1
	s.on("GET /api/v1/categories", func(w http.ResponseWriter, r *http.Request) {
		s.pass(time.Minute) // so that the POST needs a new one
		page(0)(w, r)
	})
	s.on("POST /api/v1/oauth/token", s.giveToken, cut, s.giveToken)
	s.on("POST /api/v1/categories", answerText(201, `{"id":"7"}`))
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	_, err := s.client(t).Categories().Create(t.Context(), Category{Name: "Software Updates", Priority: 9})
	ok(t, err)
	equal(t, s.count("POST /api/v1/categories"), 1)
}

func TestClosingGivesTheTokenBack(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	c := s.client(t)
	reads(t, c)
	ok(t, c.Close(t.Context()))
	equal(t, s.last(t, "POST /api/v1/auth/invalidate-token").header.Get("Authorization"), "Bearer "+aToken+"1")
	_, err := c.Categories().Read(t.Context(), "7")
	failsAs(t, err, ErrClosed)
	ok(t, c.Close(t.Context()))
	equal(t, s.count("POST /api/v1/auth/invalidate-token"), 1)
	noSecrets(t, "closed client", fmt.Sprintf("%+v %+v", *c.tokens, c.config))
}

func TestClosingWithoutATokenAsksNothing(t *testing.T) {
	s := newStub(t)
	ok(t, s.client(t).Close(t.Context()))
	equal(t, len(s.asked), 0)
}

func TestATokenThatCannotBeGivenBackIsSaid(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	s.on("POST /api/v1/auth/invalidate-token", answerStatus(500))
	c := s.client(t)
	reads(t, c)
	fails(t, c.Close(t.Context()), "close jamf client: POST /api/v1/auth/invalidate-token: 500")
}

func TestClassicDenialsAreNoMatterOfTokens(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer http.HandlerFunc
		tokens int
	}{
		{"one in words", classicPage(401, "Not authorized for a policy GET"), 1},
		{"one without words, which a new token did not change", classicPage(401, "The request requires user authentication"), 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /JSSResource/policies/id/88", row.answer)
			_, err := s.client(t).Policies().Read(t.Context(), "88")
			fails(t, err, `lacks the privilege "Read Policies"`)
			if !IsPrivilege(err) || errors.Is(err, ErrSignIn) {
				t.Error("it is about a privilege")
			}
			equal(t, s.tokens, row.tokens)
			equal(t, strings.Count(err.Error(), "401"), 1)
		})
	}
}
