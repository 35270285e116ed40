// Package sim is a Mac in memory: an implementation of macos.Host in which whole enforcements play in milliseconds.
//
// It answers tool calls with the text that the real tools print on the macOS version it plays, so the argument building
// and the parsing of package macos run as they would on a Mac. It keeps virtual time, which people spend: they answer
// prompts, ignore them, kill them, close the lid, log out and set the clock. launchd starts turns, restarts end them and
// empty the memory; files stay.
//
// What the simulation knows of macOS comes from captured output, manuals and public source. That something works here
// does not prove that it works on a Mac.
package sim
