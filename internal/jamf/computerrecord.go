package jamf

import (
	"cmp"
	"slices"
	"strconv"
)

// computerRecord is the part of an inventory record that is read.
type computerRecord struct {
	ID, UDID text
	General  struct {
		Name             text
		ManagementID     text `json:"managementId"`
		RemoteManagement struct{ Managed truth }
		Supervised       truth
		UserApprovedMDM  truth  `json:"userApprovedMdm"`
		Declarative      truth  `json:"declarativeDeviceManagementEnabled"`
		ReportDate       moment `json:"reportDate"`
		LastCheckIn      moment `json:"lastCheckIn"` // v4
		LastContact      moment `json:"lastContact"` // v4
		LastContactTime  moment `json:"lastContactTime"`
	}
	Hardware struct {
		SerialNumber    text
		ModelIdentifier text
		AppleSilicon    truth
	}
	OperatingSystem struct {
		Version, Build text
	}
	Security struct {
		BootstrapTokenEscrowedStatus text
	}
	Storage struct {
		BootDriveAvailableSpaceMegabytes text
	}
	UserAndLocation struct {
		Username text
	}
	GroupMemberships []struct {
		GroupID    text `json:"groupId"`
		GroupName  text
		SmartGroup truth
	}
}

func (r computerRecord) computer() Computer {
	free, err := strconv.ParseInt(string(r.Storage.BootDriveAvailableSpaceMegabytes), 10, 64)
	if err != nil {
		free = 0
	}
	c := Computer{
		ID: string(r.ID), UDID: string(r.UDID), Name: string(r.General.Name),
		Serial: string(r.Hardware.SerialNumber), Model: string(r.Hardware.ModelIdentifier),
		AppleSilicon: bool(r.Hardware.AppleSilicon), ManagementID: string(r.General.ManagementID),
		Managed: bool(r.General.RemoteManagement.Managed), Supervised: bool(r.General.Supervised),
		UserApprovedMDM: bool(r.General.UserApprovedMDM), Declarative: bool(r.General.Declarative),
		LastContact: contact(r.General.LastCheckIn, r.General.LastContactTime, r.General.LastContact),
		Reported:    r.General.ReportDate.Time, SystemVersion: string(r.OperatingSystem.Version),
		SystemBuild:    string(r.OperatingSystem.Build),
		BootstrapToken: string(r.Security.BootstrapTokenEscrowedStatus),
		FreeMegabytes:  free, User: string(r.UserAndLocation.Username),
	}
	for _, g := range r.GroupMemberships {
		c.Groups = append(c.Groups, ComputerGroup{ID: string(g.GroupID), Name: string(g.GroupName), Smart: bool(g.SmartGroup)})
	}
	return c
}

// sortAttributes makes the order the same each time: sections have none.
func sortAttributes(values []AttributeValue) {
	slices.SortFunc(values, func(a, b AttributeValue) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.DefinitionID, b.DefinitionID))
	})
}
