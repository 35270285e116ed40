package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// settles is how long the web servers of a cluster may take until all of them know of a write: they look every minute. The
// client of one command stays with one of them, but the next command may meet another.
const settles = 70 * time.Second

// written notes the time of a write, and keeps the state.
func (r *Rollout) written() error {
	r.state.Written = r.config.Clock.Now().UTC().Truncate(time.Second)
	return r.save()
}

// unsettled is how long ago's writes may still be unknown to some web servers.
func (r *Rollout) unsettled() time.Duration {
	ago := r.config.Clock.Now().Sub(r.state.Written)
	if ago < 0 || ago >= settles {
		return 0
	}
	return settles - ago
}

// steady looks at something, and looks again while it is surprising and may be that because a web server has not heard of
// what was written a moment ago.
func (r *Rollout) steady(ctx context.Context, look func() (surprising bool, err error)) error {
	const between = 15 * time.Second
	for {
		surprising, err := look()
		wait := r.unsettled()
		if err != nil || !surprising || wait == 0 {
			return err
		}
		r.tell("Waiting %s: not all web servers of the cluster know of the last change.", min(wait, between).Round(time.Second))
		if err := r.config.Clock.Sleep(ctx, min(wait, between)); err != nil {
			return fmt.Errorf("wait for the cluster: %w", err)
		}
	}
}

// survey reads all that is declared.
func (r *Rollout) survey(ctx context.Context, plan *Plan) (s *survey, items []*item, err error) {
	first := *plan
	err = r.steady(ctx, func() (bool, error) {
		*plan = first
		r.book = newBook()
		s = &survey{Rollout: r, plan: plan}
		if items, err = s.items(); err != nil {
			return false, err
		}
		err = s.look(ctx, items)
		return err == nil && s.surprising(items), err
	})
	return s, items, err
}

// surprising tells that something is not as it was last written.
func (s *survey) surprising(items []*item) bool {
	return slices.ContainsFunc(items, func(it *item) bool {
		e := s.state.entry(it.key)
		switch {
		case e == nil:
			return false
		case !it.exists:
			return e.Pending || e.ID != ""
		case it.kind == KindPackage && e.Hash != "" && recordedHash(s.record) != e.Hash:
			return true
		case it.kind == KindPolicy && s.isMain(it.key) && e.On != nil && *e.On != s.policy.Enabled:
			return true
		}
		return slices.ContainsFunc(it.names, func(name string) bool { return e.drifted(name, it.shown[name]) })
	})
}
