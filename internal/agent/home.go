package agent

import (
	"errors"
	"io/fs"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// homes is a file tree that says in the log, once, when a file in a person's home cannot be read. Windows then are in the
// language and for the appearance of the Mac. What is said does not tell which file it is: its path names the person.
type homes struct {
	macos.Tree
	log  *logLines
	said bool
}

// Read implements [macos.Tree].
func (h *homes) Read(path string, limit int64) ([]byte, error) {
	data, err := h.Tree.Read(path, limit)
	if err != nil && macos.Personal(path) && !errors.Is(err, fs.ErrNotExist) && !h.said {
		h.said = true
		because := "they cannot be read"
		for _, known := range []error{macos.ErrLink, macos.ErrSlow, macos.ErrTooLarge, fs.ErrPermission} {
			if errors.Is(err, known) {
				because = "their file " + known.Error()
			}
		}
		h.log.say("The preferences of the person at the Mac are not used (%s); windows are in the language of the Mac.", because)
	}
	return data, err
}
