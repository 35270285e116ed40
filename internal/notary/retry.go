package notary

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is tried again.
const (
	attempts    = 6
	firstWait   = time.Second // doubled after each attempt
	longestWait = 30 * time.Second
	longestAsk  = 5 * time.Minute // that a service may ask to be left alone
)

// retrier tries again what failed in passing.
type retrier struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	tell  func(err error, wait time.Duration) // before each wait; may be nil
}

// again makes attempts until one succeeds, fails for good, or is the last one. It is for requests that may arrive twice.
func (t retrier) again(ctx context.Context, notYet int, attempt func() (answer, error)) (answer, error) {
	for i := 1; ; i++ {
		a, err := attempt()
		if err == nil || ctx.Err() != nil || !passing(err, notYet) {
			return a, err
		}
		if i == attempts {
			return answer{}, fmt.Errorf("%w (attempt %d)", err, i)
		}
		wait := backOff(i)
		var refused *StatusError
		if errors.As(err, &refused) && refused.Wait > 0 {
			wait = refused.Wait
		}
		if wait > longestAsk {
			return answer{}, fmt.Errorf("%w: it asks to be left alone for %v", err, wait)
		}
		if t.tell != nil {
			t.tell(err, wait)
		}
		if slept := t.sleep(ctx, wait); slept != nil {
			return answer{}, fmt.Errorf("%w: %w", slept, err)
		}
	}
}

// backOff is how long to wait after an attempt, the first being 1. Chance takes away up to half of it, so that those
// whom the same failure has hit do not come back together.
func backOff(attempt int) time.Duration {
	wait := firstWait << min(attempt-1, 10)
	wait = min(wait, longestWait)
	return wait/2 + rand.N(wait/2+1)
}

// retryAfter reads the header of that name: seconds, or a date (RFC 9110). It is zero if it says nothing.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}

// Pauses between looks for what is not there yet.
const (
	firstPause   = 5 * time.Second // doubled after each look
	longestPause = 30 * time.Second
)

// watch looks until a look finds what it is for, and says whether one did. When the patience is over, by the clock or by
// the pauses taken together, it looks once more.
func (t retrier) watch(ctx context.Context, patience time.Duration, look func() (found bool, err error)) (bool, error) {
	start, slept := t.now(), time.Duration(0)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		found, err := look()
		if found || err != nil {
			return found, err
		}
		left := patience - max(slept, t.now().Sub(start))
		if left <= 0 {
			return false, nil
		}
		pause = min(pause, left)
		if err := t.sleep(ctx, pause); err != nil {
			return false, err
		}
		slept += pause
	}
}
