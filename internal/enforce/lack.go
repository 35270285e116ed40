package enforce

import "time"

// Lack is what keeps an installation from being started.
type Lack string

// What can be lacking.
const (
	LackNothing Lack = ""
	LackPower   Lack = "power" // the Mac runs on its battery, which is low
	LackSpace   Lack = "space" // there is too little free space on the disk
)

const (
	// patience is how long after the deadline an installation waits for the power and the space that the policy wants.
	patience = 24 * time.Hour
	// powerFloor is the charge, in percent, below which nothing is begun at all: a Mac that goes dark half-way is worse
	// than one that is updated later.
	powerFloor = 10
)

// Lacks tells what keeps an installation from being started at a time, under a policy and in a scene. A day after the
// deadline it is tried with less: with any battery that is not nearly empty, and with any space, of which macOS knows how
// much it can still free, and softwareupdate how much it needs.
func Lacks(p Policy, s State, now time.Time, scene Scene) Lack {
	t := turn{p: p, s: s, now: now}
	return t.lacks(scene)
}

func (t *turn) lacks(scene Scene) Lack {
	charge, space := t.p.MinimumBattery, t.p.MinimumSpace
	if t.overdue() && !t.now.Before(t.s.Deadline.Add(patience)) {
		charge, space = min(charge, powerFloor), 0
	}
	return lacking(scene, charge, space)
}

// lacking tells what a Mac lacks of a charge and of a free space.
func lacking(scene Scene, charge int, space int64) Lack {
	switch {
	case scene.OnBattery && scene.Charge < charge:
		return LackPower
	case scene.Free > 0 && scene.Free < space:
		return LackSpace
	}
	return LackNothing
}

// hold asks for what is lacking, once a turn: a window says what to do, and waits a while for it.
func (t *turn) hold(lack Lack) Action {
	t.s.Holds++
	return Hold{Lack: lack, Overdue: t.overdue(), Why: why(lack)}
}

func why(lack Lack) Why {
	if lack == LackSpace {
		return WhySpace
	}
	return WhyPower
}

// held answers the end of a hold.
func (t *turn) held(e Held) Action {
	if lack := t.lacks(e.Scene); lack != LackNothing {
		t.s.Lack = lack
		if t.overdue() && e.Scene.Somebody && len(t.pending(ByPerson)) > 0 {
			return t.askByHand(e.Scene) // which needs nothing of us
		}
		return Wait{Why: why(lack)}
	}
	t.s.Lack = LackNothing
	return t.ask(e.Scene)
}
