package rollout

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Finding is what a look at the server before the first write has found.
type Finding struct {
	Name string `json:"name"`
	Good bool   `json:"good"`
	Text string `json:"text"`
	Fix  string `json:"fix,omitempty"`
}

// Doctor looks whether a rollout can work: the server, the account and its privileges, task by task. It writes nothing. An
// error is one of getting there at all.
func (r *Rollout) Doctor(ctx context.Context) ([]Finding, error) {
	version, err := r.config.Client.Version(ctx)
	if err != nil {
		return nil, fmt.Errorf("examine: %w", err)
	}
	account, err := r.config.Client.Account(ctx)
	if err != nil {
		return nil, fmt.Errorf("examine: %w", err)
	}
	const major, minor = 11, 5 // since when packages can be uploaded through the API
	server := Finding{Name: "server", Good: version.AtLeast(major, minor), Text: "Jamf Pro " + version.String()}
	if !server.Good {
		server.Fix = fmt.Sprintf("Jamf Pro %d.%d or later is needed", major, minor)
	}
	list := []Finding{server, {Name: "account", Good: true, Text: account.Name}, r.clocks(ctx)}
	for _, t := range Tasks() {
		f := Finding{Name: "privileges to " + string(t), Good: true}
		needed := r.Privileges(t)
		if missing := account.Missing(needed); len(missing) > 0 {
			f.Good, f.Text = false, "missing: "+strings.Join(missing, ", ")
			f.Fix = "add them to the API role in Jamf Pro, under Settings > API roles and clients"
		} else {
			f.Text = fmt.Sprintf("all %d are there", len(needed))
		}
		list = append(list, f)
	}
	if r.jamf.Policy != nil {
		list = append(list, r.uploads(ctx))
	}
	return list, nil
}

// clocks compares the server's clock with this computer's.
func (r *Rollout) clocks(ctx context.Context) Finding {
	const tolerable = 5 * time.Minute
	f := Finding{Name: "clock"}
	at, err := r.config.Client.Time(ctx)
	if err != nil {
		f.Text = err.Error()
		return f
	}
	off := r.config.Clock.Now().Sub(at).Abs()
	f.Good, f.Text = off < tolerable, "that of the server and this computer's are the same"
	if !f.Good {
		f.Fix = "set this computer's clock"
		f.Text = fmt.Sprintf("that of the server and this computer's differ by %s", off.Round(time.Second))
	}
	return f
}

func (r *Rollout) uploads(ctx context.Context) Finding {
	f := Finding{Name: "uploads"}
	can, err := r.config.Client.CanUpload(ctx)
	switch {
	case err != nil:
		f.Text, f.Fix = err.Error(), "see what it says"
	case can:
		f.Good, f.Text = true, "the server takes packages"
	default:
		f.Text = "the server takes no packages: its distribution point is a file share"
		f.Fix = "copy the package there, and say --copied with apply"
	}
	return f
}
