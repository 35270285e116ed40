// Package language speaks to people in their own language: the texts of the windows, durations, dates and lists.
//
// Each language is one file in data, so that a translator needs no Go. English is the language of the settings' own
// defaults, and so its file holds only what is no setting. The daemon links no plural library: in all the languages here
// a count has at most two forms, one for 1 and one for more, which a test checks against the Unicode rules.
package language
