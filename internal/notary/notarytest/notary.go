package notarytest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

const bucket = "notary-submissions-test"

// submission is a package that was announced.
type submission struct {
	id, name, sum string
	created       time.Time
	access        string // the identifier of the key for the store
	secret        string
	session       string
	received      [32]byte
	size          int64 // zero until it is uploaded
	polls         int   // left
}

// object has signs in it that have to be escaped, as Apple's has.
func (m *submission) object() string { return "test/AROAEXAMPLE:" + m.id }

func (s *Server) find(id string) *submission {
	for _, m := range s.submissions {
		if m.id == id {
			return m
		}
	}
	return nil
}

func say(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(what)
}

func (s *Server) submit(w http.ResponseWriter, r *http.Request) {
	var asked struct{ SubmissionName, SHA256 string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.SubmissionName == "" || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(asked.SHA256) {
		Refused(http.StatusUnprocessableEntity, "ENTITY_ERROR", "The submission is not described.", "It needs a name and a SHA-256.")(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.submissions) + 1
	m := &submission{
		id: fmt.Sprintf("2efe2717-52ef-43a5-96dc-%012d", n), name: asked.SubmissionName, sum: asked.SHA256, created: s.now(),
		access: fmt.Sprintf("ASIAEXAMPLE%05d", n), secret: fmt.Sprintf("secret+of/the+store/%05d", n), session: fmt.Sprintf("session//token+of/%05d==", n),
		polls: s.polls,
	}
	s.submissions = append(s.submissions, m)
	say(w, map[string]any{"data": map[string]any{"type": "newSubmissions", "id": m.id, "attributes": map[string]string{
		"awsAccessKeyId": m.access, "awsSecretAccessKey": m.secret, "awsSessionToken": m.session, "bucket": bucket, "object": m.object(),
	}}, "meta": map[string]any{}})
}

// state is how a submission stands. Until its package has come it is in progress.
func (s *Server) state(m *submission) string {
	if m.size == 0 || m.polls > 0 {
		return "In Progress"
	}
	return s.verdict
}

func (s *Server) describe(m *submission) map[string]any {
	return map[string]any{"type": "submissions", "id": m.id, "attributes": map[string]string{
		"createdDate": m.created.UTC().Format("2006-01-02T15:04:05.000Z"), "name": m.name, "status": s.state(m),
	}}
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(r.PathValue("id"))
	if m == nil {
		Refused(http.StatusNotFound, "NOT_FOUND", "The specified resource does not exist.", "There is no such submission.")(w, r)
		return
	}
	say(w, map[string]any{"data": s.describe(m), "meta": map[string]any{}})
	if m.size > 0 && m.polls > 0 {
		m.polls--
	}
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []map[string]any{}
	for i := range s.submissions {
		all = append(all, s.describe(s.submissions[len(s.submissions)-1-i]))
	}
	say(w, map[string]any{"data": all, "meta": map[string]any{}})
}

func (s *Server) log(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(r.PathValue("id"))
	if m == nil || s.state(m) == "In Progress" {
		Refused(http.StatusNotFound, "NOT_FOUND", "The specified resource does not exist.", "There is no log of this submission.")(w, r)
		return
	}
	say(w, map[string]any{"data": map[string]any{"type": "submissionsLog", "id": m.id, "attributes": map[string]string{
		"developerLogUrl": "http://" + r.Host + "/logs/" + m.id + "?" + logQuery(m.id),
	}}, "meta": map[string]any{}})
}

// logQuery is what lets somebody read a log.
func logQuery(id string) string {
	return "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE&X-Amz-Signature=" + hex.EncodeToString([]byte("may read "+id))
}

// logFile is at Amazon's, who does not take a request that shows who it is in two ways.
func (s *Server) logFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(r.PathValue("id"))
	if r.Header.Get("Authorization") != "" {
		xmlError(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed")
		return
	}
	if m == nil || r.URL.RawQuery != logQuery(m.id) {
		xmlError(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
		return
	}
	code, summary := 0, "Ready for distribution"
	if s.verdict != "Accepted" {
		code, summary = 4000, "Archive contains critical validation errors"
	}
	say(w, map[string]any{
		"logFormatVersion": 1, "jobId": m.id, "status": s.verdict, "statusSummary": summary, "statusCode": code, "archiveFilename": m.name,
		"uploadDate": m.created.UTC().Format(time.RFC3339), "sha256": hex.EncodeToString(m.received[:]), "ticketContents": nil, "issues": s.issues,
	})
}
