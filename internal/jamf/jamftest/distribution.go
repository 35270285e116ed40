package jamftest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// file is one on the cloud distribution point.
type file struct {
	upload
	id   int
	pkg  int       // the record that it was uploaded for
	node int       // that took it
	done time.Time // when the transfer ends
	at   time.Time // when every node knows by itself
}

// What the server says of a file.
const (
	ready   = "READY"
	pending = "PENDING"
)

func (s *Server) fileNamed(name string) *file {
	for i := range s.files {
		if s.files[i].name == name {
			return &s.files[i]
		}
	}
	return nil
}

// status is what a node says of a file: it knows that a transfer has ended if it has looked since, or some time later.
func (s *Server) status(v view, f *file) string {
	looked := s.refreshed[v.node]
	if v.node == everywhere {
		for _, t := range s.refreshed {
			if t.After(looked) {
				looked = t
			}
		}
	}
	if v.now.Before(f.at) && looked.Before(f.done) {
		return pending
	}
	return ready
}

func (c *call) uploadCapability() answer {
	return object(http.StatusOK, struct {
		Principal bool `json:"principalDistributionTechnology"`
		Capable   bool `json:"directUploadCapable"`
	}{!c.options.FileShare, !c.options.FileShare})
}

func (c *call) distributedFiles() answer {
	type row struct {
		ID           string `json:"id"`
		FileName     string `json:"fileName"`
		FileObjectID string `json:"fileObjectId"`
		InventoryID  string `json:"inventoryId"`
		Type         string `json:"type"`
		Category     string `json:"category"`
		Status       string `json:"status"`
	}
	rows := []any{}
	for i := range c.files {
		f := &c.files[i]
		t, _ := c.packages.get(c.view, f.pkg)
		_, category := c.categoryName(t.CategoryID)
		rows = append(rows, row{strconv.Itoa(f.id), f.name, strconv.Itoa(f.pkg), "1", "PACKAGE", category, c.status(c.view, f)})
	}
	return c.listed(rows, []string{"id", "fileName", "inventoryId", "type"}, "id:asc")
}

// refreshInventory makes the node that answers look at the distribution point, which it does not do more often than
// every 15 seconds unless it is asked for a file.
func (c *call) refreshInventory() answer {
	named := strings.TrimSpace(c.query().Get("file-name")) != ""
	if last := c.refreshed[c.view.node]; named || c.now.Sub(last) >= 15*time.Second {
		c.refreshed[c.view.node] = c.now
	}
	return nothing(http.StatusNoContent)
}
