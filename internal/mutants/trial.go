package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// A trial tries mutants, several at a time.
type trial struct {
	bench   *bench
	record  *record
	reasons map[string]explanation
	all     bool // try those that are explained, too
	out     io.Writer

	mutex   sync.Mutex
	results []result
	failed  error
}

// run tries the mutants and returns what became of them, in their order.
func (t *trial) run(ctx context.Context, mutants []mutant, workers int) ([]result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.results = make([]result, len(mutants))
	var open []int // those that have to be tried
	for i, m := range mutants {
		known, done, err := t.settled(m)
		if err != nil {
			return nil, err
		}
		if t.results[i] = known; !done {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return t.results, nil
	}
	temp, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return nil, fmt.Errorf("try mutants: %w", err)
	}
	defer func() { _ = os.RemoveAll(temp) }()
	t.bench.temp, t.bench.cache = temp, cmp.Or(t.bench.cache, filepath.Join(temp, "cache"))
	if err := t.sound(ctx, mutants, open); err != nil {
		return nil, err
	}
	queue := make(chan int)
	var group sync.WaitGroup
	for n := range workers {
		group.Go(func() {
			place := filepath.Join(temp, fmt.Sprint(n))
			if err := os.Mkdir(place, 0o700); err != nil {
				t.fail(cancel, err)
			}
			for i := range queue {
				if err := t.one(ctx, mutants[i], &t.results[i], place); err != nil {
					t.fail(cancel, err)
				}
			}
		})
	}
	for n, i := range open {
		if n%100 == 0 {
			t.say("%d of %d", n, len(open))
		}
		queue <- i
	}
	close(queue)
	group.Wait()
	if t.failed == nil {
		t.failed = ctx.Err()
	}
	return t.results, t.failed
}

// settled returns what is known of a mutant without trying it.
func (t *trial) settled(m mutant) (result, bool, error) {
	source, err := fingerprint(t.bench.root, m.File)
	if err != nil {
		return result{}, false, err
	}
	r := result{Mutant: m.key(), Line: m.Line, Source: source}
	if e, ok := t.reasons[m.key()]; ok && !t.all {
		r.Outcome, r.Why = explained, e.kind+": "+e.why
		return r, true, nil
	}
	if known, ok := t.record.recall(m, source); ok {
		return known, true, nil
	}
	return r, false, nil
}

// sound demands that the tests pass without a mistake, in each folder that there are mutants of.
func (t *trial) sound(ctx context.Context, mutants []mutant, open []int) error {
	checked := map[string]bool{}
	for _, i := range open {
		folder := mutants[i].folder()
		if checked[folder] {
			continue
		}
		checked[folder] = true
		if err := t.bench.sound(ctx, folder); err != nil {
			return err
		}
	}
	return nil
}

// one tries one mutant and notes what became of it.
func (t *trial) one(ctx context.Context, m mutant, r *result, place string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var err error
	if r.Outcome, r.By, err = t.bench.try(ctx, m, place); err != nil {
		return err
	}
	if r.Outcome == survived {
		t.say("%s:%d: survived: %s: %s → %s", m.File, m.Line, m.Kind, m.Before, m.After)
	}
	return t.record.note(*r)
}

func (t *trial) fail(cancel context.CancelFunc, err error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.failed == nil {
		t.failed = err
	}
	cancel()
}

func (t *trial) say(format string, args ...any) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	fmt.Fprintf(t.out, format+"\n", args...)
}
