package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"

	"golang.org/x/perf/benchfmt"
)

// figure is one number that a benchmark reports.
type figure struct{ Bench, Unit string }

// row is a line of the table.
type row struct {
	What string
	figure
	Yardstick string  // what it is compared with, in words; empty for nothing
	Of        figure  // and where that is measured
	Target    float64 // that is to be reached, in the unit; 0 for none
	Least     bool    // the target is the least, not the most, that it may be
}

// rows is the table, top to bottom.
func rows() []row {
	const turn, own, speed = "TurnWithNothingDue", "own-cpu-ms/turn", "MB/cpu-s"
	return []row{
		{What: "A turn with nothing due: processes that it starts", figure: figure{turn, "processes/turn"}, Target: 2},
		{
			What: "A turn with nothing due: its own CPU time", figure: figure{turn, own}, Target: 4,
			Yardstick: "an empty Go program", Of: figure{"EmptyProgram", own},
		},
		{What: "A turn with nothing due: its largest size", figure: figure{turn, "peak-MB"}},
		{What: "A decision of the core", figure: figure{"Step", "ns/op"}},
		{
			What: "Reading a listing of softwareupdate", figure: figure{"ParseListing", speed}, Target: 200, Least: true,
			Yardstick: "cutting it into lines", Of: figure{"CutLines", speed},
		},
		{
			What: "Reading the output of an installation", figure: figure{"ParseTranscript", speed}, Target: 200, Least: true,
			Yardstick: "cutting a listing into lines", Of: figure{"CutLines", speed},
		},
		{What: "Rounds on the simulated Mac, of a person who agrees at once", figure: figure{"Round/helpful", "rounds/cpu-s"}, Target: 2000, Least: true},
		{
			What: "Rounds of a person who defers for 72 hours", figure: figure{"Round/stubborn", "rounds/cpu-s"},
			Yardstick: "those of one who agrees at once", Of: figure{"Round/helpful", "rounds/cpu-s"},
		},
		{What: "Building a package of 10 MB, of the time of bsdtar and gzip", figure: figure{"Build/10MB", "of-bsdtar"}},
		{
			What: "Building a package of 1 GB: its largest size", figure: figure{"Build/1GB", "peak-MB"},
			Yardstick: "that for 10 MB", Of: figure{"Build/10MB", "peak-MB"},
		},
		{What: "A change on the page of a preview, until it is painted", figure: figure{"Change", "ms/change"}, Target: 100},
	}
}

// results are the numbers of every run, by figure.
type results map[figure][]float64

// read takes up what `go test -bench` prints.
func (r results) read(in io.Reader) error {
	lines := benchfmt.NewReader(in, "go test")
	for lines.Scan() {
		result, ok := lines.Result().(*benchfmt.Result)
		if !ok {
			continue // a line of another kind
		}
		name, _ := result.Name.Parts()
		_, parts := result.Name.Parts()
		bench := string(name)
		for _, part := range parts {
			if part[0] == '/' {
				bench += string(part)
			}
		}
		for _, v := range result.Values {
			unit, value := v.OrigUnit, v.OrigValue
			if unit == "" {
				unit, value = v.Unit, v.Value
			}
			f := figure{bench, unit}
			r[f] = append(r[f], value)
		}
	}
	return lines.Err()
}

// median is the middle number of a figure; it tells whether there is one.
func (r results) median(f figure) (float64, bool) {
	values := slices.Sorted(slices.Values(r[f]))
	if len(values) == 0 {
		return 0, false
	}
	return values[len(values)/2], true
}

// write writes the table.
func (r results) write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHAT\tFIGURE\tUNIT\tRATIO\tTARGET")
	for _, row := range rows() {
		value, ok := r.median(row.figure)
		if !ok {
			fmt.Fprintf(table, "%s\tnot measured\t\t\t\n", row.What)
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", row.What, short(value), row.Unit, r.ratio(row, value), row.reached(value))
	}
	return table.Flush()
}

// ratio compares a value with its yardstick.
func (r results) ratio(row row, value float64) string {
	of, ok := r.median(row.Of)
	if row.Yardstick == "" || !ok || of <= 0 {
		return ""
	}
	return short(value/of) + " of " + row.Yardstick
}

// reached says how a value stands to its target.
func (row row) reached(value float64) string {
	word, met := "at most", value <= row.Target
	if row.Least {
		word, met = "at least", value >= row.Target
	}
	switch {
	case row.Target == 0:
		return ""
	case met:
		return word + " " + short(row.Target) + ": reached"
	}
	return word + " " + short(row.Target) + ": missed"
}

// short shows three digits of a number, and no more.
func short(value float64) string {
	if value >= 100 {
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strconv.FormatFloat(value, 'g', 3, 64)
}
