// Package flatpkg writes, reads and signs flat installer packages: the .pkg files that macOS's Installer and fleet tools
// take. It runs on any system and uses none of Apple's tools.
//
// A flat package is a xar archive: a short header, a compressed table of contents in XML, and a heap with the files. A
// component package holds four of them:
//
//	PackageInfo  what it is: identifier, version, scripts, how much it installs (XML)
//	Bom          the bill of materials: every path with mode, owner, size and checksum; it becomes the receipt
//	Payload      the files to lay down: a gzip of a cpio archive in the old portable form ("odc")
//	Scripts      preinstall and postinstall, packed the same way
//
// A product archive holds a Distribution file (a title, the oldest macOS it installs on, the processors it runs on) and
// one folder per component. Fleet tools that install during enrolment take product archives only.
//
// [WriteComponent] and [WriteProduct] turn a description into bytes. The same description gives the same bytes, whatever
// the time, the system, the umask or the folder: modes, owners and the one modification time come from the description
// and never from a file system. Files stream through a temporary file, so that memory does not grow with their size.
//
// [Open] reads such a package and trusts nothing in it; [Package.Verify] checks that all its parts tell the same story,
// and who signed it. [Sign] writes a signed copy. A signature covers the table of contents, which holds a checksum of
// everything else: once as a plain RSA signature, once as a CMS message that may carry a time stamp of RFC 3161.
//
// Apple documents little of this. The layouts follow what pkgbuild and productbuild write, as others have described
// them; where a detail is a guess or a choice, a comment says so. Nothing here has been put through Apple's own tools.
package flatpkg
