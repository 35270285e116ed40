// Package notary speaks with the two services that vouch for a package: Apple's notary, and a time stamp authority. It
// runs on any system and uses none of Apple's tools.
//
// An [Authority] is asked while a package is signed. It confirms that the signature was there at a certain time, so that
// the signature stays good when the certificate has expired.
//
// A [Client] takes the signed package to the notary, which looks for malware and bad signatures:
//
//	Measure   read the package once, for its size and SHA-256
//	Submit    announce it, be given short-lived credentials of a store at Amazon, and put it there
//	Wait      ask for the verdict until there is one
//	Log       fetch the notary's report, which says what is wrong
//	Ticket    fetch the ticket, which flatpkg staples to the package; for this nobody needs a key
//
// Who asks shows it with a [Key] of App Store Connect: each request carries a short-lived token that is signed with it.
//
// What fails is tried again only where that can do no harm, a few times, and with the clock and the waiting that the
// caller hands in. A submission is announced once. No credential gets into an error: addresses are named without user,
// password and query, and what a service says is searched for the secrets that it was sent. Redirections are not
// followed, as they would take the credentials along.
//
// The form of the requests follows Apple's public documentation of the Notary API and of tokens for App Store Connect,
// and Amazon's of Signature Version 4. The ticket service is not documented; its form is the one that others have
// described. Nothing here has been tried on Apple's services by this project.
package notary
