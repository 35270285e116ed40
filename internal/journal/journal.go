package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Head is where a journal ends. The zero Head is that of an empty one.
type Head struct {
	N    int    `json:"n"`    // how many lines there have been, from 1
	Hash string `json:"hash"` // of the last of them, in hexadecimal
}

// String is short enough to be shown in an inventory: "218-9f86d081884c", and "0" for an empty journal.
func (h Head) String() string {
	const digits = 12
	if h.N == 0 {
		return "0"
	}
	return strconv.Itoa(h.N) + "-" + h.Hash[:min(digits, len(h.Hash))]
}

// ErrRecord says that a record has no place in a journal.
var ErrRecord = errors.New("is not an object with fields of its own")

// Next makes the line that follows a head, line end included, and the head after it. The record is anything that is a
// JSON object; it has no fields n, prev and hash.
func Next(h Head, record any) (line []byte, next Head, err error) {
	var fields bytes.Buffer
	encoder := json.NewEncoder(&fields)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(record); err != nil {
		return nil, h, fmt.Errorf("write journal: %w", err)
	}
	body, ok := strings.CutPrefix(strings.TrimSpace(fields.String()), "{")
	if !ok || body == "}" {
		return nil, h, fmt.Errorf("write journal: a %T %w", record, ErrRecord)
	}
	text := fmt.Sprintf(`{"n":%d,"prev":%q,%s`, h.N+1, h.Hash, strings.TrimSuffix(body, "}"))
	next = Head{N: h.N + 1, Hash: sum(text)}
	return []byte(text + closing + next.Hash + "\"}\n"), next, nil
}

// closing is what stands between the fields of a line and its hash.
const closing = `,"hash":"`

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

// Line is one line of a journal that was read.
type Line struct {
	Head
	Prev string          // the hash of the line before
	Raw  json.RawMessage // the whole object
}

// parse reads one line, without its end, and checks its hash.
func parse(text string) (Line, error) {
	body, hash, found := cutLast(text, closing)
	hash, closed := strings.CutSuffix(hash, `"}`)
	if !found || !closed {
		return Line{}, errors.New("is not complete")
	}
	if hash != sum(body) {
		return Line{}, errors.New("is not what was written: its hash is another")
	}
	number, rest, hasNumber := strings.Cut(strings.TrimPrefix(body, `{"n":`), `,"prev":"`)
	prev, _, hasPrev := strings.Cut(rest, `"`)
	n, err := strconv.Atoi(number)
	if !hasNumber || !hasPrev || err != nil || n < 1 || !json.Valid([]byte(text)) {
		return Line{}, errors.New("is none that this program writes")
	}
	return Line{Head{n, hash}, prev, json.RawMessage(text)}, nil
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
