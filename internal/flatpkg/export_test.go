package flatpkg

// RawBom is the bill of materials as it is.
func RawBom(c *Contents) ([]byte, error) { return c.x.small(c.files["Bom"], maxBom) }
