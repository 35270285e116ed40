// Package jamf speaks the calls of the Jamf Pro API that this program needs, and knows nothing of what they are for.
//
// Jamf Pro has two APIs side by side. The Pro API (/api/…) speaks JSON: categories, packages, scripts, extension
// attributes, computer groups, inventory. The Classic API (/JSSResource/…) speaks XML: policies, configuration profiles
// and policy logs are found only there. A [Client] speaks both with one token. Each kind of object has a file of its own
// and the same verbs: All, Find (by exact name), Read, Create, Update, Delete.
//
// The server is forgiving where that hurts, and strict where nobody expects it. What this package does about it:
//
//   - Classic answers 201 to words it does not know, and stores something else. So words are checked here, before they
//     are sent, and every write is followed by a read, whose result the caller gets and can compare.
//   - Writing an object replaces it whole (Pro), or replaces each list that is sent (Classic). So an update reads first,
//     lets the caller change what it owns, and sends everything else back as it was, known to this package or not.
//   - A lost answer to a POST says nothing. It is never sent twice: the object is looked up by name, and where that does
//     not decide it, the error is [ErrUnknownOutcome].
//   - Jamf's cloud has several web servers that hear of each other's writes after a minute. So the cookie that binds a
//     client to one of them is kept, and what was just created is waited for.
//   - A name in a filter is compared without case, and a star in it stands for anything. So names are compared here.
//   - Newer servers have newer paths. So the version is read once, the newest path is taken that it has, and older ones
//     are fallen back to.
//   - Errors come in four dialects, one of them from the edge in front of the server, which looks like a missing
//     privilege and is none. [APIError] holds what was said, by whom, and what it means.
//
// A client makes at most four requests at a time, one of which writes, since Jamf asks for no more than five connections.
// Waiting and the time come from the caller. No credential, token or cookie is ever part of an error or a trace.
//
// The facts rest on Jamf's published API documents and on notes that others took on live servers. Nothing here has been
// run against a live Jamf Pro by this project; a guess is marked as one where it stands.
package jamf
