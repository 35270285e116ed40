// Package embedded holds the daemon for macOS that a release of the administrator's tool brings along, so that building
// a package needs neither Go nor the source. A build from a source checkout holds none, and makes it when it is needed.
//
// The daemon gets in with the build tag embed_daemon, from a file in this folder that `make release` writes first.
package embedded
