package jamf

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fleet answers pages of a list of n objects, none larger than largest, and none at all that is larger than patience.
func fleet(n, largest, patience int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		size, _ := strconv.Atoi(r.URL.Query().Get("page-size"))
		size = min(size, largest)
		if size > patience {
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		}
		var rows []string
		for id := number * size; id < min((number+1)*size, n); id++ {
			rows = append(rows, fmt.Sprintf(`{"id":"%d","general":{"name":"mac-%d"}}`, id+1, id+1))
		}
		page(n, rows...)(w, r)
	}
}

func TestPages(t *testing.T) {
	for _, row := range []struct {
		name                    string
		n, size, most, patience int
		sizes                   string // asked for, in turn
	}{
		{"none", 0, 100, 2000, 2000, "100"},
		{"one that is not full", 7, 100, 2000, 2000, "100"},
		{"one that is full", 100, 100, 2000, 2000, "100"},
		{"several", 250, 100, 2000, 2000, "100 100 100"},
		{"smaller ones than were asked for, as the server cuts them without a word", 4500, 5000, 2000, 5000, "5000 2000 2000"},
		{"halves of one that takes too long", 1000, 500, 2000, 250, "500 250 250 250 250"},
		{"halves of halves", 100, 400, 2000, 50, "400 200 100 50 50"},
		{"cut and halved", 4500, 5000, 2000, 1000, "5000 2500 1250 625 625 625 625 625 625 625 625"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v4/computers-inventory", fleet(row.n, row.most, row.patience))
			seen := 0
			query := ComputerQuery{Sections: []Section{SectionGeneral}, PageSize: row.size}
			for computer, err := range s.client(t).Computers(t.Context(), query) {
				ok(t, err)
				seen++
				equal(t, computer.ID, strconv.Itoa(seen))
			}
			equal(t, seen, row.n)
			var sizes []string
			for _, line := range s.lines() {
				_, rest, _ := strings.Cut(line, "page-size=")
				size, _, _ := strings.Cut(rest, "&")
				sizes = append(sizes, size)
			}
			equal(t, strings.Join(sizes, " "), row.sizes)
			equal(t, len(s.sleeps), 0)
		})
	}
}

func TestAWalkThatShrinksOnTheWayMissesNothing(t *testing.T) {
	for _, size := range []int{375, 100, 64, 33} {
		for _, after := range []int{1, 2, 3} {
			s := newStub(t)
			slow := []http.HandlerFunc{}
			for range after {
				slow = append(slow, fleet(1000, 2000, 2000))
			}
			s.on("GET /api/v4/computers-inventory", append(slow, fleet(1000, 2000, 20))...)
			seen := 0
			query := ComputerQuery{Sections: []Section{SectionGeneral}, PageSize: size}
			for computer, err := range s.client(t).Computers(t.Context(), query) {
				ok(t, err)
				seen++
				equal(t, computer.ID, strconv.Itoa(seen))
			}
			equal(t, seen, 1000)
		}
	}
}

func TestAPageThatCannotBeSmallerIsTriedAgain(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory", fleet(25, 2000, 0))
	query := ComputerQuery{Sections: []Section{SectionGeneral}, PageSize: 40}
	for _, err := range s.client(t).Computers(t.Context(), query) {
		fails(t, err, "list computers: GET /api/v4/computers-inventory: 504 Gateway Timeout (after 5 attempts)")
	}
	equal(t, len(s.lines()), 2+maxAttempts) // 40, 20, and 10 five times
}

func TestAPageThatStallsIsHalved(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory", stall, fleet(10, 2000, 2000))
	query := ComputerQuery{Sections: []Section{SectionGeneral}, PageSize: 40}
	c := s.client(t, func(c *Config) { c.Timeout = 50 * time.Millisecond })
	n := 0
	for _, err := range c.Computers(t.Context(), query) {
		ok(t, err)
		n++
	}
	equal(t, n, 10)
	equal(t, strings.Contains(s.lines()[1], "page-size=20"), true)
}

func TestAListThatEndsEarlyIsSaid(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory", page(3, `{"id":"1"}`), page(3))
	var problem error
	for _, err := range s.client(t).Computers(t.Context(), ComputerQuery{Sections: []Section{SectionGeneral}}) {
		problem = err
	}
	failsAs(t, problem, ErrMalformed, "it ends after 1 of 3")
}

func TestNoPageIsReadAheadOfItsReader(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory", fleet(1000, 2000, 2000))
	query := ComputerQuery{Sections: []Section{SectionGeneral}, PageSize: 100}
	seen := 0
	for _, err := range s.client(t).Computers(t.Context(), query) {
		ok(t, err)
		if seen++; seen == 150 {
			break
		}
	}
	equal(t, len(s.lines()), 2)
}
