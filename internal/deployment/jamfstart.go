package deployment

// startJamf is the section jamf of a file to start from. Its groups and its policy are those with which the original
// framework is deployed, but for one expression: ^13\.0\.[0-3] also fits 13.0.10, and so has a $ at its end here.
const startJamf = `
# What a Jamf Pro server is to hold. install-or-defer jamf plan shows what would change there; docs/jamf.md tells more.
jamf:
  #url: https://example.jamfcloud.com

  #category: Software Updates

  # The package: {version} is the version of what is installed, and a file is never replaced under its name.
  #package:
  #  file: install-or-defer-{version}.pkg
  #  priority: 10

  # What each Mac reports with its inventory.
  #extension_attributes:
  #  prefix: "Install or Defer - "
  #  fields: [status, reason, blockers, deadline, deferrals, pending, journal, version]

  # Smart groups: which Macs need an update. The last one is Safari before 13.0.4, version by version.
  #groups:
  #  - name: "Critical Update Needed: macOS Catalina 10.15.2"
  #    update_needed: true
  #    criteria: {os_build: {matches: "^19[A-B]"}}
  #  - name: "Critical Update Needed: Security Update 2019-007 High Sierra"
  #    update_needed: true
  #    criteria: {os_build: {matches: "^17G[0-9]{1,4}$"}}
  #  - name: "Critical Update Needed: Safari 13.0.4"
  #    update_needed: true
  #    criteria:
  #      all:
  #        - app_title: {is: Safari.app}
  #        - any:
  #            - app_version: {matches: '^[0-9]\.'}
  #            - app_version: {matches: '^1[0-2]\.'}
  #            - app_version: {matches: '^13\.0\.[0-3]$'}

  # The configuration profile with the settings above, for the groups of all stages.
  #profile:
  #  name: Install or Defer
  #  distribution: automatic
  #  redeploy: all

  # The policy that installs the package.
  #policy:
  #  name: Install or Defer
  #  triggers: [check_in]
  #  event: install-or-defer
  #  frequency: once_every_week
  #  update_inventory: true

  # The policy that removes it again. It is off until install-or-defer jamf rollback --uninstall turns it on.
  #uninstall:
  #  name: Install or Defer - Uninstall
  #  group: Install or Defer - Installed
  #  event: install-or-defer-uninstall
  #  frequency: once_every_day

  # The rollout, step by step. The policy is for the groups of all stages up to the present one.
  #stages:
  #  - name: test
  #    groups: [Test Macs]
  #    soak: 1d
  #  - name: pilot
  #    groups: [Pilot Macs]
  #    soak: 3d
  #    gate: {min_reporting_percent: 80, max_failed_percent: 2}
  #  - name: all
  #    groups:
  #      - "Critical Update Needed: macOS Catalina 10.15.2"
  #      - "Critical Update Needed: Security Update 2019-007 High Sierra"
  #      - "Critical Update Needed: Safari 13.0.4"
`
