package preview

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// page answers with the page itself.
func (*Server) page(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page/index.html")
}

// welcome answers with the page, and the key in it.
func (s *Server) welcome(w http.ResponseWriter, _ *http.Request) {
	data, err := pageFiles.ReadFile("page/index.html")
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(bytes.Replace(data, []byte(noKey), []byte(`<meta name="key" content="`+s.guard.key+`">`), 1))
}

// noKey is where the page has its key.
const noKey = `<meta name="key" content="">`

// assets answers with what the page is made of.
func (*Server) assets() http.Handler {
	kinds := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		kind, known := kinds[path.Ext(name)]
		data, err := fs.ReadFile(pageFiles, name)
		if !known || err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data)
	})
}

func (s *Server) form(w http.ResponseWriter, _ *http.Request) {
	f := newForm(s.options.Base, s.instance, s.options.Now())
	f.Builds = s.options.Build != nil
	answer(w, f)
}

func (s *Server) logo(w http.ResponseWriter, r *http.Request) {
	data := picture(s.options.Base.Logo)
	if data == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(data)
}

// film answers with a film, and what is to be said about the settings.
func (s *Server) film(w http.ResponseWriter, r *http.Request) {
	var d Desk
	if err := decode(r.Body, &d); err != nil {
		fail(w, err)
		return
	}
	film, err := Play(r.Context(), d)
	if err != nil {
		fail(w, err)
		return
	}
	deployment := s.options.Base.Document.Deployment
	answer(w, struct {
		Film Film `json:"film"`
		state
	}{film, d.state(settings.LintContext{
		Now: s.options.Now(), LogoInPackage: d.Logo, ResetOnInstall: deployment.Package.ResetOnInstall,
	})})
}

func (*Server) why(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Desk Desk  `json:"desk"`
		At   int64 `json:"at"`
	}
	if err := decode(r.Body, &asked); err != nil {
		fail(w, err)
		return
	}
	told, err := Why(r.Context(), asked.Desk, asked.At)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, struct {
		Text string `json:"text"`
	}{told})
}

func (*Server) messages(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Desk      Desk     `json:"desk"`
		Languages []string `json:"languages"`
	}
	if err := decode(r.Body, &asked); err != nil {
		fail(w, err)
		return
	}
	renderings, err := Render(r.Context(), asked.Desk, asked.Languages)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, renderings)
}

func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	file, known := exports()[r.PathValue("what")]
	if !known {
		http.NotFound(w, r)
		return
	}
	s.hand(w, r, file)
}

// pkg builds the package, which takes a while where the daemon has to be compiled first.
func (s *Server) pkg(w http.ResponseWriter, r *http.Request) {
	if s.options.Build == nil {
		http.NotFound(w, r)
		return
	}
	const patience = 5 * time.Minute
	_ = http.NewResponseController(w).SetWriteDeadline(s.options.Now().Add(patience))
	c, d, ok := s.declared(w, r)
	if !ok {
		return
	}
	logo, err := c.picture(s.options.Base)
	if err != nil {
		fail(w, err)
		return
	}
	produce(w, "install-or-defer.pkg", "application/octet-stream", func(out io.Writer) error {
		return s.options.Build(r.Context(), out, d, logo)
	})
}

// buildError says that a package could not be built: that is for the administrator to read.
type buildError struct{ err error }

func (e *buildError) Error() string { return e.err.Error() }
func (e *buildError) Unwrap() error { return e.err }

// hand hands a file out.
func (s *Server) hand(w http.ResponseWriter, r *http.Request, file export) {
	if _, d, ok := s.declared(w, r); ok {
		produce(w, file.name, file.kind, func(out io.Writer) error { return file.write(r.Context(), out, d) })
	}
}

// declared reads what was chosen, and makes the deployment of it. Where it cannot, it has said so.
func (s *Server) declared(w http.ResponseWriter, r *http.Request) (c Choices, d deployment.Deployment, ok bool) {
	err := decode(r.Body, &c)
	if err == nil {
		d, err = c.deployment(s.options.Base)
	}
	if err != nil {
		fail(w, err)
	}
	return c, d, err == nil
}

// produce sends what is written, whole or not at all.
func produce(w http.ResponseWriter, name, kind string, write func(out io.Writer) error) {
	out := &held{}
	if err := write(out); err != nil {
		fail(w, &buildError{err})
		return
	}
	send(w, name, kind, out.data)
}

func (s *Server) sheet(w http.ResponseWriter, r *http.Request) {
	var c Choices
	if err := decode(r.Body, &c); err != nil {
		fail(w, err)
		return
	}
	sheet, err := MakeSheet(r.Context(), c, s.options.Base)
	if err != nil {
		fail(w, err)
		return
	}
	html, err := sheet.HTML()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, struct {
		Sheet Sheet  `json:"sheet"`
		HTML  string `json:"html"`
		// what is wrong with the identifier, of which the sheet makes nothing; empty for nothing
		Identifier string `json:"identifier"`
	}{sheet, string(html), c.identifierProblem()})
}

// held holds what is written, until it is known to be whole.
type held struct{ data []byte }

// Write implements io.Writer.
func (h *held) Write(p []byte) (int, error) {
	h.data = append(h.data, p...)
	return len(p), nil
}

func send(w http.ResponseWriter, name, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	_, _ = w.Write(data)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// failure is what the page is told when something cannot be done.
type failure struct {
	Message  string    `json:"message"`
	Findings []finding `json:"findings"`
}

// fail says what is wrong, with the code for whose mistake it is.
func fail(w http.ResponseWriter, err error) {
	told := failure{Message: err.Error(), Findings: []finding{}}
	code := http.StatusInternalServerError
	var refused *RefusedError
	var large *http.MaxBytesError
	var build *buildError
	switch {
	case errors.As(err, &refused):
		told.Message, told.Findings, code = "Nothing is made of settings that are wrong.", refused.Findings, http.StatusUnprocessableEntity
	case errors.As(err, &large):
		code = http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrIdentifier), errors.As(err, &build):
		code = http.StatusUnprocessableEntity
	case errors.Is(err, ErrDesk):
		code = http.StatusBadRequest
	case errors.Is(err, context.DeadlineExceeded):
		told.Message = "These settings take too long to play out."
		code = http.StatusUnprocessableEntity
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(told)
}
