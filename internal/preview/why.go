package preview

import (
	"context"
	"fmt"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Why says at one moment of a desk's film what install-or-deferd explain would print on that Mac then. It plays the film
// again up to there, and asks. Once the daemon has removed itself there is nobody to ask, and it says that.
func Why(ctx context.Context, d Desk, at int64) (string, error) {
	s, err := newStage(d)
	if err != nil {
		return "", err
	}
	if at < 0 || duration(at) > longest {
		return "", fmt.Errorf("%w: moment %d", ErrDesk, at)
	}
	s.until = s.begins.Add(duration(at))
	var told agent.Explanation
	var problem error
	ask := func() {
		host := s.mac.Host()
		host.Clock = stopped{host.Clock, s.until}
		told, problem = s.agent(host).Explain(context.WithoutCancel(ctx))
	}
	s.cut = ask
	if err := s.play(ctx); err != nil {
		return "", err
	}
	if s.cut != nil && s.mac.Tally.Removed {
		return "No required update is left, so the daemon has removed itself. There are no more turns.", nil
	}
	if s.cut != nil { // between two turns, or past the end
		ask()
	}
	if problem != nil {
		return "", problem
	}
	return told.Text(), nil
}

// stopped is a clock that stands still.
type stopped struct {
	macos.Clock
	at time.Time
}

// Now implements macos.Clock.
func (c stopped) Now() time.Time { return c.at }
