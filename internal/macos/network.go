package macos

import (
	"context"
	"fmt"
	"time"
)

// Network tells about the network.
type Network struct{ Host Host }

// updateServer answers on this port wherever Software Update can work without a caching or proxy server of one's own.
const updateServer, updatePort = "swscan.apple.com", "443"

// Reach tells whether Apple's update server can be reached. That it cannot explains a failed look; it does not replace
// one, since updates may come by way of a proxy or a caching server.
func (n Network) Reach(ctx context.Context) error {
	out, err := n.Host.Runner.Run(ctx, Command{
		Path: ncPath, Args: []string{"-z", "-w", "5", updateServer, updatePort}, Timeout: 20 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("reach %s: %w", updateServer, err)
	}
	if out.Code != 0 {
		return fmt.Errorf("reach %s: no connection to port %s", updateServer, updatePort)
	}
	return nil
}
