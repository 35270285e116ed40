//go:build embed_daemon

package embedded

import _ "embed"

//go:embed install-or-deferd
var daemon []byte

// Daemon is the universal program, and nil where none was built in.
func Daemon() []byte { return daemon }
