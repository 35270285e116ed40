package macos

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Disk tells about the disk that macOS is on.
type Disk struct{ Host Host }

// Volumes that share the space in which macOS is updated. Since macOS 10.15 people's data are on a volume of their own;
// before that, all is on one.
const (
	dataVolume = "/System/Volumes/Data"
	rootVolume = "/"
)

// Free tells how many bytes are free for an update, as df(1) says.
//
// All volumes of an APFS container share its space, so that of the data volume is macOS's too. Space that macOS can free
// by itself (purgeable: snapshots, copies of what is in iCloud) is not counted by df, though Finder counts it, and
// macOS frees it when an update needs it. So the number is the least that there is: much is enough, little may be.
func (d Disk) Free(ctx context.Context) (bytes int64, err error) {
	var failure error
	for _, volume := range []string{dataVolume, rootVolume} {
		out, err := d.Host.Runner.Run(ctx, Command{Path: dfPath, Args: []string{"-Pk", volume}, Timeout: shortly})
		if err != nil {
			return 0, fmt.Errorf("find free space: %w", err)
		}
		if free, ok := parseSpace(out.Stdout); ok {
			return free, nil
		}
		failure = out.failure(dfPath)
	}
	return 0, fmt.Errorf("find free space: %w", failure)
}

// parseSpace reads what `df -Pk` prints, a form that POSIX prescribes: a header that names the unit, and a line of
// device, total, used, available, a percentage, and where the volume is. Device and place may hold spaces, so the
// numbers are found by the percentage that follows them. What is available can be less than nothing, where the last of it
// is kept for the system.
func parseSpace(text string) (bytes int64, ok bool) {
	header, rows, _ := strings.Cut(text, "\n")
	if !strings.Contains(header, "1024-blocks") {
		return 0, false
	}
	for row := range strings.Lines(rows) {
		fields := strings.Fields(row)
		for i := 3; i < len(fields); i++ { // 3 where a long name has put the numbers on the next line
			available, ok := amounts(fields[i-3 : i])
			if ok && isPercentage(fields[i]) {
				return max(0, available), true
			}
		}
	}
	return 0, false
}

// amounts reads the three numbers of a row, in KiB, and returns the last in bytes.
func amounts(fields []string) (available int64, ok bool) {
	for _, field := range fields {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || n > math.MaxInt64>>10 || n < math.MinInt64>>10 {
			return 0, false
		}
		available = n << 10
	}
	return available, true
}

func isPercentage(field string) bool {
	number, found := strings.CutSuffix(field, "%")
	return found && number != "" && digits(number) == len(number)
}
