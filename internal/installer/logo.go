package installer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// What can be wrong with a picture.
var (
	ErrLogo    = errors.New("is neither a PNG picture nor an icon (.icns)")
	ErrNoLogo  = errors.New("is named, but its content is not given")
	ErrTwoLogo = errors.New("is set, and the package brings a logo along; leave one of them out")
)

// Names of the picture in the folder of the daemon. The daemon removes its folder when its work is done, so these are
// all that there can be.
const (
	logoPNG  = "logo.png"
	logoICNS = "logo.icns"
)

// logoName is the name that a picture gets, by what it is and not by what its file was called; empty if there is none.
func logoName(d deployment.Deployment, data []byte) (string, error) {
	name := ""
	switch {
	case d.Logo == "" && data == nil:
		return "", nil
	case data == nil:
		return "", fmt.Errorf("logo: %q %w", d.Logo, ErrNoLogo)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		name = logoPNG
	case isIcon(data):
		name = logoICNS
	default:
		return "", fmt.Errorf("logo: %q %w", d.Logo, ErrLogo)
	}
	set, ok := d.Values()[settings.MessagingLogo]
	if ok && set != path.Join(agent.SupportFolder, name) {
		return "", fmt.Errorf("%s %w", settings.MessagingLogo, ErrTwoLogo)
	}
	return name, nil
}

// isIcon tells whether this is an Apple icon: four letters, and then the size of all of it.
func isIcon(data []byte) bool {
	const header = 8
	return len(data) > header && strings.HasPrefix(string(data[:4]), "icns") && uint64(binary.BigEndian.Uint32(data[4:])) == uint64(len(data))
}
