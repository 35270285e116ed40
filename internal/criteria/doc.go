// Package criteria says which Macs are meant, in a form that people read, and turns it into the one that smart groups of
// Jamf Pro have.
//
// People write a tree: tests of one thing each, and all or any of several. Jamf Pro has a flat list in which each
// criterion is joined to the one before by "and" or "or", and may open one parenthesis and close one. [Node.Rows] makes
// the list, in the order of the tree. It never leaves it to the server whether "and" or "or" binds tighter: where both
// occur, there are parentheses. What the list cannot say is refused, and so is what servers are known to understand in
// different ways: regular expressions that only some engines read, and values that are longer than a server keeps.
//
// A test that several values can meet, such as one of several serial numbers, becomes as many criteria, and so does a
// regular expression that is too long. Versions of applications are compared by regular expressions that are made here,
// since it is not known that servers compare them as numbers.
package criteria
