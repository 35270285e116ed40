package cli_test

import (
	"encoding/json"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func TestSchemaIsFresh(t *testing.T) {
	schema, err := deployment.Schema()
	if err != nil {
		t.Fatal(err)
	}
	fresh(t, "schema/install-or-defer.schema.json", string(schema))
}

func TestEverySettingIsListedAndExplained(t *testing.T) {
	stdout, _, code := run(t, "settings", "list", "--json")
	var listed []struct{ Name, Type, Help string }
	if err := json.Unmarshal([]byte(stdout), &listed); err != nil || code != 0 {
		t.Fatal(err, code)
	}
	for i, key := range settings.Table() {
		if i >= len(listed) || listed[i].Name != key.Name || listed[i].Type != string(key.Type) || listed[i].Help != key.Help {
			t.Fatalf("%s is not listed", key.Name)
		}
	}
	for _, key := range settings.Table() {
		if stdout, stderr, code := run(t, "settings", "explain", key.Name); code != 0 || stdout == "" {
			t.Errorf("%s: %d, %s", key.Name, code, stderr)
		}
	}
}
