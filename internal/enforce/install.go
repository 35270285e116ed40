package enforce

import (
	"time"
)

func (t *turn) install(why Why) Action {
	s := &t.s
	s.Install.forget()
	s.Install.Tried, s.Install.At = s.Pending, t.now
	return Install{Updates: s.Pending, Restart: power(s.Pending) != Stay, Why: why}
}

func (t *turn) installed(e Installed) Action {
	s := &t.s
	s.Install.Ended = true
	s.Agreed = time.Time{}
	switch e.Outcome {
	case OutcomeInstalled:
		if power := stronger(e.Power, power(s.Install.Tried)); power != Stay {
			return t.restart(power, e.Scene)
		}
		return Look{Why: WhyVerify}
	case OutcomeUnproven:
		return Look{Why: WhyVerify}
	case OutcomeFailed:
		s.Install.forget()
		return t.failed(e.Cause)
	}
	return Look{Why: WhyVerify}
}

// failed counts an installation that did not work. Before the deadline the person is left alone for a deferral.
func (t *turn) failed(cause string) Action {
	s := &t.s
	s.Install.Failures++
	s.Install.FailedAt = t.now
	s.Install.Cause = cause
	s.Install.Set = fingerprint(s.Pending)
	s.DeferredUntil = t.clamp(t.now.Add(t.p.DeferralPeriod))
	t.note(cause)
	return Wait{Until: s.DeferredUntil, Why: WhyInstallFailed}
}

func (t *turn) restart(power Power, scene Scene) Action {
	s := &t.s
	s.Restart = RestartState{Power: power, Asked: t.now, Asks: 1}
	if scene.Somebody {
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
