package jamftest

import "slices"

// The operations that the server knows. A row is: method, path, the privileges that it needs, and what answers. For the
// Classic API the needs are kinds of objects, of which one is enough and before which the method puts its verb, or, after
// "=", a privilege as it is.
func (s *Server) routes() []route {
	return slices.Concat(
		tokenRoutes(), s.objectRoutes(), groupRoutes("v2"), since("11.28.0", groupRoutes("v3")), inventoryRoutes(),
		s.updateRoutes(), commandRoutes(), s.classicRoutes(),
	)
}

func tokenRoutes() []route {
	return slices.Concat(
		open([]route{
			{method: "POST", path: "/api/v1/oauth/token", do: (*call).clientToken},
			{method: "POST", path: "/api/oauth/token", do: (*call).clientToken},
			{method: "POST", path: "/api/v1/auth/token", do: (*call).userToken},
		}),
		looking([]route{
			{method: "POST", path: "/api/v1/auth/keep-alive", do: (*call).keepAlive},
			{method: "POST", path: "/api/v1/auth/invalidate-token", do: (*call).invalidate},
			{method: "GET", path: "/api/v1/auth", do: (*call).authorization},
			{method: "GET", path: "/api/v1/api-role-privileges", needs: "Read API Roles", do: (*call).rolePrivileges},
			{method: "GET", path: "/api/v1/jamf-pro-version", do: (*call).readVersion},
		}),
	)
}

func (s *Server) objectRoutes() []route {
	return slices.Concat(
		shelfRoutes(s.roles, "API Roles"),
		shelfRoutes(s.integrations, "API Integrations"),
		[]route{{method: "POST", path: "/api/v1/api-integrations/{id}/client-credentials", needs: "Create API Integrations", do: (*call).makeCredentials}},
		shelfRoutes(s.categories, "Categories"),
		shelfRoutes(s.scripts, "Scripts"),
		shelfRoutes(s.attributes, "Computer Extension Attributes"),
		[]route{{method: "GET", path: "/api/v1/computer-extension-attributes/{id}/data-dependency", needs: "Read Computer Extension Attributes", do: (*call).dependents}},
		shelfRoutes(s.packages, "Packages"),
		[]route{{method: "POST", path: "/api/v1/packages/{id}/upload", needs: "Update Packages, Read Packages", do: (*call).upload, upload: true}},
		[]route{
			{method: "GET", path: "/api/v1/cloud-distribution-point/upload-capability", do: (*call).uploadCapability},
			{method: "GET", path: "/api/v1/cloud-distribution-point/files", needs: "Read Cloud Distribution Point", do: (*call).distributedFiles},
		},
		looking(since("11.25.2", []route{
			{method: "POST", path: "/api/v1/cloud-distribution-point/refresh-inventory", needs: "Read Cloud Distribution Point", do: (*call).refreshInventory},
		})),
		looking(deprecated("11.25.2", "Thu, 28 Aug 2025 00:00:00 GMT", []route{
			{method: "POST", path: "/api/v1/jcds/refresh-inventory", needs: "Read Cloud Distribution Point", do: (*call).refreshInventory},
		})),
	)
}

func shelfRoutes[T any](h *shelf[T], kind string) []route {
	return []route{
		{method: "GET", path: h.path, needs: "Read " + kind, do: h.list},
		{method: "POST", path: h.path, needs: "Create " + kind, do: h.create},
		{method: "GET", path: h.path + "/{id}", needs: "Read " + kind, do: h.read},
		{method: "PUT", path: h.path + "/{id}", needs: "Update " + kind, do: h.replace},
		{method: "DELETE", path: h.path + "/{id}", needs: "Delete " + kind, do: h.remove},
	}
}

