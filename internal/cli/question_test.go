package cli

import (
	"context"
	"io"
	"strings"
	"testing"
)

func TestAQuestionCanBeInterrupted(t *testing.T) {
	silent, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := answer(ctx, silent); got != "" {
		t.Errorf("%q", got)
	}
	for in, want := range map[string]string{"Yes \r\n": "Yes", "yes": "", "": "", "\n": ""} {
		if got := answer(t.Context(), strings.NewReader(in)); got != want {
			t.Errorf("%q is taken for %q", in, got)
		}
	}
}
