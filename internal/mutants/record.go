package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// A result is a mutant and what became of it.
type result struct {
	Mutant  string  `json:"mutant"` // its key
	Line    int     `json:"line"`
	Source  string  `json:"source"` // the beginning of the hash of the file as it was
	Outcome outcome `json:"outcome"`
	By      string  `json:"by,omitempty"`  // the test that killed it
	Why     string  `json:"why,omitempty"` // why no test can
}

// A record keeps results in a file, a line each, so that a run that was stopped goes on where it was. A mutant that was
// killed stays killed for as long as its file is the same; one that has survived is tried again.
type record struct {
	path  string // empty for none
	known map[string]result
	mutex sync.Mutex
}

func openRecord(path string) (*record, error) {
	r := &record{path: path, known: map[string]result{}}
	if path == "" {
		return r, nil
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read record: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var one result
		if json.Unmarshal(lines.Bytes(), &one) == nil { // the last line may have been cut off
			r.known[one.Mutant] = one
		}
	}
	return r, nil
}

// recall returns what became of a mutant in an earlier run, if that still holds.
func (r *record) recall(m mutant, source string) (result, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	known, ok := r.known[m.key()]
	return known, ok && known.Source == source && known.Outcome != survived
}

// note adds a result.
func (r *record) note(one result) error {
	if r.path == "" {
		return nil
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	text, err := json.Marshal(one)
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	file, err := os.OpenFile(r.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

// fingerprint is the beginning of a file's hash.
func fingerprint(root, name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return "", fmt.Errorf("read source: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:4]), nil
}
