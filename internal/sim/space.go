package sim

import (
	"fmt"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// diskSize is how large the disk is, in bytes.
const diskSize = 494_384_795_648

// fill leaves so many gigabytes free.
func (m *Mac) fill(gigabytes int64) {
	m.free = max(0, gigabytes) * 1e9
	m.note(KindSystem, fmt.Sprintf("%d GB are free on the disk.", max(0, gigabytes)))
}

// df is what `df -Pk` prints. Before macOS 10.15 there is no volume for data.
func (m *Mac) df(c macos.Command) macos.Output {
	place, device := c.Args[len(c.Args)-1], "/dev/disk3s5"
	if place != "/" && !modern(m.version) {
		return macos.Output{Stderr: "df: " + place + ": No such file or directory\n", Code: 1}
	}
	if place == "/" {
		device = "/dev/disk1s1"
	}
	free := min(m.free, diskSize)
	used := int64(diskSize) - free
	return macos.Output{Stdout: "Filesystem   1024-blocks      Used Available Capacity  Mounted on\n" +
		fmt.Sprintf("%s   %d %d %d %5d%%    %s\n", device, diskSize/1024, used/1024, free/1024, (used*100+diskSize-1)/diskSize, place)}
}

// crowded tells whether there is too little space to install updates, and what softwareupdate says then: it needs room for
// them and to unpack them. It ends well all the same.
func (m *Mac) crowded(labels []string) (says string, yes bool) {
	needed := int64(0)
	for _, label := range labels {
		if o := m.offer(label); o != nil {
			needed += 2 * 1024 * max(0, o.SizeKiB)
		}
	}
	return fmt.Sprintf("Not enough free disk space: a total of %.2f GB is required.\n", float64(needed)/1e9), needed > m.free
}
