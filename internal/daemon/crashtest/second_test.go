//go:build linux

package crashtest

import (
	"context"
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// intrude takes a second turn, to its end, while one is under way that holds the lock.
func (r *rig) intrude(ctx context.Context) {
	r.Helper()
	const lock = agent.SupportFolder + "/turn.lock"
	if past := r.passed[:len(r.passed)-1]; !slices.Contains(past, "lock "+lock) || slices.Contains(past, "remove "+lock) {
		return
	}
	s := promisetest.Second{From: len(r.play.Journal)}
	intruder := r.start()
	var others []event
	var tool *macos.Command
	for e := r.next(); e.exited != intruder; e = r.next() {
		switch {
		case !e.of(intruder):
			others = append(others, e)
		case e.ask != nil && e.ask.Run != nil:
			tool = e.ask.Run
			fallthrough
		case e.ask != nil:
			s.Said += e.ask.Lines
			if e.ask.Decision != nil {
				s.Decided++
			}
			if e.ask.End != nil {
				s.Err = e.ask.End.err()
			}
			e.peer.answer(reply{Now: r.play.Now()})
		case !e.gone:
			answer := reply{Now: r.play.Now(), Built: promisetest.Built()}
			if e.peer.Tool != "" {
				answer.Output, _ = r.play.Run(ctx, *tool)
			}
			e.peer.answer(answer)
		}
	}
	s.To = len(r.play.Journal)
	r.play.Seconds = append(r.play.Seconds, s)
	r.held = append(r.held, others...)
}
