// Package jamflocal serves a Jamf Pro server in memory on this computer, so that people can try a rollout without one.
//
// The server is that of package jamftest, with its traps and its fleet. What it lacks for people is here: a port, on a
// loopback address only, a clock that runs, as fast as one likes, and a request that lets days go by at once. Nothing of it
// outlives the process.
package jamflocal
