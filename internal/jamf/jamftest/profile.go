package jamftest

import "strings"

// profiles are the configuration profiles for macOS. Only the Classic API knows them.
func profiles() *cabinet {
	return &cabinet{
		root: "os_x_configuration_profile", plural: "os_x_configuration_profiles", model: loadModel("os_x_configuration_profile"),
		name: []string{"general", "name"}, id: []string{"general", "id"}, accept: acceptProfile, show: showProfile,
	}
}

// showProfile tells the level in the words of the answers, which are not those of the requests.
func showProfile(c *call, _ int, e *element) *element {
	if !c.has(Silence) {
		return e
	}
	switch e.text("general", "level") {
	case "computer":
		return e.set("System", "general", "level")
	case "user":
		return e.set("User", "general", "level")
	}
	return e
}

// acceptProfile takes the payloads of a profile: it decodes entities once more than XML says, reads the property list,
// and writes it anew, with another identity unless the request brings the present one.
func acceptProfile(c *call, _ int, have, e *element) (*element, *answer) {
	sent := e.at("general", "payloads")
	if have != nil {
		c.traffic.redeploy()
		if sent == have.at("general", "payloads") {
			return e, nil
		}
	}
	if !c.has(Rewriting) {
		return e, nil
	}
	text := sent.body
	if sent.cdata || !c.options.TextDecoded {
		text = decodeEntities(text)
	}
	dict, err := parsePropertyList(text)
	if err != nil {
		return e, conflict("Unable to update the database")
	}
	uuid := strings.ToUpper(c.uuid())
	if have != nil {
		uuid = have.text("general", "uuid")
		if dict.key("PayloadUUID").text() != uuid || dict.key("PayloadIdentifier").text() != uuid {
			// To the Macs this is another profile: the old one stays beside it.
			uuid = strings.ToUpper(c.uuid())
			c.traffic.ghost()
		}
	}
	dict = dict.setKey("PayloadUUID", leaf("string", uuid)).setKey("PayloadIdentifier", leaf("string", uuid))
	dict = c.inject(dict, e, have == nil)
	return e.set(uuid, "general", "uuid").set(writePropertyList(dict), "general", "payloads"), nil
}

// inject sets the keys that the server sets, whatever was sent.
func (c *call) inject(dict, e *element, fresh bool) *element {
	removal := "true"
	if e.text("general", "user_removable") == "true" {
		removal = "false"
	}
	scope := "System"
	if strings.EqualFold(e.text("general", "level"), "user") {
		scope = "User"
	}
	dict = dict.setKey("PayloadDisplayName", leaf("string", e.text("general", "name"))).
		setKey("PayloadScope", leaf("string", scope)).
		setKey("PayloadRemovalDisallowed", leaf(removal, "")).
		setKey("PayloadDescription", leaf("string", e.text("general", "description"))).
		ensureKey("PayloadOrganization", leaf("string", "Example")).
		ensureKey("PayloadEnabled", leaf("true", "")).
		ensureKey("PayloadType", leaf("string", "Configuration")).
		ensureKey("PayloadVersion", leaf("integer", "1"))
	content := dict.key("PayloadContent")
	if content == nil || content.name != "array" {
		return dict
	}
	out := branch("array")
	for _, p := range content.children {
		if p.name == "dict" {
			p = c.injectPayload(p, fresh)
		}
		out.children = append(out.children, p)
	}
	return dict.setKey("PayloadContent", out)
}

// injectPayload does the same for one of several payloads. A new profile's get another identity, too.
func (c *call) injectPayload(p *element, fresh bool) *element {
	if fresh {
		uuid := leaf("string", strings.ToUpper(c.uuid()))
		p = p.setKey("PayloadUUID", uuid).setKey("PayloadIdentifier", uuid)
	}
	p = p.ensureKey("PayloadEnabled", leaf("true", "")).
		ensureKey("PayloadOrganization", leaf("string", "Example")).
		ensureKey("PayloadDisplayName", leaf("string", "Custom Settings")).
		ensureKey("PayloadDescription", leaf("string", "")).
		ensureKey("PayloadVersion", leaf("integer", "1"))
	switch p.key("PayloadType").text() {
	case "com.apple.syspolicy.kernel-extension-policy":
		p = p.ensureKey("AllowUserOverrides", leaf("true", ""))
	case "com.apple.vpn.managed":
		p = p.ensureKey("VendorConfig", branch("dict"))
	}
	return p
}