func groupRoutes(version string) []route {
	const smart, static = "Smart Computer Groups", "Static Computer Groups"
	api := int(version[1] - '0')
	at := "/api/" + version + "/computer-groups"
	rows := []route{
		{method: "GET", path: at + "/smart-groups", needs: "Read " + smart, do: (*call).listSmartGroups},
		{method: "POST", path: at + "/smart-groups", needs: "Create " + smart, do: createSmartGroup(api)},
		{method: "GET", path: at + "/smart-groups/{id}", needs: "Read " + smart, do: (*call).readSmartGroup},
		{method: "PUT", path: at + "/smart-groups/{id}", needs: "Update " + smart, do: replaceSmartGroup(api)},
		{method: "DELETE", path: at + "/smart-groups/{id}", needs: "Delete " + smart, do: deleteGroup(true)},
		{method: "GET", path: at + "/smart-group-membership/{id}", needs: "Read " + smart, do: (*call).groupMembership},
		{method: "GET", path: at + "/static-groups", needs: "Read " + static, do: (*call).listStaticGroups},
		{method: "POST", path: at + "/static-groups", needs: "Create " + static, do: createStaticGroup(api)},
		{method: "GET", path: at + "/static-groups/{id}", needs: "Read " + static, do: (*call).readStaticGroup},
		{method: "PUT", path: at + "/static-groups/{id}", needs: "Update " + static, do: (*call).replaceStaticGroup},
		{method: "DELETE", path: at + "/static-groups/{id}", needs: "Delete " + static, do: deleteGroup(false)},
	}
	if version != "v2" {
		return rows
	}
	return slices.Concat(
		deprecated("11.28.0", "Thu, 28 May 2026 00:00:00 GMT", rows),
		[]route{{method: "GET", path: "/api/v1/computer-groups", needs: "Read " + smart + ", Read " + static, do: (*call).allGroups}},
		looking([]route{{method: "POST", path: "/api/v1/smart-computer-groups/{id}/recalculate", needs: "Update " + smart, do: (*call).recalculate}}),
	)
}

func inventoryRoutes() []route {
	rows := func(api int, path string) []route {
		return []route{
			{method: "GET", path: path, needs: "Read Computers", do: listInventory(api)},
			{method: "GET", path: path + "/{id}", needs: "Read Computers", do: readInventory(api)},
			{method: "GET", path: path + "-detail/{id}", needs: "Read Computers", do: readInventoryDetail(api)},
		}
	}
	return slices.Concat(
		deprecated("", "Mon, 30 Jun 2025 00:00:00 GMT", rows(1, "/api/v1/computers-inventory")),
		deprecated("", "Thu, 06 Nov 2025 00:00:00 GMT", rows(2, "/api/v2/computers-inventory")),
		deprecated("11.30.0", "Tue, 14 Jul 2026 00:00:00 GMT", rows(3, "/api/v3/computers-inventory")),
		since("11.30.0", rows(4, "/api/v4/computers-inventory")),
	)
}

func (s *Server) updateRoutes() []route {
	const at = "/api/v1/managed-software-updates"
	const read, toggle = "Read Managed Software Updates", "Read Managed Software Updates, Create Managed Software Updates, Update Managed Software Updates"
	create := "Create Managed Software Updates, Read Computers, Send Computer Remote Command to Download and Install OS X Update"
	look, groups := read+", Read Computers", ", Read Smart Computer Groups, Read Static Computer Groups"
	if s.options.NeedMobile {
		create += ", Read Mobile Devices, Send Mobile Device Remote Command to Download and Install iOS Update"
		look += ", Read Mobile Devices"
		groups += ", Read Smart Mobile Device Groups, Read Static Mobile Device Groups"
	}
	return []route{
		{method: "GET", path: at + "/available-updates", do: (*call).availableUpdates},
		{method: "GET", path: at + "/plans/feature-toggle", needs: read, do: (*call).readToggle},
		{method: "PUT", path: at + "/plans/feature-toggle", needs: toggle, do: (*call).setToggle},
		{method: "GET", path: at + "/plans/feature-toggle/status", needs: read, do: (*call).toggleStatus},
		{method: "POST", path: at + "/plans/feature-toggle/abandon", needs: toggle, do: (*call).abandonToggle},
		{method: "GET", path: at + "/plans", needs: look, do: (*call).listPlans},
		{method: "POST", path: at + "/plans", needs: create, do: (*call).planDevices},
		{method: "POST", path: at + "/plans/group", needs: create + groups, do: (*call).planGroup},
		{method: "GET", path: at + "/plans/{id}", needs: look, do: (*call).readPlan},
		{method: "GET", path: at + "/plans/{id}/{part}", needs: look, do: planPart(groups)},
	}
}

