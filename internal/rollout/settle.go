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

// survey reads all that is declared. Where the server does not show what was written a moment ago, it is read again later:
// what looks like somebody else's change is then most likely a web server that has not heard of ours.
func (r *Rollout) survey(ctx context.Context, plan *Plan) (*survey, []*item, error) {
	for {
		r.book = newBook()
		first := *plan
		s := &survey{Rollout: r, plan: plan}
		items, err := s.items()
		if err == nil {
			err = s.look(ctx, items)
		}
		wait := r.unsettled()
		if err != nil || wait == 0 || !s.surprising(items) {
			return s, items, err
		}
		if err := r.wait(ctx, wait); err != nil {
			return nil, nil, err
		}
		*plan = first
	}
}

// wait waits for a cluster to settle.
func (r *Rollout) wait(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	r.tell("Waiting %s, until all web servers of the cluster know of the last change.", wait.Round(time.Second))
	if err := r.config.Clock.Sleep(ctx, wait); err != nil {
		return fmt.Errorf("wait for the cluster: %w", err)
	}
	return nil
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
