// Package plist reads and writes property lists, Apple's format for settings, strictly.
//
// [Decode] accepts what macOS itself writes, XML and binary, and refuses everything that is doubtful: bare text, a key
// given twice, a second root, an integer that does not fit, a document that is small on disk and huge in memory. The
// files it reads lie where others can write, and the program that reads them runs as root, so a doubtful file is an
// error with a name and never a guess, a panic or an exhausted Mac.
//
// [Encode] writes XML, byte for byte the same for the same values, and writes nothing that Decode would refuse.
//
// The grammar is read by howett.net/plist. Because that library is lenient (it takes empty input for an empty
// dictionary, keeps one of two equal keys, and unfolds shared objects without a bound), each document is walked once
// before the library sees it: see checkXML and checkBinary.
package plist
