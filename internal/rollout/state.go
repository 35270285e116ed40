package rollout

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// State is what is remembered of a rollout between commands: which objects are ours, by number, and what was last written,
// so that a change by somebody else can be told from a change of ours. Everything else is on the server. Nothing in it is
// secret. Without it nothing breaks, but less is known: what was made cannot all be told from what was found.
type State struct {
	Schema     int               `json:"schema"` // 1
	Server     string            `json:"server"`
	Identifier string            `json:"identifier"`
	Objects    map[string]*Entry `json:"objects"`           // by kind and name, as "policy/Install or Defer"
	Written    time.Time         `json:"written,omitzero"`  // when something was last written, by this computer's clock
	Stage      *StageMark        `json:"stage,omitempty"`   // where the rollout is, as far as this program has brought it
	Package    string            `json:"package,omitempty"` // the file that was distributed last
	Stopped    *time.Time        `json:"stopped,omitempty"` // by a rollback, until the rollout is resumed
}

// Entry is an object.
type Entry struct {
	ID      string            `json:"id,omitempty"`
	Created bool              `json:"created"`            // by this program; otherwise it was there before
	Pending bool              `json:"pending,omitempty"`  // it was about to be created, and it is not known whether it was
	Arm     bool              `json:"arm,omitempty"`      // a policy that is to be turned on when all else is done
	Fields  map[string]string `json:"fields,omitempty"`   // a hash of each as it was last written
	On      *bool             `json:"on,omitempty"`       // whether a policy was last turned on or off here
	Hash    string            `json:"hash,omitempty"`     // of the file that was uploaded
	Groups  []string          `json:"groups,omitempty"`   // that were put into its scope
	Without []string          `json:"excluded,omitempty"` // that were put into its exclusions
}

// StageMark says since when a stage lasts.
type StageMark struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
}

// ErrForeignState says that a state is of another server or another deployment.
var ErrForeignState = errors.New("it is of another rollout")

// ReadState reads a state. Nothing is an empty one.
func ReadState(data []byte) (*State, error) {
	s := &State{Schema: 1, Objects: map[string]*Entry{}}
	if len(bytes.TrimSpace(data)) == 0 {
		return s, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(s); err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	if s.Schema != 1 {
		return nil, fmt.Errorf("read state: schema %d is not known", s.Schema)
	}
	for text, e := range s.Objects {
		if _, ok := parseKey(text); !ok || e == nil {
			return nil, fmt.Errorf("read state: %.80q is no object", text)
		}
	}
	if s.Objects == nil {
		s.Objects = map[string]*Entry{}
	}
	return s, nil
}

// Bytes are the state as it is kept.
func (s *State) Bytes() ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write state: %w", err)
	}
	return append(data, '\n'), nil
}

// bind makes a state one of a rollout, or refuses it as one of another.
func (s *State) bind(server, identifier string) error {
	if s.Server == "" && s.Identifier == "" && len(s.Objects) == 0 {
		s.Server, s.Identifier = server, identifier
	}
	if s.Server != server || s.Identifier != identifier {
		return fmt.Errorf("state: %w: of %s on %s, not of %s on %s", ErrForeignState, s.Identifier, s.Server, identifier, server)
	}
	return nil
}

func (s *State) entry(k key) *Entry { return s.Objects[k.String()] }

// open is the entry of an object, which is made if there is none.
func (s *State) open(k key) *Entry {
	e := s.Objects[k.String()]
	if e == nil {
		e = &Entry{}
		s.Objects[k.String()] = e
	}
	return e
}

func (s *State) drop(k key) { delete(s.Objects, k.String()) }

// remember notes what the server holds of an object after a write.
func (e *Entry) remember(id string, shown map[string]string) {
	e.ID, e.Pending, e.Fields = id, false, map[string]string{}
	for field, text := range shown {
		e.Fields[field] = fingerprint(text)
	}
}

// groups and without are what we have put into a scope. Of an object without an entry that is nothing.
func (e *Entry) groups() []string {
	if e == nil {
		return nil
	}
	return e.Groups
}

func (e *Entry) without() []string {
	if e == nil {
		return nil
	}
	return e.Without
}

// drifted tells that somebody else has changed a field since it was written.
func (e *Entry) drifted(field, shown string) bool {
	if e == nil {
		return false
	}
	last, known := e.Fields[field]
	return known && last != fingerprint(shown)
}

// fingerprint is enough of a hash to tell a text from others.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	const enough = 8
	return hex.EncodeToString(sum[:enough])
}
