package notary

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// ErrChanged says that a package is no longer what was measured.
var ErrChanged = errors.New("the package has changed since it was measured")

const (
	maxUpload   = 5 << 30  // of a store that is given an object at once
	slowestLine = 64 << 10 // bytes a second: an upload that takes longer than this is given up
	packageType = "application/octet-stream"
)

// Upload is a package on its way to the notary.
type Upload struct {
	Name   string // of the file, as the notary will list it
	SHA256 [sha256.Size]byte
	Size   int64
	Open   func() (io.ReadCloser, error) // from the beginning, each time
}

// Measure reads a package once and describes it.
func Measure(name string, open func() (io.ReadCloser, error)) (Upload, error) {
	u := Upload{Name: name, Open: open}
	from, err := open()
	if err != nil {
		return Upload{}, fmt.Errorf("measure package: %w", err)
	}
	defer from.Close() //nolint:errcheck // it was only read
	sum := sha256.New()
	if u.Size, err = io.Copy(sum, from); err != nil {
		return Upload{}, fmt.Errorf("measure package: %w", err)
	}
	sum.Sum(u.SHA256[:0])
	return u, nil
}

func (u Upload) check() error {
	switch {
	case u.Name == "" || strings.ContainsAny(u.Name, "/\\") || plain(u.Name, 255) != u.Name:
		return fmt.Errorf("%q is not the name of a file that the notary could list", plain(u.Name, 60))
	case u.Size <= 0:
		return errors.New("the package is empty")
	case u.Size > maxUpload:
		return fmt.Errorf("the package has %d bytes, and one upload %d at most", u.Size, int64(maxUpload))
	case u.Open == nil:
		return errors.New("there is no way to open the package")
	}
	return nil
}

// Submit announces a package to the notary and uploads it. It tells progress how many bytes are on their way, from
// another goroutine, and from zero again when an upload is tried again. The notary knows of the submission once there is
// an identifier; it may come with an error if the upload failed. The announcement is never made twice, since it might
// have arrived.
func (c *Client) Submit(ctx context.Context, u Upload, progress func(sent int64)) (id string, err error) {
	to, err := c.announce(ctx, u)
	if err != nil {
		return "", fmt.Errorf("submit package: %w", err)
	}
	if err := c.upload(ctx, u, to, progress); err != nil {
		return to.id, fmt.Errorf("upload package: %w", err)
	}
	return to.id, nil
}

// locker is the place in a store that the notary gives for a package, for twelve hours.
type locker struct {
	id             string
	bucket, object string
	credentials
}

func (c *Client) announce(ctx context.Context, u Upload) (locker, error) {
	if err := u.check(); err != nil {
		return locker{}, err
	}
	r, err := jsonRequest(http.MethodPost, c.submissions(), struct {
		Name   string `json:"submissionName"`
		SHA256 string `json:"sha256"`
	}{u.Name, hex.EncodeToString(u.SHA256[:])})
	if err != nil {
		return locker{}, err
	}
	a, err := c.authorized(ctx, r)
	if err != nil {
		return locker{}, err
	}
	return decodeLocker(a)
}

