package notarytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// upload takes a package as Amazon's store does: only with a signature that is right, and only what was signed.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	m := s.meant(r)
	if m == nil {
		xmlError(w, http.StatusForbidden, "AccessDenied", "Access Denied")
		return
	}
	if code, message := s.checkUpload(r, m); code != "" {
		xmlError(w, http.StatusForbidden, code, message)
		return
	}
	if r.ContentLength < 0 {
		xmlError(w, http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
		return
	}
	sum := sha256.New()
	size, err := io.Copy(sum, r.Body)
	if err != nil {
		xmlError(w, http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
		return
	}
	digest := sum.Sum(nil)
	if hex.EncodeToString(digest) != r.Header.Get("X-Amz-Content-Sha256") {
		xmlError(w, http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	copy(m.received[:], digest)
	m.size = size
	w.Header().Set("ETag", `"`+hex.EncodeToString(digest[:16])+`"`)
}

// meant is the submission at whose place something is put.
func (s *Server) meant(r *http.Request) *submission {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.submissions {
		if r.PathValue("bucket") == bucket && r.PathValue("object") == m.object() {
			return m
		}
	}
	return nil
}

// checkUpload verifies Signature Version 4, and says under which code what is wrong.
func (s *Server) checkUpload(r *http.Request, m *submission) (code, message string) {
	fields := map[string]string{}
	algorithm, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	scope, known := strings.CutPrefix(fields["Credential"], m.access+"/")
	date, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	switch {
	case algorithm != "AWS4-HMAC-SHA256" || err != nil:
		return "AccessDenied", "Access Denied"
	case !known:
		return "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
	case r.Header.Get("X-Amz-Security-Token") != m.session:
		return "InvalidToken", "The provided token is malformed or otherwise invalid."
	case s.now().Sub(date).Abs() > 15*time.Minute:
		return "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
	case scope != date.Format("20060102")+"/us-west-2/s3/aws4_request":
		return "AuthorizationHeaderMalformed", "The authorization header is malformed."
	}
	signed := strings.Split(fields["SignedHeaders"], ";")
	for _, needed := range []string{"host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"} {
		if !strings.Contains(";"+fields["SignedHeaders"]+";", ";"+needed+";") {
			return "AccessDenied", "There were headers present in the request which were not signed"
		}
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	lines := []string{r.Method, path, r.URL.RawQuery}
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		lines = append(lines, name+":"+value)
	}
	lines = append(lines, "", fields["SignedHeaders"], r.Header.Get("X-Amz-Content-Sha256"))
	request := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	text := strings.Join([]string{algorithm, r.Header.Get("X-Amz-Date"), scope, hex.EncodeToString(request[:])}, "\n")
	key := mac(mac(mac(mac([]byte("AWS4"+m.secret), date.Format("20060102")), "us-west-2"), "s3"), "aws4_request")
	if want := hex.EncodeToString(mac(key, text)); fields["Signature"] != want || path != "/store/"+bucket+"/"+encoded(m.object()) {
		// Amazon repeats here what it has signed.
		return "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."
	}
	return "", ""
}

// encoded is the name of an object as Amazon writes it in what is signed.
func encoded(name string) string {
	return strings.NewReplacer(":", "%3A", "+", "%2B", "=", "%3D", " ", "%20").Replace(name)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func xmlError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
		Request string `xml:"RequestId"`
	}{Code: code, Message: message, Request: "EXAMPLE"})
}
