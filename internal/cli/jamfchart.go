package cli

import (
	"fmt"
	"image/color"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// checkChart refuses a file of a form that is not drawn, before anything is asked.
func checkChart(name string) error {
	if name != "" && !slices.Contains([]string{".png", ".svg"}, filepath.Ext(name)) {
		return usagef("name it .png or .svg", "--chart %s: is neither", name)
	}
	return nil
}

// drawStatus draws a bar a stage, of as many parts as there are outcomes.
func drawStatus(name string, r *rollout.Report) error {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s, %s", strings.TrimPrefix(r.Server, "https://"), r.At.Format("2006-01-02 15:04 MST"))
	p.Y.Label.Text = "percent of the Macs of a stage"
	p.Y.Min, p.Y.Max = 0, 100
	p.Legend.Top = true
	names := make([]string, len(r.Stages))
	for i, s := range r.Stages {
		names[i] = fmt.Sprintf("%s\n%s", s.Name, counted(s.InScope, "Mac"))
	}
	var below *plotter.BarChart
	for _, outcome := range rollout.Outcomes() {
		values := make(plotter.Values, len(r.Stages))
		for i, s := range r.Stages {
			values[i] = 100 * float64(s.Of(outcome)) / float64(max(s.InScope, 1))
		}
		bars, err := plotter.NewBarChart(values, vg.Points(48))
		if err != nil {
			return fmt.Errorf("draw status: %w", err)
		}
		bars.Color, bars.LineStyle.Width = shade(outcome), 0
		if below != nil {
			bars.StackOn(below)
		}
		below = bars
		p.Add(bars)
		p.Legend.Add(string(outcome), bars)
	}
	p.NominalX(names...)
	// Half a bar of room on the left, and on the right as much as the legend takes.
	const left, right = -0.6, 0.9
	p.X.Min, p.X.Max = left, float64(len(r.Stages))+right
	width := vg.Length(2+1.5*float64(len(r.Stages))) * vg.Inch
	drawing, err := p.WriterTo(width, 4*vg.Inch, strings.TrimPrefix(filepath.Ext(name), "."))
	if err != nil {
		return fmt.Errorf("draw status: %w", err)
	}
	err = replaceWith(name, func(w io.Writer) error {
		_, err := drawing.WriteTo(w)
		return err
	})
	if err != nil {
		return fmt.Errorf("write chart: %w", err)
	}
	return nil
}

// shade is the colour of an outcome. They differ in brightness, too, so that they are told apart without colours.
func shade(o rollout.Outcome) color.Color {
	switch o {
	case rollout.Compliant:
		return color.RGBA{0x1b, 0x7f, 0x3b, 0xff}
	case rollout.Pending:
		return color.RGBA{0x8e, 0xc3, 0xeb, 0xff}
	case rollout.Deferred:
		return color.RGBA{0x3a, 0x7c, 0xbd, 0xff}
	case rollout.Enforcing:
		return color.RGBA{0xf2, 0xa6, 0x3b, 0xff}
	case rollout.Failed:
		return color.RGBA{0xb0, 0x1e, 0x2e, 0xff}
	case rollout.Waiting:
		return color.RGBA{0xe8, 0xe4, 0xc9, 0xff}
	case rollout.NotReporting:
		return color.RGBA{0x40, 0x40, 0x40, 0xff}
	case rollout.Unknown:
	}
	return color.RGBA{0xa6, 0xa6, 0xa6, 0xff}
}