func commandRoutes() []route {
	const view, ddm = "View MDM command information in Jamf Pro API", "/api/v1/ddm/{id}"
	return []route{
		{method: "GET", path: "/api/v2/mdm/commands", needs: view, do: (*call).listCommands},
		{method: "POST", path: "/api/v2/mdm/commands", needs: view, do: (*call).sendCommand},
		{method: "POST", path: "/api/v2/mdm/blank-push", needs: view, do: (*call).blankPush},
		{method: "GET", path: ddm + "/status-items", needs: "Read Computers", do: (*call).statusItems},
		{method: "GET", path: ddm + "/status-items/{key}", needs: "Read Computers", do: (*call).statusItems},
		{method: "POST", path: ddm + "/sync", needs: "Send Declarative Management Command", do: (*call).syncDeclarations},
	}
}

func (s *Server) classicRoutes() []route {
	const at = "/JSSResource"
	return slices.Concat(
		cabinetRoutes(s.policies, "policies", "Policies"),
		[]route{{method: "GET", path: at + "/policies/category/{category}", needs: "Policies", do: (*call).policiesOf}},
		cabinetRoutes(s.profiles, "osxconfigurationprofiles", "macOS Configuration Profiles"),
		cabinetRoutes(s.lists, "computergroups", "Smart Computer Groups, Static Computer Groups"),
		[]route{
			{method: "GET", path: at + "/computerhistory/{key}/{value}", needs: "=Read Computers", do: (*call).history},
			{method: "GET", path: at + "/computerhistory/{key}/{value}/subset/{subset}", needs: "=Read Computers", do: (*call).history},
			{method: "DELETE", path: at + "/logflush/{log}/id/{id}/interval/{interval}", needs: "=Flush Policy Logs", do: (*call).flushPolicy},
			{method: "DELETE", path: at + "/logflush", needs: "=Flush Policy Logs", do: (*call).flushByBody},
			// Which privilege a command needs is not known.
			{method: "POST", path: at + "/computercommands/command/{command}/id/{ids}", needs: "=Read Computers", do: (*call).classicCommand},
		},
	)
}

func cabinetRoutes(k *cabinet, path, needs string) []route {
	at := "/JSSResource/" + path
	return []route{
		{method: "GET", path: at, needs: needs, do: k.list(nil)},
		{method: "GET", path: at + "/id/{id}", needs: needs, do: k.read},
		{method: "GET", path: at + "/id/{id}/subset/{subset}", needs: needs, do: k.read},
		{method: "GET", path: at + "/name/{name}", needs: needs, do: k.read},
		{method: "GET", path: at + "/name/{name}/subset/{subset}", needs: needs, do: k.read},
		{method: "POST", path: at + "/id/{id}", needs: needs, do: k.create},
		{method: "PUT", path: at + "/id/{id}", needs: needs, do: k.update},
		{method: "PUT", path: at + "/id/{id}/subset/{subset}", needs: needs, do: k.update},
		{method: "PUT", path: at + "/name/{name}", needs: needs, do: k.update},
		{method: "DELETE", path: at + "/id/{id}", needs: needs, do: k.remove},
		{method: "DELETE", path: at + "/name/{name}", needs: needs, do: k.remove},
	}
}

// since, deprecated, open and looking say more of rows.
func since(version string, rows []route) []route {
	return each(rows, func(r *route) { r.since = version })
}

func deprecated(from, date string, rows []route) []route {
	return each(rows, func(r *route) { r.from, r.deprecated = from, date })
}

func open(rows []route) []route { return each(rows, func(r *route) { r.open, r.looks = true, true }) }

func looking(rows []route) []route { return each(rows, func(r *route) { r.looks = true }) }

func each(rows []route, change func(*route)) []route {
	for i := range rows {
		change(&rows[i])
	}
	return rows
}
