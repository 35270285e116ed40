package prooftest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	_ "pgregory.net/rapid" // whose flags are set

	"github.com/install-or-defer/install-or-defer/internal/prooftest"
)

func TestCountsAreAppendedLineByLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "counts")
	t.Setenv("INSTALL_OR_DEFER_PROOF_FILE", path)
	prooftest.Count(t, "plays", 3)
	prooftest.Count(t, `so-called "steps"`, 40)
	data, err := os.ReadFile(path)
	want := `{"name":"plays","count":3}` + "\n" + `{"name":"so-called \"steps\"","count":40}` + "\n"
	if err != nil || string(data) != want {
		t.Errorf("%q, %v", data, err)
	}
}

func TestNothingIsCountedWhereNobodyAsks(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("INSTALL_OR_DEFER_PROOF_FILE", "")
	prooftest.Count(t, "plays", 3)
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestOnlyAProofPlaysEverything(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "1": true} {
		t.Setenv("INSTALL_OR_DEFER_PROOF", value)
		if prooftest.Full() != want {
			t.Errorf("%q: %t", value, !want)
		}
	}
}

func TestASampleIsTheSameEachTimeAndAProofIsNot(t *testing.T) {
	for value, seed := range map[string]string{"": "1", "1": "0"} {
		t.Setenv("INSTALL_OR_DEFER_PROOF", value)
		if err := prooftest.Sample(7); err != nil {
			t.Fatal(err)
		}
		if got := flag.Lookup("rapid.seed").Value.String(); got != seed || flag.Lookup("rapid.checks").Value.String() != "7" {
			t.Errorf("%q: the seed is %s", value, got)
		}
	}
}
