package main

import (
	"strings"
	"testing"
)

const heard = `goos: linux
goarch: amd64
pkg: example.com/a
BenchmarkTurnWithNothingDue-2   	     100	  45261664 ns/op	         7.129 cpu-ms/turn	         5.000 own-cpu-ms/turn	         2.000 processes/turn
BenchmarkTurnWithNothingDue-2   	     100	  45261664 ns/op	         7.129 cpu-ms/turn	         3.000 own-cpu-ms/turn	         2.000 processes/turn
BenchmarkTurnWithNothingDue-2   	     100	  45261664 ns/op	         7.129 cpu-ms/turn	         9.000 own-cpu-ms/turn	         2.000 processes/turn
BenchmarkEmptyProgram-2         	     100	   1383146 ns/op	         2.500 own-cpu-ms/turn
PASS
pkg: example.com/b
BenchmarkParseListing-2         	  100000	     12345 ns/op	 345.60 MB/cpu-s	     120 B/op	       3 allocs/op
BenchmarkRound/helpful-2        	     622	   4751375 ns/op	      2100.5 rounds/cpu-s
BenchmarkChange-2               	       9	 130000000 ns/op	        87.00 ms/change
ok  	example.com/b	13.280s
`

func TestTheTableShowsMediansRatiosAndTargets(t *testing.T) {
	all := results{}
	if err := all.read(strings.NewReader(heard)); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := all.write(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for _, want := range []string{
		"A turn with nothing due: processes that it starts 2 processes/turn at most 2: reached",
		"A turn with nothing due: its own CPU time 5 own-cpu-ms/turn 2 of an empty Go program at most 4: missed",
		"Reading a listing of softwareupdate 346 MB/cpu-s at least 200: reached",
		"Rounds on the simulated Mac, of a person who agrees at once 2100 rounds/cpu-s at least 2000: reached",
		"A change on the page of a preview, until it is painted 87 ms/change at most 100: reached",
		"A decision of the core not measured",
	} {
		found := false
		for _, line := range lines {
			found = found || strings.Join(strings.Fields(line), " ") == want
		}
		if !found {
			t.Errorf("no line %q in\n%s", want, b.String())
		}
	}
}
