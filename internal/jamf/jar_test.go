package jamf

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestCookiesThatBind(t *testing.T) {
	set := func(name, value string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/"}) }
	}
	drop := func(name string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { http.SetCookie(w, &http.Cookie{Name: name, MaxAge: -1}) }
	}
	none := func(http.ResponseWriter) {}
	for _, row := range []struct {
		name          string
		token, answer func(http.ResponseWriter)
		extra         string
		first, second string // what is sent with the first request after the token, and with the next
	}{
		{"that of today's cloud", set("jpro-ingress", aCookie), none, "", "jpro-ingress=" + aCookie, "jpro-ingress=" + aCookie},
		{"that of yesterday's", set("APBALANCEID", aCookie), none, "", "APBALANCEID=" + aCookie, "APBALANCEID=" + aCookie},
		{"any that comes with a token", set("lb", aCookie), none, "", "lb=" + aCookie, "lb=" + aCookie},
		{"a known one that comes later", none, set("JSESSIONID", aCookie), "", "", "JSESSIONID=" + aCookie},
		{"a named one that comes later", none, set("lb", aCookie), "lb", "", "lb=" + aCookie},
		{"one that is given", none, none, "lb=" + aCookie, "lb=" + aCookie, "lb=" + aCookie},
		{"none that comes later and is of no use", none, set("theme", "dark"), "", "", ""},
		{"a new web server, if ours is gone", set("jpro-ingress", aCookie+"1"), set("jpro-ingress", aCookie+"2"), "", "jpro-ingress=" + aCookie + "1", "jpro-ingress=" + aCookie + "2"},
		{"none that was taken back", set("jpro-ingress", aCookie), drop("jpro-ingress"), "", "jpro-ingress=" + aCookie, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("POST /api/v1/oauth/token", func(w http.ResponseWriter, _ *http.Request) {
				row.token(w)
				fmt.Fprintf(w, `{"access_token":"%s1","expires_in":900}`, aToken)
			})
			s.on("GET /api/v1/categories/7", func(w http.ResponseWriter, _ *http.Request) {
				row.answer(w)
				fmt.Fprint(w, anObject)
			})
			c := s.client(t, func(c *Config) { c.Cookie = row.extra })
			reads(t, c)
			equal(t, s.last(t, "GET").header.Get("Cookie"), row.first)
			reads(t, c)
			equal(t, s.last(t, "GET").header.Get("Cookie"), row.second)
		})
	}
}

func TestEachRequestOfARunGoesToTheSameWebServer(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories", page(0))
	s.on("POST /api/v1/categories", answerText(201, `{"id":"7"}`))
	s.on("GET /api/v1/categories/7", answerText(200, anObject))
	c := s.client(t)
	_, err := c.Categories().Create(t.Context(), Category{Name: "Software Updates", Priority: 9})
	ok(t, err)
	ok(t, c.Close(t.Context()))
	for _, a := range s.asked[1:] {
		if !strings.Contains(a.header.Get("Cookie"), "jpro-ingress="+aCookie) {
			t.Errorf("%s went anywhere", a.line)
		}
	}
}

func TestSecretsAreHiddenInWhatIsRepeated(t *testing.T) {
	var s secrets
	s.add("", "abc", "s3cr3t&x", "s3cr3t&x-and-more")
	equal(t, s.hide("abc s3cr3t&x s3cr3t%26x s3cr3t&x-and-more"), "abc (hidden) (hidden) (hidden)")
	equal(t, s.line("abc\ns3cr3t&x s3c\x00r3t&x"), "abc (hidden) (hidden)")
}