func decodeLocker(a answer) (locker, error) {
	said, err := decode[struct {
		Data struct {
			ID         string `json:"id"`
			Attributes struct {
				ID      string `json:"awsAccessKeyId"`
				Secret  string `json:"awsSecretAccessKey"`
				Session string `json:"awsSessionToken"`
				Bucket  string `json:"bucket"`
				Object  string `json:"object"`
			} `json:"attributes"`
		} `json:"data"`
	}](a)
	if err != nil {
		return locker{}, err
	}
	at := said.Data.Attributes
	l := locker{said.Data.ID, at.Bucket, at.Object, credentials{at.ID, at.Secret, at.Session}}
	// The bucket gets into the name of a host, and the rest into headers.
	switch {
	case !isIdentifier(l.id):
		return locker{}, fmt.Errorf("%w: the submission has no identifier", ErrAnswer)
	case !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`).MatchString(l.bucket) || strings.Contains(l.bucket, ".."):
		return locker{}, fmt.Errorf("%w: the bucket has no name", ErrAnswer)
	case l.object == "" || strings.HasPrefix(l.object, "/") || plain(l.object, 1024) != l.object:
		return locker{}, fmt.Errorf("%w: the object has no name", ErrAnswer)
	case !l.usable():
		return locker{}, fmt.Errorf("%w: the credentials of the store are missing", ErrAnswer)
	}
	return l, nil
}

// upload puts the package into the store with one request. It is tried again as a whole: the same bytes at the same
// place.
func (c *Client) upload(ctx context.Context, u Upload, to locker, progress func(int64)) error {
	address := strings.TrimSuffix(strings.ReplaceAll(or(c.Endpoints.Store, StoreAddress), "{bucket}", to.bucket), "/")
	r := request{
		method: http.MethodPut, address: address + "/" + escapePath(to.object), size: u.Size,
		time: 10*time.Minute + time.Duration(u.Size/slowestLine)*time.Second,
	}
	_, err := c.retrier().again(ctx, 0, func() (answer, error) {
		var err error
		// Signed anew each time, as a signature is good for a quarter of an hour.
		if r.header, err = to.sign(r.method, r.address, hex.EncodeToString(u.SHA256[:]), c.Now()); err != nil {
			return answer{}, err
		}
		r.secrets = append(to.secrets(), r.header.Get("Authorization"))
		r.header.Set("Content-Type", packageType)
		r.header.Set("Expect", "100-continue") // a refusal then comes before the package goes
		from, err := u.Open()
		if err != nil {
			return answer{}, err
		}
		m := &meter{from: from, size: u.Size, progress: progress}
		defer m.Close() //nolint:errcheck // it was only read
		r.stream = m
		a, err := r.send(ctx, c.Transport, c.Now)
		return a, m.verdict(err)
	})
	return err
}

// meter counts what a transport reads of a package. The transport may still read and close it, in a goroutine of its
// own, when it has returned an answer already.
type meter struct {
	from     io.ReadCloser
	size     int64
	progress func(sent int64)

	mu     sync.Mutex
	sent   int64
	err    error // of the package, not of the network
	closed bool
}

func (m *meter) Read(p []byte) (int, error) {
	m.mu.Lock()
	left := m.size - m.sent
	m.mu.Unlock()
	n, err := readWithin(m.from, p, left)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return 0, io.ErrClosedPipe
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
		return 0, err
	}
	m.sent += int64(n)
	if m.progress != nil && n > 0 {
		m.progress(m.sent)
	}
	return n, err
}

// readWithin reads from what has to end when this much more was read. What comes last is not handed out before it is
// certain that nothing follows, so that a store never gets a package that has become longer.
func readWithin(from io.Reader, p []byte, left int64) (int, error) {
	n, err := from.Read(p[:min(int64(len(p)), left)])
	if left == int64(n) && err == nil {
		var more [1]byte
		if n, err := io.ReadFull(from, more[:]); n > 0 {
			return 0, ErrChanged
		} else if err != io.EOF {
			return 0, err
		}
		return n, io.EOF
	}
	if err == io.EOF && int64(n) < left {
		return 0, ErrChanged
	}
	return n, err
}

func (m *meter) Close() error {
	m.mu.Lock()
	was := m.closed
	m.closed = true
	m.mu.Unlock()
	if was {
		return nil
	}
	return m.from.Close()
}

// verdict is how an attempt ended, given how the transport says it did.
func (m *meter) verdict(err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.err != nil:
		return m.err
	case err == nil && m.sent != m.size:
		return fmt.Errorf("%w: the store says it has a package of %d bytes after %d", ErrAnswer, m.size, m.sent)
	default:
		return err
	}
}
