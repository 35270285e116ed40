package jamf

import (
	"bytes"
	"encoding/json"
	"maps"
)

// document is an object of the Pro API as it came: each field with the very bytes of its value. Fields that this package
// does not know pass through an update this way, numbers with all their digits.
type document map[string]json.RawMessage

// toDocument makes a document of a struct.
func toDocument(value any) (document, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	return d, nil
}

// changes are the fields of after that differ from those of before. One that is gone is null.
func changes(before, after document) document {
	changed := document{}
	for key, value := range after {
		if was, ok := before[key]; !ok || !bytes.Equal(was, value) {
			changed[key] = value
		}
	}
	for key := range before {
		if _, ok := after[key]; !ok {
			changed[key] = json.RawMessage("null")
		}
	}
	return changed
}

// with is a copy of the document with some fields in place of its own.
func (d document) with(fields document) document {
	merged := maps.Clone(d)
	if merged == nil {
		merged = document{}
	}
	maps.Copy(merged, fields)
	return merged
}

// without takes fields out.
func (d document) without(keys ...string) document {
	for _, key := range keys {
		delete(d, key)
	}
	return d
}
