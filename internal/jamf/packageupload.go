package jamf

import (
	"bytes"
	"context"
	"crypto/md5" // one of the two that Jamf knows; it is no signature
	"crypto/sha3"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Upload is the file of a package.
type Upload struct {
	FileName string // must be that of the package's record
	Content  io.ReaderAt
	Size     int64                         // in bytes
	Hash     HashType                      // what Macs are to check; empty for HashSHA3
	Progress func(sent int64, total int64) // told how many bytes of the file are on their way; nil for nobody
}

// HashError says that the server holds another file than was sent.
type HashError struct{ Sent, Held string }

// Error implements error.
func (e *HashError) Error() string {
	return fmt.Sprintf("the server's file has the hash %s, that which was sent %s", e.Held, e.Sent)
}

// Upload sends the file of a package, and then writes the hash of the very bytes that were sent into its record. It
// returns the record. The file is read once and not held in memory. A lost answer is [ErrUnknownOutcome]: the record
// tells, after a while, whether the file arrived. Never send another file under a name that Macs may know already.
func (c *Client) Upload(ctx context.Context, id string, file Upload) (Package, error) {
	p, err := c.upload(ctx, id, file)
	if err != nil {
		return Package{}, fmt.Errorf("upload package %s: %w", oneLine(id), err)
	}
	return p, nil
}

func (c *Client) upload(ctx context.Context, id string, file Upload) (Package, error) {
	if file.Hash == "" {
		file.Hash = HashSHA3
	}
	if err := refuseWord("hash", file.Hash, []HashType{HashSHA3, HashMD5}); err != nil {
		return Package{}, err
	}
	record, err := c.Packages().read(ctx, id)
	if err != nil {
		return Package{}, err
	}
	if record.FileName != file.FileName || file.Size <= 0 {
		return Package{}, fmt.Errorf("%w: the file is %q with %d bytes, the record is for %q",
			ErrRefused, file.FileName, file.Size, record.FileName)
	}
	sum, err := c.sendFile(ctx, id, file)
	if err != nil {
		return Package{}, err
	}
	return c.seal(ctx, id, file.Hash, sum)
}

// sendFile sends a file, and returns its hash in hexadecimal.
func (c *Client) sendFile(ctx context.Context, id string, file Upload) (string, error) {
	form, err := frame(file.FileName)
	if err != nil {
		return "", err
	}
	path, err := c.Packages().pathOf(ctx, id)
	if err != nil {
		return "", err
	}
	var sent *meter
	_, err = c.do(ctx, call{
		method: http.MethodPost, path: path + "/upload", media: form.media, renew: true, timeout: patience(file.Size),
		body: func() source {
			sent = &meter{file: file, hash: newHash(file.Hash), from: io.NewSectionReader(file.Content, 0, file.Size)}
			whole := io.MultiReader(bytes.NewReader(form.before), sent, bytes.NewReader(form.after))
			return source{whole, int64(len(form.before)) + file.Size + int64(len(form.after))}
		},
	})
	var sum string
	if sent != nil {
		var cut error
		if sum, cut = sent.sum(); err == nil {
			err = cut
		}
	}
	return sum, err
}

// patience is how long a file may take. No network that is worth using is slower than 1 MB a second for long; the server
// passes the file on before it answers, which takes its time again.
func patience(size int64) time.Duration {
	const perSecond = 1_000_000
	return 10*time.Minute + 2*time.Duration(size/perSecond)*time.Second
}

// form is what comes before and after a file in a form that holds nothing else.
type form struct {
	before, after []byte
	media         string
}

func frame(fileName string) (form, error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if _, err := w.CreateFormFile("file", fileName); err != nil {
		return form{}, err
	}
	before := bytes.Clone(out.Bytes())
	out.Reset()
	if err := w.Close(); err != nil {
		return form{}, err
	}
	return form{before: before, after: out.Bytes(), media: w.FormDataContentType()}, nil
}

// meter reads a file, hashes what it reads, and tells how far it is. An answer may come before the file is sent, and the
// sending goes on for a moment beside whoever reads the answer.
type meter struct {
	mu   sync.Mutex
	file Upload
	hash hash.Hash
	from io.Reader
	done int64
	over bool
}

func newHash(t HashType) hash.Hash {
	if t == HashMD5 {
		return md5.New()
	}
	return sha3.New512()
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return 0, io.ErrClosedPipe
	}
	n, err := m.from.Read(p)
	m.hash.Write(p[:n])
	m.done += int64(n)
	if n > 0 && m.file.Progress != nil {
		m.file.Progress(m.done, m.file.Size)
	}
	return n, err
}

// sum ends the reading, and is the hash of the file. An answer that came before the file was sent is none to it.
func (m *meter) sum() (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
	if m.done != m.file.Size {
		return "", fmt.Errorf("%w: it came after %d of %d bytes", ErrMalformed, m.done, m.file.Size)
	}
	return hex.EncodeToString(m.hash.Sum(nil)), nil
}

// seal writes the hash into the record, unless the server did, and compares with what the server found out itself.
func (c *Client) seal(ctx context.Context, id string, kind HashType, sum string) (Package, error) {
	p, err := c.Packages().update(ctx, id, func(p *Package) error {
		p.HashType, p.HashValue = kind, sum
		return nil
	})
	if err != nil {
		return Package{}, fmt.Errorf("write its hash: %w", err)
	}
	held := p.SHA3
	if kind == HashMD5 {
		held = p.MD5
	}
	if held != "" && !strings.EqualFold(held, sum) {
		return p, &HashError{Sent: sum, Held: held}
	}
	if p.HashValue != "" && !strings.EqualFold(p.HashValue, sum) {
		return p, &HashError{Sent: sum, Held: p.HashValue}
	}
	return p, nil
}
