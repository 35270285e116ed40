package notary_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

func TestTicketKey(t *testing.T) {
	for name, row := range map[string]struct {
		length int
		key    string
	}{
		"of SHA-1":                  {20, "2/1/" + strings.Repeat("ab", 20)},
		"of SHA-256, which is long": {32, "2/2/" + strings.Repeat("ab", 20)},
		"of nothing":                {0, ""},
		"of MD5":                    {16, ""},
	} {
		key, err := notary.TicketKey(bytes.Repeat([]byte{0xab}, row.length))
		if key != row.key || (err == nil) != (row.key != "") {
			t.Errorf("%s: %q, %v", name, key, err)
		}
	}
}

func TestTickets(t *testing.T) {
	record := func(rest string) notarytest.Fault {
		return notarytest.Answer(200, "application/json", `{"records":[{"recordName":"`+key(t)+`",`+rest+`}]}`)
	}
	ticket := `"fields":{"signedTicket":{"value":"` + base64.StdEncoding.EncodeToString([]byte("s8ch")) + `"}}`
	for name, row := range map[string]struct {
		fault    notarytest.Fault
		missing  int
		patience time.Duration
		words    string // of the error; it is there without
		none     bool
		count    int
	}{
		"is there":                       {nil, 0, 0, "", false, 1},
		"is given out":                   {record(ticket), 0, 0, "", false, 1},
		"is not there, and nobody waits": {nil, 1, 0, "fetch ticket: the notary has no ticket for this package yet", true, 1},
		"comes a little later":           {nil, 3, time.Minute, "", false, 4},
		"does not come in time":          {nil, 100, time.Minute, "the notary has no ticket for this package yet", true, 5},
		"is behind a busy service":       {record(`"serverErrorCode":"TRY_AGAIN_LATER"`), 0, time.Minute, "", false, 2},
		"may not be seen":                {record(`"serverErrorCode":"ACCESS_DENIED","reason":"no\nway"`), 0, time.Minute, "fetch ticket: no way (ACCESS_DENIED)", false, 1},
		"is refused without a reason":    {record(`"serverErrorCode":"GONE"`), 0, time.Minute, "it is refused (GONE)", false, 1},
		"is empty":                       {record(`"fields":{"signedTicket":{"value":""}}`), 0, time.Minute, "it holds no ticket", false, 1},
		"has no fields":                  {record(`"deleted":true`), 0, time.Minute, "it holds no ticket", false, 1},
		"is not in base64":               {record(`"fields":{"signedTicket":{"value":"***"}}`), 0, time.Minute, "it holds no ticket", false, 1},
		"is a number":                    {record(`"fields":{"signedTicket":{"value":7}}`), 0, time.Minute, "the answer cannot be understood", false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			options := []notarytest.Option{notarytest.NoTicket(row.missing)}
			if row.fault != nil {
				options = append(options, notarytest.At(notarytest.Ticket, row.fault))
			}
			s := play(t, options...)
			got, err := s.Ticket(t.Context(), key(t), row.patience)
			if (err == nil) != (row.words == "") || err != nil && !strings.Contains(err.Error(), row.words) || errors.Is(err, notary.ErrNoTicket) != row.none {
				t.Errorf("got %v", err)
			}
			if err == nil && !bytes.HasPrefix(got, []byte("s8ch")) {
				t.Errorf("ticket is %q", got)
			}
			if n := s.server.Count(notarytest.Ticket); n != row.count {
				t.Errorf("%d lookups", n)
			}
		})
	}
}

func TestKeysOfTicketsThatAreNone(t *testing.T) {
	s := play(t)
	for _, name := range []string{"", "2/1/ab", "2/1/" + strings.Repeat("AB", 20), "2/1/" + strings.Repeat("ab", 32), key(t) + "\n"} {
		if _, err := s.Ticket(t.Context(), name, time.Hour); err == nil || !strings.Contains(err.Error(), "is not the key of a ticket") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if len(s.wire.seen) > 0 {
		t.Errorf("%d requests", len(s.wire.seen))
	}
}
