// Package settings knows every preference that an administrator can set.
//
// There is one table, [Table]: each key's name, type, unit, default, limits and words of help. All else follows from it:
// what [Decode] accepts, what the typed getters of [Settings] return, and the reference that [Markdown] writes. To add a
// preference is to add a row, and a name to the constants.
//
// Values come from sources in order of precedence, usually the managed profile and then what the package was built
// with; the default comes last. A value that is of the wrong type, outside its limits or at odds with another one is
// never corrected in silence and never stops anything: it is ignored, the next source counts, and a [Finding] says so by
// name. Each effective value remembers where it came from. Values are data: text that looks like a shell command is kept
// as that text.
//
//	s, findings := settings.Decode(platform, managed, built)
//	policy := s.Policy(environment)
package settings
