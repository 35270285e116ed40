package preview

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/install-or-defer/install-or-defer/internal/language"
)

// Rendering is the windows of a round in one language.
type Rendering struct {
	Language string `json:"language"` // the tag
	Name     string `json:"name"`     // in itself
	Right    bool   `json:"right"`    // it is written from right to left
	Cut      bool   `json:"cut"`      // the film ends before the deadline, and what comes then is not known
	Scenes   []Shot `json:"scenes"`
}

// Shot is the window at one of the moments that messages are looked at.
type Shot struct {
	Moment string  `json:"moment"`
	Window *Window `json:"window"` // nil where the settings and the Mac do not come to it
}

// The moments.
const (
	ShotFirst    = "first prompt"
	ShotMiddle   = "in the middle"
	ShotLast     = "last before the deadline"
	ShotFinal    = "final warning"
	ShotUpdating = "updating"
	ShotReminder = "reminder"
	ShotRestart  = "restart"
)

// maxLanguages is how many languages are rendered at once.
const maxLanguages = 40

// Render plays a desk in each of some languages, for a person who defers to the end, and takes the windows out.
func Render(ctx context.Context, d Desk, tags []string) ([]Rendering, error) {
	if len(tags) > maxLanguages {
		return nil, fmt.Errorf("%w: more than %d languages", ErrDesk, maxLanguages)
	}
	all, errs := make([]Rendering, len(tags)), make([]error, len(tags))
	const atOnce = 2
	turn := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, tag := range tags {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			all[i], errs[i] = render(ctx, d, tag)
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func render(ctx context.Context, d Desk, tag string) (Rendering, error) {
	d.Mac.Language, d.Person, d.Clicks = tag, Stubborn, nil
	film, err := Play(ctx, d)
	if err != nil {
		return Rendering{}, err
	}
	r := Rendering{Language: tag, Name: tag, Cut: film.Cut, Scenes: shots(film)}
	if slices.Contains(language.Tags(), tag) {
		r.Name = language.Find(tag).Name
	}
	for _, s := range r.Scenes {
		r.Right = r.Right || s.Window != nil && language.RightToLeft(s.Window.Text)
	}
	return r, nil
}

// shots takes the windows out of a film.
func shots(f Film) []Shot {
	sort := func(sort string) *Window { return find(f, sort) }
	list := []Shot{
		{ShotFirst, nil},
		{ShotMiddle, nil},
		{ShotLast, nil},
		{ShotFinal, sort("warning")},
		{ShotUpdating, sort("updating")},
		{ShotReminder, sort("reminder")},
		{ShotRestart, sort("restart")},
	}
	prompts := slices.DeleteFunc(slices.Clone(f.Windows), func(w Window) bool { return w.Sort != "prompt" })
	if n := len(prompts); n > 0 {
		list[0].Window, list[1].Window = &prompts[0], &prompts[n/2]
		if !f.Cut {
			list[2].Window = &prompts[n-1]
		}
	}
	return list
}
