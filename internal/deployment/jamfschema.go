package deployment

import "github.com/install-or-defer/install-or-defer/internal/criteria"

// schemaPart is a part of a JSON schema.
type schemaPart = map[string]any

// jamfSchema describes the section jamf, and what it refers to.
func jamfSchema() schemaPart {
	return group("What a Jamf Pro server is to hold, and which Macs get it when.", schemaPart{
		"url": schemaPart{
			"type": "string", "pattern": "^https?://[^/@?#]+(/[^@?#]*)?$",
			"description": "The address of the server; the environment variable JAMF_URL counts before it.",
		},
		"category": name("The category of package and policies. It is made if it is not there."),
		"package": group("How the package is kept.", schemaPart{
			"file": schemaPart{
				"type": "string", "pattern": `^[^/\\:"]*\{version\}[^/\\:"]*\.pkg$`, "default": usualFile,
				"description": "The name of its file. A file is never replaced under its name, so the version is in it.",
			},
			"priority": schemaPart{"type": "integer", "minimum": 1, "maximum": 20, "default": usualPriority, "description": "Lower comes first."},
			"notes":    lineOfText("For people."),
		}),
		"extension_attributes": group("Extension attributes that tell where each Mac stands.", schemaPart{
			"prefix": schemaPart{"type": "string", "minLength": 1, "maxLength": 200, "default": usualPrefix, "description": "The beginning of their names."},
			"fields": schemaPart{
				"type": "array", "items": schemaPart{"enum": attributeNames()}, "default": usualAttributes().Fields,
				"description": "Which fields of the report there are extension attributes for.",
			},
		}),
		"groups":    list("Smart groups.", jamfGroupSchema()),
		"profile":   jamfProfileSchema(),
		"policy":    jamfPolicySchema(),
		"uninstall": jamfUninstallSchema(),
		"stages":    list("The steps of the rollout. The policy is for the groups of all stages up to the present one.", jamfStageSchema()),
	})
}

func attributeNames() []string {
	var names []string
	for _, f := range AttributeFields() {
		names = append(names, f.Name)
	}
	return names
}

func name(description string) schemaPart {
	return schemaPart{"type": "string", "minLength": 1, "maxLength": 255, "description": description}
}

func list(description string, item schemaPart) schemaPart {
	return schemaPart{"description": description, "type": []string{"array", "null"}, "items": item}
}

func groupNames(description string) schemaPart {
	return list(description, name("The name of a group."))
}

func word(description string, words []JamfWord, usual string) schemaPart {
	return schemaPart{"description": description, "enum": wordNames(words), "default": usual}
}

func jamfGroupSchema() schemaPart {
	return schemaPart{
		"type": "object", "additionalProperties": false, "required": []string{"name", "criteria"},
		"properties": schemaPart{
			"name":          name("The name. Jamf Pro does not tell capital letters from small ones."),
			"description":   lineOfText("For people."),
			"update_needed": schemaPart{"type": "boolean", "default": false, "description": "A Mac in it lacks an update; the status counts it by that."},
			"criteria":      schemaPart{"$ref": "#/definitions/condition"},
		},
	}
}

func jamfProfileSchema() schemaPart {
	usual := usualProfile()
	return group("The configuration profile with the settings.", schemaPart{
		"name":         name("The name, which Macs show."),
		"distribution": word("How it gets to Macs.", JamfDistributions(), usual.Distribution),
		"redeploy":     word("Who gets it anew when the settings change.", JamfRedeploys(), usual.Redeploy),
		"groups":       groupNames("The groups that get it; without any, those of all stages."),
		"exclusions":   groupNames("Groups that do not get it."),
	})
}

func eventName() schemaPart {
	return schemaPart{"type": "string", "pattern": "^[^ ,\"'`$\\\\]+$", "maxLength": 255, "description": "The event of jamf policy -event."}
}

func jamfPolicySchema() schemaPart {
	usual := usualPolicy()
	return group("The policy that installs the package.", schemaPart{
		"name":             name("The name."),
		"triggers":         schemaPart{"type": "array", "items": schemaPart{"enum": wordNames(JamfTriggers())}, "default": usual.Triggers, "description": "What makes it run."},
		"event":            eventName(),
		"frequency":        word("How often it runs on a Mac.", JamfFrequencies(), usual.Frequency),
		"retries":          schemaPart{"type": "integer", "minimum": 0, "maximum": 10, "default": 0, "description": "How often it is tried again after a failure, with once_per_computer."},
		"update_inventory": schemaPart{"type": "boolean", "default": true, "description": "Whether the Mac sends its inventory afterwards."},
		"exclusions":       groupNames("Groups that it is not for."),
	})
}

func jamfUninstallSchema() schemaPart {
	usual := usualUninstall()
	return group("The policy that removes the program. It is off until a rollback asks for it.", schemaPart{
		"name":      name("The name."),
		"group":     name("The name of the smart group of Macs that have the program."),
		"event":     eventName(),
		"frequency": word("How often it runs on a Mac that has the program.", JamfFrequencies(), usual.Frequency),
	})
}

func jamfStageSchema() schemaPart {
	percent := schemaPart{"type": "integer", "minimum": 0, "maximum": 100}
	return schemaPart{
		"type": "object", "additionalProperties": false, "required": []string{"name", "groups"},
		"properties": schemaPart{
			"name":   name("The name."),
			"groups": schemaPart{"type": "array", "minItems": 1, "items": name("The name of a group."), "description": "The groups that the stage adds."},
			"soak":   span("How long the stage lasts at least.", 0, 365*86400),
			"gate": group("What has to hold before the next stage begins.", schemaPart{
				"min_reporting_percent": percent, "max_failed_percent": percent, "min_finished_percent": percent,
			}),
		},
	}
}

// valuesSchema describes a value of a test, or several.
func valuesSchema() schemaPart {
	value := schemaPart{"type": []string{"string", "number", "boolean"}}
	return schemaPart{"anyOf": []any{value, schemaPart{"type": "array", "minItems": 1, "items": value}}}
}

// conditionSchema describes a condition, which holds conditions.
func conditionSchema() schemaPart {
	values := schemaPart{"$ref": "#/definitions/values"}
	parts := schemaPart{"type": "array", "minItems": 1, "items": schemaPart{"$ref": "#/definitions/condition"}}
	var forms []any
	one := func(key string, of schemaPart) {
		forms = append(forms, schemaPart{
			"type": "object", "properties": schemaPart{key: of}, "required": []string{key}, "additionalProperties": false,
		})
	}
	one(string(criteria.All), parts)
	one(string(criteria.Any), parts)
	for _, f := range criteria.Fields() {
		operators := schemaPart{}
		for _, o := range criteria.OperatorsOf(f.Kind) {
			operators[o] = values
		}
		of := schemaPart{
			"type": "object", "properties": operators, "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
			"description": f.Help + " (" + f.Jamf + ")",
		}
		if f.Kind == criteria.YesNo {
			of = schemaPart{"anyOf": []any{schemaPart{"type": []string{"boolean", "string"}}, of}}
		}
		one(f.Name, of)
	}
	for _, key := range []string{criteria.Criterion, criteria.Attribute} {
		properties := schemaPart{key: name("The exact name in Jamf Pro.")}
		for _, o := range criteria.Operators() {
			properties[o.Name] = values
		}
		forms = append(forms, schemaPart{
			"type": "object", "properties": properties, "required": []string{key}, "additionalProperties": false,
			"minProperties": 2, "maxProperties": 2,
		})
	}
	return schemaPart{"description": "Which Macs: a test, or all: or any: of several.", "anyOf": forms}
}
