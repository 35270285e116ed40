package jamftest

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
)

// upload is a file that arrived: its name, and what it adds up to. What was in it is not kept.
type upload struct {
	name                      string
	size                      string
	md5, sha256, sha512, sha3 string
}

// receive reads an upload as it arrives: one part named "file". It is nil without an error if there is no such part.
func receive(r *http.Request) (*upload, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		sums := []hash.Hash{md5.New(), sha256.New(), sha512.New(), sha3.New512()}
		n, err := io.Copy(io.MultiWriter(sums[0], sums[1], sums[2], sums[3]), part)
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		sum := func(i int) string { return hex.EncodeToString(sums[i].Sum(nil)) }
		return &upload{part.FileName(), strconv.FormatInt(n, 10), sum(0), sum(1), sum(2), sum(3)}, nil
	}
}
