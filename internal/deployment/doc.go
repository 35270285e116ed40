// Package deployment reads and writes what an administrator keeps: install-or-defer.yaml, the one file from which
// profile and package are made.
//
// [Load] is strict. A key that is not known, a value of the wrong type or outside its limits, settings that contradict
// each other: each is a [Problem] with file, line, column, the key and what to write instead, and with any problem there
// is no [Deployment] at all. What [Write] writes, Load reads back as it was.
//
// Fleets also have their settings in other files. [Read] takes settings from a property list, a configuration profile, a
// bare list of settings in YAML or the file itself, and [Import] turns those, and the variables of an edited copy of the
// shell script that came before this program, into a Deployment, and says of each value what became of it.
package deployment
