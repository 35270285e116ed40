package agent

import (
	"context"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// scene looks who is at the Mac, and what the Mac is busy with. It is looked at anew for every decision that turns on
// it, since people come and go. Where it cannot be told, somebody is taken to be there: the worst of that is a window
// that nobody sees.
func (t *turn) scene(ctx context.Context) enforce.Scene {
	host := t.agent.Host
	person, err := macos.Console{Host: host}.Person(ctx)
	if err != nil {
		t.log.say("%v; somebody is taken to be there", err)
	}
	t.person, t.somebody = person, err != nil || !person.Nobody()
	status, statusErr := macos.FileVault{Host: host}.Status(ctx)
	if statusErr != nil {
		t.log.say("%v; it is taken not to be converting the disk", statusErr)
	}
	return enforce.Scene{Somebody: t.somebody, Converting: status.Converting}
}
