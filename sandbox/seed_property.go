package sandbox

import (
	"fmt"
	"strconv"
	"time"
)

// What the agency cannot see of what its conversations are about: the eighth project is somebody else's by now, the
// ninth of each kind is gone.
const (
	withdrawn = 7
	gone      = 8
)

// client is a customer that the agency works for. The last one does not let it see its contract.
type client struct {
	key, name string
	hidden    bool
}

func clients() []client {
	return []client{
		{key: "kuestenrad", name: "Küstenrad GmbH"},
		{key: "hafenkino", name: "Hafenkino e. V."},
		{key: "segelschule", name: "Segelschule Fischer", hidden: true},
	}
}

// endow gives a customer what its conversations are about: one thing of each kind for each of its first domains.
func (s *store) endow(e *estate) {
	owner := &owner{store: s, estate: e, seenBy: []string{e.id}, customers: []string{e.id}}
	owner.addCustomer(e.key, e.id, e.name, len(e.domains), []string{e.id})
	if e.token == agencyToken {
		for _, c := range clients() {
			seenBy := owner.seenBy
			if c.hidden {
				seenBy = nil
			}
			id := newID("customer", c.key)
			owner.customers = append(owner.customers, id)
			owner.addCustomer(c.key, id, c.name, 1, seenBy)
		}
	}
	for n := range min(9, len(e.domains)) {
		if n == gone {
			break
		}
		owner.addProject(n)
		owner.addServer(n)
		owner.addApp(n)
		owner.addExtension(n)
		owner.addService(n)
	}
}

// owner hands out what one customer has, and its clients have with its help.
type owner struct {
	store     *store
	estate    *estate
	customers []string // its own id first
	seenBy    []string
}

// customerOf says whose the nth project is.
func (o *owner) customerOf(n int) string {
	whose := []int{0, 0, 0, 1, 1, 2, 3, 0}[n]
	if whose >= len(o.customers) {
		whose = 0
	}
	return o.customers[whose]
}

func (o *owner) id(kind string, n int) string { return newID(o.estate.key, kind, strconv.Itoa(n)) }

// numberOf makes the number that people use of an id.
func numberOf(letter, id string) string { return letter + "-" + id[:6] }

// since spreads the making of things over the time before the first conversation.
func since(n int) timestamp {
	return timestamp{time.Date(2024, time.March, 5, 8, 30, 0, 125e6, time.UTC).AddDate(0, 0, 13*n)}
}

func (o *owner) addCustomer(key, id, name string, projects int, seenBy []string) {
	document := customerDocument{
		ID: id, Number: "1" + strconv.Itoa(10000+len(o.store.property.customers.all)*37), Name: name, CreationDate: since(0),
		MemberCount: 3, ProjectCount: projects, AvatarID: newID(key, "logo"), VatID: "DE" + id[:4], Flags: []string{},
		DunningLevel: "first", ExecutingRoles: []string{"owner"},
	}
	o.store.property.customers.add(&possession{id: id, customer: id, seenBy: seenBy, search: name, document: document, row: document})
}

func (o *owner) visibleUnless(hidden bool) []string {
	if hidden && o.estate.token == agencyToken {
		return nil
	}
	return o.seenBy
}

func (o *owner) addProject(n int) {
	id := o.id("project", n)
	status := []string{"ready", "ready", "migratingVolume", "ready", "disabled", "ready", "ready", "ready"}[n]
	row := projectDocument{
		ID: id, ShortID: numberOf("p", id), Description: o.estate.domains[n], Enabled: status != "disabled",
		CustomerID: o.customerOf(n), CustomerMeta: customerMeta{o.customerOf(n)}, ServerGroupID: newID(o.estate.key, "group"),
		CreatedAt: since(n), IsReady: true, Readiness: "ready", Status: status, StatusSetAt: since(n + 1),
		WebStorage: int64(n+1) << 28, WebStorageSetAt: since(n + 2), Backups: int64(n+1) << 29, BackupsSetAt: since(n + 2),
		SupportedFeatures: []string{"redis", "container"},
	}
	if n != 2 {
		row.ServerID = o.id("placementgroup", n/3)
	}
	if n%2 == 0 {
		row.ImageID = newID(o.estate.key, "image", strconv.Itoa(n))
	}
	document := patched{row, patch{
		"customerMeta": nil, "directories": map[string]string{"Home": "/home/" + row.ShortID}, "clusterDomain": "project.host.example",
	}}
	o.store.property.projects.add(&possession{
		id: id, customer: row.CustomerID, server: row.ServerID, seenBy: o.visibleUnless(n == withdrawn),
		search: row.ShortID + " " + row.Description, document: document, row: row,
	})
}

