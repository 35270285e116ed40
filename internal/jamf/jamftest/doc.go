// Package jamftest is a Jamf Pro server in memory: an http.Handler that keeps state, plays a fleet of Macs in virtual
// time, and has the traps of a real server.
//
// A test that passes on a server without traps proves little, since most of what goes wrong with Jamf Pro is not an
// error: a node that has not heard of an object yet, an element that is dropped with "201 Created", a profile that gets
// another identity, a package that is not there yet. So the server reproduces nine behaviours, and each can be switched
// off by itself (see Behaviour) for who wants to look at another:
//
//	Authentication  tokens that expire, and privileges                          token.go, account.go
//	Replication     nodes behind a sticky cookie that hear of writes later      node.go, table.go
//	Strictness      what the Pro API (JSON) checks, clamps and refuses          shelf.go, page.go, rsql.go, criteria.go
//	Silence         what the Classic API (XML) drops, replaces and reorders     cabinet.go, merge.go, model/*.xml
//	Rewriting       what becomes of a configuration profile                     profile.go, plist.go
//	Transfer        packages that are not there until some time after upload    package.go, upload.go, distribution.go
//	Planning        plans of managed software updates that take their time      plan.go, planstate.go, toggle.go
//	Attendance      Macs that check in, run policies and report                 mac.go, fleet.go, checkin.go, lifecycle.go
//	Misfortune      faults on demand; requests are counted in any case          fault.go, counts.go
//
// Time stands still until somebody calls Advance. Nothing here reads a clock, sleeps, or starts a goroutine, and the
// same options and the same requests give the same answers.
//
// What the server knows of Jamf Pro is what Jamf publishes (the schemas of version 11.30.1) and what others have
// measured and written down. Where neither says, the choice is marked "not known" in the source. That something works
// here does not prove that it works on a real server.
package jamftest
