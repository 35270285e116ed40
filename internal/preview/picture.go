package preview

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// maxPicture is how large a picture may be.
const maxPicture = 4 << 20

// ErrPicture says that a picture cannot be shown.
var ErrPicture = errors.New("is neither a PNG picture nor an icon (.icns)")

// picture is what a browser can show of a logo: a PNG picture as it is, and of an icon of Apple's the largest picture in it
// that is one. It is nil for anything else.
func picture(data []byte) []byte {
	if bytes.HasPrefix(data, []byte(pngMagic)) {
		return data
	}
	const header = 8 // four letters and the length, of the icon and of each picture in it
	if len(data) < header || string(data[:4]) != "icns" {
		return nil
	}
	var best []byte
	for rest := data[header:]; len(rest) > header; {
		size := int64(binary.BigEndian.Uint32(rest[4:header]))
		if size < header || size > int64(len(rest)) {
			break
		}
		if body := rest[header:size]; bytes.HasPrefix(body, []byte(pngMagic)) && len(body) > len(best) {
			best = body
		}
		rest = rest[size:]
	}
	return best
}

// ReadPicture reads a picture for [Base].
func ReadPicture(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, fmt.Errorf("read logo: %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxPicture+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read logo: %s: %w", name, err)
	case len(data) > maxPicture:
		return nil, fmt.Errorf("read logo: %s: is larger than %d MiB", name, maxPicture>>20)
	case picture(data) == nil:
		return nil, fmt.Errorf("read logo: %s: %w", name, ErrPicture)
	}
	return data, nil
}
