// Package signature signs what an administrator hands to Macs, so that a Mac can say who made it.
//
// An [Identity] is a private key with its certificate and the certificates above it, as Keychain Access and openssl
// export them: a .p12 file under a password. [Load] reads one and says in plain words what is wrong with it, before
// anything is built. [Identity.SignCMS] wraps a content in a signed message, the form that macOS takes for
// configuration profiles. The package reads no files, asks nobody and keeps no password.
package signature
