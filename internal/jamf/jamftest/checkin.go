package jamftest

import (
	"slices"
	"strconv"
	"time"
)

// entry is one in the log of a Mac.
type entry struct {
	policy int
	name   string
	at     time.Time
	status string
}

// What a log says of a policy.
const (
	completed  = "Completed"
	failed     = "Failed"
	unfinished = "Pending" // has failed, and is going to be tried again: not known
)

// day holds what the Macs find on the server while time passes: nobody writes meanwhile.
type day struct {
	view         view
	instructions []instruction
}

// attend lets the Macs check in until some time. What a Mac does does not depend on the others, so one goes after the
// other.
func (s *Server) attend(until time.Time) {
	today := day{view: s.truth()}
	today.view.now = until
	today.instructions = s.instructions(today.view)
	attributes := s.scripted()
	for _, m := range s.macs {
		if m.live.Silent {
			continue
		}
		for !m.next.After(until) {
			today.view.now = m.next
			s.checkIn(m, today, attributes)
			m.next = m.next.Add(s.interval(m))
		}
	}
	s.changed()
}

// interval is the time until the next check-in: up to a tenth more or less than it should be.
func (s *Server) interval(m *machine) time.Duration {
	tenth := int64(s.options.CheckIn) / 10
	return s.options.CheckIn + time.Duration(m.random.Int64N(2*tenth+1)-tenth)
}

// CheckIn makes a Mac check in now.
func (s *Server) CheckIn(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mac(id)
	if m == nil {
		return false
	}
	s.checkIn(m, day{s.truth(), s.instructions(s.truth())}, s.scripted())
	s.changed()
	return true
}

// Event makes a Mac run the policies with a custom trigger now, as "jamf policy -event" does.
func (s *Server) Event(id int, event string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mac(id)
	if m == nil {
		return false
	}
	recon := false
	for _, i := range s.instructions(s.truth()) {
		if slices.Contains(i.events, event) && s.due(m, i, s.truth()) {
			recon = s.perform(m, i, s.now) || recon
		}
	}
	if recon {
		s.recon(m, s.now)
	}
	s.changed()
	return true
}

func (s *Server) checkIn(m *machine, d day, attributes []Attribute) {
	at := d.view.now
	m.live.LastContact, m.reported.LastContact = at, at
	recon := at.Sub(m.live.LastReport) >= s.options.Recon
	for _, i := range d.instructions {
		if i.checkIn && s.due(m, i, d.view) {
			recon = s.perform(m, i, at) || recon
		}
	}
	recon = s.carryOut(m, at) || recon
	m.grow(s.options.Lifecycle, at)
	// The enforcer itself reports when something has changed.
	if m.life != nil && m.state(s.options.Lifecycle, at) != m.told {
		recon = true
	}
	if recon {
		s.report(m, at, attributes)
	}
}

// due tells whether a Mac is to run a policy.
func (s *Server) due(m *machine, i instruction, v view) bool {
	if !m.live.Managed {
		return false
	}
	if last, ran := m.runs[i.id]; ran && !again(i, last, v.now) {
		return false
	}
	return s.covers(v, i.scope, &m.reported)
}

// again tells whether a policy that has run is to run once more.
func again(i instruction, last record, now time.Time) bool {
	since := now.Sub(last.at)
	switch i.frequency {
	case ongoing:
		return true
	case daily:
		return since >= 24*time.Hour
	case weekly:
		return since >= 7*24*time.Hour
	case monthly:
		return since >= 30*24*time.Hour
	}
	return last.failed && last.attempts <= i.retries
}

// perform runs a policy, and tells whether it wants a report.
func (s *Server) perform(m *machine, i instruction, at time.Time) (recon bool) {
	last := m.runs[i.id]
	err := s.work(m, i, at)
	now := record{at: at, failed: err != nil}
	if now.failed {
		now.attempts = last.attempts + 1
	}
	status := completed
	if now.failed {
		status = failed
		if now.attempts <= i.retries {
			status = unfinished
		}
	}
	m.runs[i.id] = now
	m.logs = append(m.logs, entry{i.id, i.name, at, status})
	return i.recon
}

// work does what a policy says: packages, then scripts.
func (s *Server) work(m *machine, i instruction, at time.Time) error {
	v := s.truth()
	v.now = at
	for _, job := range i.packages {
		p, ok := s.packages.get(v, job.id)
		if !ok {
			continue // what refers to a package that was deleted has lost it
		}
		f := s.fileNamed(p.FileName)
		if f == nil || s.status(v, f) != ready || f.wrong(p) {
			return errFile
		}
		if job.action == "Cache" {
			continue
		}
		if err := s.install(m, Installation{Policy: i.name, Package: p.PackageName, File: p.FileName, At: at}); err != nil {
			return err
		}
	}
	for _, job := range i.scripts {
		t, ok := s.scripts.get(v, job.id)
		if !ok {
			continue
		}
		if err := s.runScript(m, ScriptRun{i.name, t.Name, t.ScriptContents, job.parameters, at}); err != nil {
			return err
		}
	}
	return nil
}

// scripted are the attributes that scripts fill, as far as they are enabled.
func (s *Server) scripted() (out []Attribute) {
	for id, t := range s.attributes.all(s.truth()) {
		if t.InputType == inputScript && *t.Enabled {
			out = append(out, Attribute{id, t.Name, t.DataType, deref(t.ScriptContents)})
		}
	}
	return out
}

// Recon makes a Mac report now.
func (s *Server) Recon(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mac(id)
	if m == nil {
		return false
	}
	s.recon(m, s.now)
	return true
}

func (s *Server) recon(m *machine, at time.Time) {
	s.report(m, at, s.scripted())
	s.changed()
}

// report tells the server what the Mac is now. A number that is none is blank.
func (s *Server) report(m *machine, at time.Time, attributes []Attribute) {
	m.live.LastReport, m.live.LastContact = at, at
	for _, a := range attributes {
		var value string
		if s.options.Evaluate != nil {
			value = s.options.Evaluate(&m.live, a)
		} else {
			value = m.evaluate(s.options.Lifecycle, a, at)
		}
		if _, err := strconv.Atoi(value); a.DataType == "INTEGER" && err != nil {
			value = ""
		}
		m.live.Attributes[a.Name] = value
	}
	m.told = m.state(s.options.Lifecycle, at)
	if l := s.options.Lifecycle; l.Leaves && m.told == l.Compliant {
		m.life, m.told = nil, l.Absent
	}
	m.live.Profiles = s.delivered(m)
	m.reported = m.live.clone()
}

// delivered are the profiles that a Mac has.
func (s *Server) delivered(m *machine) (names []string) {
	v := s.truth()
	for _, e := range s.profiles.rows.all(v) {
		if m.live.Managed && s.covers(v, scopeOf(e), &m.reported) {
			names = append(names, e.text("general", "name"))
		}
	}
	return names
}
