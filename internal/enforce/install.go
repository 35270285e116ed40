package enforce

import (
	"time"
)

// install installs what softwareupdate is to install, if the Mac is fit for it.
func (t *turn) install(why Why, scene Scene) Action {
	s := &t.s
	if lack := t.lacks(scene); lack != LackNothing {
		if s.Holds == 0 && scene.Somebody {
			return t.hold(lack)
		}
		return t.held(Held{Scene: scene})
	}
	ours := t.pending(ByTool)
	s.Lack = LackNothing
	s.Install.forget()
	s.Install.Tried, s.Install.At = ours, t.now
	return Install{Updates: ours, Restart: power(ours) != Stay, Why: why}
}

// installAlone tries what is left to a person, or to macOS, and has come to nothing, on a Mac at which there is nobody to do
// better.
func (t *turn) installAlone(scene Scene) Action {
	t.alone = true
	return t.install(WhyDeadlineNobody, scene)
}

func (t *turn) installed(e Installed) Action {
	s := &t.s
	if t.withhold(e.Later) {
		return t.withoutThem()
	}
	s.Install.Ended, s.Install.Cause = true, e.Cause
	s.Install.Tried = withoutLabels(s.Install.Tried, e.NoSuch) // else a look that does not find them would take them for installed
	if len(t.pending(ByPerson, ByDeclaration)) == 0 {          // else who agreed has still to install the rest
		s.Agreed = time.Time{}
	}
	switch e.Outcome {
	case OutcomeInstalled:
		if power := stronger(e.Power, power(s.Install.Tried)); power != Stay {
			return t.restart(power, e.Scene)
		}
		return Look{Why: WhyVerify}
	case OutcomeUnproven:
		return Look{Why: WhyVerify}
	case OutcomeFailed, OutcomeLater:
		if power(s.Install.Tried) != Stay && !e.Owner {
			return Look{Why: WhyVerify} // some of it may be installed, and wait for a restart
		}
		s.Install.forget()
		if e.Owner {
			s.Install.Failures = max(s.Install.Failures, maxInstallFailures-1) // nothing will come of trying again
		}
		return t.failed(e.Cause)
	}
	return Look{Why: WhyVerify}
}

// withoutThem goes on where Apple does not let this Mac have some of what was to be installed. The rest may be installed, or
// may not have been begun, which only a look can tell; who has agreed to all has agreed to the rest.
func (t *turn) withoutThem() Action {
	s := &t.s
	if len(t.left()) > 0 {
		return Look{Why: WhyVerify}
	}
	s.Install.forget()
	s.Agreed = time.Time{}
	return t.later()
}

// failed counts an installation that did not work. Before the deadline the person is left alone for a deferral.
func (t *turn) failed(cause string) Action {
	s := &t.s
	s.Install.Failures++
	s.Install.FailedAt = t.now
	s.Install.Cause = cause
	s.Install.Set = fingerprint(s.Pending)
	s.Agreed = time.Time{}
	s.DeferredUntil = t.clamp(t.now.Add(t.p.DeferralPeriod))
	t.note(cause)
	return Wait{Until: s.DeferredUntil, Why: WhyInstallFailed}
}

func (t *turn) restart(power Power, scene Scene) Action {
	s := &t.s
	s.Restart = RestartState{Power: power, Asked: t.now, Up: t.up(), Asks: 1}
	if !scene.empty() {
		return AskRestart{Power: power, Why: WhyInstalled}
	}
	s.Restart.Forced = t.now
	return ForceRestart{Power: power, Why: WhyInstalledNobody}
}

func (t *turn) stillUp() Action {
	s := &t.s
	if s.Restart.Power == Stay {
		return Wait{Why: WhyTurn}
	}
	s.Restart.Forced = t.now
	return ForceRestart{Power: s.Restart.Power, Why: WhyStillUp}
}

func (t *turn) restartForced(e RestartForced) Action {
	if e.Cause == "" {
		return Wait{Why: WhyRestarting}
	}
	t.s.Restart.Forced = time.Time{}
	t.note(e.Cause)
	return Wait{Why: WhyRestartRefused}
}
