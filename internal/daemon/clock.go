//go:build unix

package daemon

import (
	"context"
	"time"
)

// Clock is the Mac's clock.
type Clock struct{}

// nap is the longest that is waited without a look at the wall clock: Go's timers stand still while a Mac sleeps.
const nap = time.Second

// Now is the time on the wall clock alone, so that differences count time asleep.
func (Clock) Now() time.Time { return time.Now().Round(0) }

// Sleep waits for that much awake time, or until the context is done, and then returns its error.
func (Clock) Sleep(ctx context.Context, d time.Duration) error {
	for watch := startWatch(); ; {
		left := d - watch.awake()
		if left <= 0 {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-after(min(nap, left)):
		}
	}
}

// after is a channel that delivers once that much awake time has passed.
func after(d time.Duration) <-chan time.Time { return time.After(d) }

// stopwatch measures awake time: the monotonic clock of macOS and of Linux stands still during sleep.
type stopwatch struct{ started time.Time }

func startWatch() stopwatch { return stopwatch{time.Now()} }

func (w stopwatch) awake() time.Duration { return time.Since(w.started) }

// limits say when a tool's time is up.
type limits struct {
	watch   stopwatch
	timeout time.Duration // awake; zero for none
	until   time.Time     // by the wall clock; zero for none
}

// left is the time to the nearer of the limits, or a nap where that is shorter.
func (l limits) left() time.Duration {
	left := nap
	if l.timeout > 0 {
		left = min(left, l.timeout-l.watch.awake())
	}
	if !l.until.IsZero() {
		left = min(left, l.until.Round(0).Sub(Clock{}.Now()))
	}
	return left
}
