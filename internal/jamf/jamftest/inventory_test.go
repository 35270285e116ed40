package jamftest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const inventory = "/api/v4/computers-inventory"

func TestInventorySections(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	r := b.must(200, "GET", inventory, "")
	if r.number("totalCount") != 1 || r.text("results.0.id") != "1" || r.text("results.0.general.name") != "Mac-00001" || strings.Contains(r.body, `"hardware"`) {
		t.Errorf("without a wish it is the general one: %s", r.body)
	}
	r = b.must(200, "GET", inventory+"?section=HARDWARE&section=OPERATING_SYSTEM", "")
	if r.text("results.0.hardware.serialNumber") == "" || r.text("results.0.operatingSystem.version") != "15.7" || r.at("results.0.general") != nil {
		t.Error(r.body)
	}
	r = b.must(200, "GET", inventory+"/1?section=security", "")
	if r.text("security.bootstrapTokenEscrowedStatus") != "ESCROWED" {
		t.Error(r.body)
	}
	r = b.must(200, "GET", inventory+"-detail/1", "")
	if r.at("plugins") != nil || r.at("printers") == nil || r.text("userAndLocation.username") == "" {
		t.Error(r.body)
	}
	b.must(400, "GET", inventory+"?section=SAUCE", "")
	b.must(400, "GET", inventory+"?section=PLUGINS", "")
	b.must(200, "GET", "/api/v3/computers-inventory?section=PLUGINS", "")
	b.must(404, "GET", inventory+"/9", "")
	nulls := planned(t, jamftest.Options{NullSections: true}, able())
	if r := nulls.must(200, "GET", inventory, ""); !strings.Contains(r.body, `"hardware": null`) {
		t.Errorf("as on the wire: %s", r.body)
	}
}

func TestInventoryFilters(t *testing.T) {
	intel := able()
	intel.Name, intel.AppleSilicon, intel.Version, intel.Supervised = "Aardvark", false, "14.8", false
	b := planned(t, jamftest.Options{}, able(), intel, able())
	rows := []struct {
		name, query, ids string
	}{
		{"all, by name", "", "2 1 3"},
		{"by number, from the end", "sort=id:desc", "3 2 1"},
		{"by name", "filter=general.name==Aardvark", "2"},
		{"by version", `filter=operatingSystem.version=="14*"`, "2"},
		{"by a truth", "filter=hardware.appleSilicon==true;general.supervised==true", "1 3"},
		{"by numbers", "filter=id=in=(3,1)", "1 3"},
		{"by a time", "filter=" + url.QueryEscape(`general.lastCheckIn>"2026-01-01T00:00:00Z"`), "2 1 3"},
		{"the second page", "page=1&page-size=2", "3"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := b.must(200, "GET", inventory+"?"+row.query, "")
			var ids []string
			for i := range 3 {
				if id := r.text(fmt.Sprintf("results.%d.id", i)); id != "" {
					ids = append(ids, id)
				}
			}
			if got := strings.Join(ids, " "); got != row.ids {
				t.Errorf("%s, want %s", got, row.ids)
			}
		})
	}
	b.must(400, "GET", inventory+"?filter=extensionAttributes.name==x", "")
	b.must(400, "GET", inventory+"?filter=general.lastContactTime==x", "")
	b.must(200, "GET", "/api/v1/computers-inventory?filter=general.lastContactTime==x", "")
}

func TestAttributesAreShownWhereTheyBelong(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	b.must(201, "POST", "/api/v1/computer-extension-attributes", strings.NewReplacer("Status", "Deadline", "STRING", "DATE", "EXTENSION_ATTRIBUTES", "OPERATING_SYSTEM").Replace(attribute))
	const wanted = inventory + "?section=EXTENSION_ATTRIBUTES&section=OPERATING_SYSTEM"
	if r := b.must(200, "GET", wanted, ""); len(r.at("results.0.extensionAttributes.0.values").([]any)) != 0 {
		t.Errorf("before a report there is a value: %s", r.body)
	}
	b.server.Recon(1)
	r := b.must(200, "GET", wanted, "")
	if r.text("results.0.extensionAttributes.0.values.0") != "Not installed" || r.text("results.0.extensionAttributes.0.definitionId") != "1" ||
		r.text("results.0.operatingSystem.extensionAttributes.0.dataType") != "DATE_TIME" || r.at("results.0.extensionAttributes.1") != nil {
		t.Error(r.body)
	}
}

func TestMembershipsOfMacs(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	b.must(201, "POST", smartGroups, silicon)
	b.must(201, "POST", staticGroups, `{"name":"Pilot","assignments":[]}`)
	r := b.must(200, "GET", inventory+"?section=GROUP_MEMBERSHIPS", "")
	if r.text("results.0.groupMemberships.0.groupName") != "Silicon" || r.at("results.0.groupMemberships.1") != nil {
		t.Error(r.body)
	}
}

func TestEveryVersionAnswersTheSame(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	want := b.must(200, "GET", inventory, "").body
	for _, version := range []string{"v1", "v2", "v3"} {
		if got := b.must(200, "GET", "/api/"+version+"/computers-inventory", "").body; got != want {
			t.Errorf("%s: %s", version, got)
		}
	}
	old := planned(t, jamftest.Options{Version: "11.23.2"}, able())
	if r := old.must(200, "GET", "/api/v3/computers-inventory", ""); strings.Contains(r.body, "lastCheckIn") || r.text("results.0.general.lastContactTime") == "" {
		t.Errorf("an older server: %s", r.body)
	}
}

func TestTwentyThousandMacs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: takes seconds")
	}
	b := visit(t, longLived(jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Replication}, Fleet: jamftest.Fleet{Count: 20_000}}))
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	b.must(201, "POST", smartGroups, silicon)
	deploy(b, "<frequency>Once every week</frequency>")
	began := time.Now()
	b.server.Advance(6 * time.Hour)
	t.Logf("six hours took %v", time.Since(began))
	began = time.Now()
	seen := map[string]bool{}
	for page := 0; len(seen) < 20_000 && page < 11; page++ {
		r := b.must(200, "GET", fmt.Sprintf("%s?section=GENERAL&section=EXTENSION_ATTRIBUTES&page-size=5000&page=%d&sort=id:asc", inventory, page), "")
		if r.number("totalCount") != 20_000 {
			t.Fatal(r.number("totalCount"))
		}
		list, _ := r.at("results").([]any)
		for _, one := range list {
			seen[one.(map[string]any)["id"].(string)] = true
		}
		if want := 2000; len(list) != want {
			t.Fatalf("page %d has %d", page, len(list))
		}
	}
	if len(seen) != 20_000 {
		t.Errorf("%d Macs on ten pages", len(seen))
	}
	t.Logf("ten pages took %v", time.Since(began))
	if n := b.must(200, "POST", "/api/v1/smart-computer-groups/1/recalculate", "").number("count"); n < 15_000 || n > 17_000 {
		t.Errorf("%d members", n)
	}
}
