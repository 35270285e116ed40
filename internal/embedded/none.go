//go:build !embed_daemon

package embedded

// Daemon is the universal program, and nil where none was built in.
func Daemon() []byte { return nil }