func (o *owner) addServer(n int) {
	id := o.id("placementgroup", n)
	machine := []machineDocument{{"shared.small", "1", "2Gi"}, {"shared.large", "2", "4Gi"}, {"dedicated.xlarge", "8", "32Gi"}}[n%3]
	document := serverDocument{
		ID: id, ShortID: numberOf("s", id), CustomerID: o.customers[0], Description: fmt.Sprintf("Server %d", n+1), MachineType: machine,
		Storage: strconv.Itoa(50*(n+1)) + "Gi", ClusterName: "espelkamp", GroupID: newID(o.estate.key, "group"),
		CreatedAt: since(n), IsReady: true, Readiness: "ready", Status: []string{"ready", "ready", "migrating"}[n%3],
	}
	o.store.property.servers.add(&possession{
		id: id, customer: document.CustomerID, seenBy: o.visibleUnless(n == withdrawn),
		search: document.ShortID + " " + document.Description, document: document, row: document,
	})
}

func (o *owner) addApp(n int) {
	id := o.id("appinstallation", n)
	app := []struct{ name, version string }{{"WordPress", "6.4.2"}, {"Shopware", "6.6.1.0"}, {"TYPO3", "13.4.2"}, {"Contao", "5.3.11"}}[n%4]
	document := appDocument{
		ID: id, ShortID: numberOf("a", id), AppID: newID("app", app.name), AppName: app.name, AppExternalVersion: app.version,
		AppVersion:  appVersionDocument{newID("version", app.version), newID("version", app.version)},
		Description: app.name + " " + o.estate.domains[n], InstallationPath: "/html", UpdateAvailable: n%2 == 1,
		UpdatePolicy: "patchLevel", Phase: []string{"ready", "upgrading", "ready"}[n%3], CreatedAt: since(n),
		ProjectID: o.id("project", n), ProjectDescription: o.estate.domains[n], SystemSoftware: []string{}, LinkedDatabases: []string{},
		UserInputs: []userInput{{"admin_user", "admin"}, {"admin_pass", "canary-install-password"}},
	}
	if n%3 != 2 {
		document.Hostname = "www." + o.estate.domains[n]
	}
	if document.Phase == "upgrading" {
		document.AppVersion.Desired = newID("version", app.version, "next")
	}
	o.store.property.apps.add(&possession{id: id, seenBy: o.visibleUnless(false), document: document})
}

func (o *owner) addExtension(n int) {
	id := o.id("extensionInstance", n)
	document := extensionDocument{
		ID: id, ExtensionID: newID("extension", strconv.Itoa(n%3)), ExtensionName: []string{"Uptime-Wächter", "Bildoptimierer", "Rechnungsexport"}[n%3],
		ContributorID: newID("contributor"), ContributorName: "Werkstatt Nord",
		AggregateReference: reference{ID: o.id("project", n), Aggregate: "project", Domain: "project"},
		ConsentedScopes:    []string{"project:read"}, Disabled: n == 3, CreatedAt: since(n),
	}
	if n%2 == 1 {
		document.AggregateReference = reference{ID: o.customerOf(n), Aggregate: "customer", Domain: "customer"}
	}
	o.store.property.extensions.add(&possession{id: id, seenBy: o.visibleUnless(n == withdrawn), document: document})
}

func (o *owner) addService(n int) {
	id := o.id("container", n)
	state := serviceState{
		Image: []string{"redis:8", "mariadb:11", "n8nio/n8n:1"}[n%3],
		Envs:  map[string]string{"MYSQL_ROOT_PASSWORD": "canary-root-password"},
	}
	document := serviceDocument{
		ID: id, ShortID: numberOf("c", id), StackID: o.id("project", n), ProjectID: o.id("project", n),
		ServiceName: []string{"redis", "mariadb", "n8n"}[n%3], Description: "Für " + o.estate.domains[n],
		PendingState: state, DeployedState: state, Status: []string{"running", "stopped", "running"}[n%3], StatusSetAt: since(n + 3),
	}
	o.store.property.services.add(&possession{
		id: id, seenBy: o.visibleUnless(n == withdrawn), search: id + " " + document.ShortID + " " + document.ServiceName,
		document: document, row: document,
	})
}
