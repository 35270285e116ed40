package rollout

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrTooEarly says that a snapshot would not be later than the one before it, so that their order could not be told.
var ErrTooEarly = errors.New("there is a snapshot of this time already")

// Snapshot writes a line of JSON for each Mac, and returns how many there are. Macs that have nothing to do with the rollout
// are among them: whether one has come to its end shows only in what it is afterwards.
func (r *Rollout) Snapshot(ctx context.Context, out io.Writer, o StatusOptions) (int, error) {
	n, err := r.snapshot(ctx, out, o)
	if err != nil {
		return n, fmt.Errorf("take snapshot: %w", err)
	}
	return n, nil
}

func (r *Rollout) snapshot(ctx context.Context, out io.Writer, o StatusOptions) (n int, err error) {
	if o.MaxAge <= 0 {
		o.MaxAge = usualMaxAge
	}
	w, notes, err := r.check(ctx, o.MaxAge)
	if err != nil {
		return 0, err
	}
	if !w.now.After(o.After) {
		return 0, fmt.Errorf("%w: the last one is of %s, and it is %s now", ErrTooEarly, o.After.Format(time.RFC3339), w.now.Format(time.RFC3339))
	}
	for _, note := range notes {
		r.tell("%s.", note)
	}
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	err = r.census(ctx, w, func(s Sighting) error {
		n++
		return encoder.Encode(s)
	})
	if err == nil {
		err = buffered.Flush()
	}
	return n, err
}
