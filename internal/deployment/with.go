package deployment

import "github.com/install-or-defer/install-or-defer/internal/settings"

// With is the deployment with other settings: those of a flat dictionary, as [Deployment.Values] gives it. All else stays.
// What is no setting, or a text of another type, has no place in a deployment and is left out: check the values first.
func (d Deployment) With(values map[string]any) Deployment {
	d.Settings, d.Messages, d.Localizations = nil, nil, nil
	given := map[string]any{}
	for _, key := range settings.Table() {
		value, ok := values[key.Name]
		if !ok {
			continue
		}
		text, isString := value.(string)
		switch {
		case key.Name == settings.Localizations:
			d.Localizations = localized(value)
		case !isText(key):
			given[key.Name] = value
		case isString:
			d.Messages = put(d.Messages, key.Name, text)
		}
	}
	d.Settings = canonical(some(given))
	return d
}

// localized reads the texts of each language.
func localized(value any) map[string]map[string]string {
	var all map[string]map[string]string
	languages, _ := value.(map[string]any)
	for tag, raw := range languages {
		var texts map[string]string
		entries, _ := raw.(map[string]any)
		for key, value := range entries {
			if text, ok := value.(string); ok {
				texts = put(texts, key, text)
			}
		}
		if texts != nil {
			all = put(all, tag, texts)
		}
	}
	return all
}
