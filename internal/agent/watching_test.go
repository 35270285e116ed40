package agent_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

type ctx = context.Context

// watching is a file tree that is written to in our own places only.
type watching struct {
	macos.Tree
	t *testing.T
}

func (w *watching) Write(path string, data []byte, mode fs.FileMode) error {
	if !strings.HasPrefix(path, "/Library/Application Support/install-or-defer/") && path != "/var/log/install-or-defer.log" {
		w.t.Errorf("%s is written", path)
	}
	if mode&0o022 != 0 {
		w.t.Errorf("%s is made writable to others: %v", path, mode)
	}
	return w.Tree.Write(path, data, mode)
}

func (w *watching) Remove(path string) error {
	if !strings.Contains(path, "install-or-defer") {
		w.t.Errorf("%s is removed", path)
	}
	return w.Tree.Remove(path)
}
