package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// The agency cannot see every object that its conversations refer to: the eighth project belongs to another customer,
// and the ninth object of each type does not exist.
const (
	withdrawn = 7
	deleted   = 8
)

// inventory holds the objects that customers own and conversations refer to.
type inventory struct {
	Customers  []*resource `json:"customers"`
	Projects   []*resource `json:"projects"`
	Servers    []*resource `json:"servers"`
	Apps       []*resource `json:"apps"`
	Extensions []*resource `json:"extensions"`
	Services   []*resource `json:"services"`
}

// resource is one object: its documents and the values that lists filter by.
type resource struct {
	ID       string   `json:"id"`
	Customer string   `json:"customer,omitempty"` // ID of the owner
	Server   string   `json:"server,omitempty"`   // ID of the server
	SeenBy   []string `json:"seenBy"`             // IDs of the customers whose users may see it
	Search   string   `json:"search,omitempty"`   // the text that a search term must occur in
	Document any      `json:"document"`
	Row      any      `json:"row,omitempty"` // the document in lists, if it differs
}

// client is a customer that the agency works for.
type client struct {
	key, name string
	hidden    bool // from the agency
}

func clients() []client {
	return []client{
		{key: "kuestenrad", name: "Küstenrad GmbH"},
		{key: "hafenkino", name: "Hafenkino e. V."},
		{key: "segelschule", name: "Segelschule Fischer", hidden: true},
	}
}

// addTenant adds a customer and one object of each type for each of its first domains.
func (inv *inventory) addTenant(t *tenant) {
	o := &owner{inventory: inv, tenant: t, seenBy: []string{t.id}, customers: []string{t.id}}
	o.addCustomer(t.key, t.id, t.name, len(t.domains), []string{t.id})
	if t.token == agencyToken {
		for _, c := range clients() {
			seenBy := o.seenBy
			if c.hidden {
				seenBy = nil
			}
			id := newID("customer", c.key)
			o.customers = append(o.customers, id)
			o.addCustomer(c.key, id, c.name, 1, seenBy)
		}
	}
	for n := range min(deleted, len(t.domains)) {
		o.addProject(n)
		o.addServer(n)
		o.addApp(n)
		o.addExtension(n)
		o.addService(n)
	}
}

// owner adds the objects of one customer and its clients.
type owner struct {
	inventory *inventory
	tenant    *tenant
	customers []string // its own ID first
	seenBy    []string
}

// customerOf returns the ID of the customer who owns the nth project.
func (o *owner) customerOf(n int) string {
	index := []int{0, 0, 0, 1, 1, 2, 3, 0}[n]
	if index >= len(o.customers) {
		index = 0
	}
	return o.customers[index]
}

func (o *owner) id(kind string, n int) string { return newID(o.tenant.key, kind, strconv.Itoa(n)) }

// shortIDOf derives the short ID of an object from its ID.
func shortIDOf(letter, id string) string { return letter + "-" + id[:6] }

// since returns the creation time of the nth object, before the first conversation.
func since(n int) timestamp {
	return timestamp{time.Date(2024, time.March, 5, 8, 30, 0, 125e6, time.UTC).AddDate(0, 0, 13*n)}
}

func (o *owner) addCustomer(key, id, name string, projects int, seenBy []string) {
	document := customerDocument{
		ID: id, Number: "1" + strconv.Itoa(10000+len(o.inventory.Customers)*37), Name: name, CreationDate: since(0),
		MemberCount: 3, ProjectCount: projects, AvatarID: newID(key, "logo"), VatID: "DE" + id[:4], Flags: []string{},
		DunningLevel: "first", ExecutingRoles: []string{"owner"},
	}
	o.inventory.Customers = append(o.inventory.Customers, &resource{ID: id, Customer: id, SeenBy: seenBy, Search: name, Document: document})
}

// viewers returns the IDs of the customers who see an object. An object may be hidden from the agency.
func (o *owner) viewers(hidden bool) []string {
	if hidden && o.tenant.token == agencyToken {
		return nil
	}
	return o.seenBy
}

func (o *owner) addProject(n int) {
	id := o.id("project", n)
	status := []string{"ready", "ready", "migratingVolume", "ready", "disabled", "ready", "ready", "ready"}[n]
	row := projectDocument{
		ID: id, ShortID: shortIDOf("p", id), Description: o.tenant.domains[n], Enabled: status != "disabled",
		CustomerID: o.customerOf(n), CustomerMeta: customerMeta{o.customerOf(n)}, ServerGroupID: newID(o.tenant.key, "group"),
		CreatedAt: since(n), IsReady: true, Readiness: "ready", Status: status, StatusSetAt: since(n + 1),
		WebStorage: int64(n+1) << 28, WebStorageSetAt: since(n + 2), Backups: int64(n+1) << 29, BackupsSetAt: since(n + 2),
		SupportedFeatures: []string{"redis", "container"},
	}
	if n != 2 {
		row.ServerID = o.id("placementgroup", n/3)
	}
	if n%2 == 0 {
		row.ImageID = newID(o.tenant.key, "image", strconv.Itoa(n))
	}
	o.inventory.Projects = append(o.inventory.Projects, &resource{
		ID: id, Customer: row.CustomerID, Server: row.ServerID, SeenBy: o.viewers(n == withdrawn),
		Search: row.ShortID + " " + row.Description, Document: detail(row), Row: row,
	})
}

// detail returns the document of a single project, whose members differ from those of a list.
func detail(row projectDocument) map[string]any {
	var document map[string]any
	text, _ := json.Marshal(row)        //nolint:errchkjson // strings, numbers and times always encode
	_ = json.Unmarshal(text, &document) // valid by construction
	delete(document, "customerMeta")
	document["directories"] = map[string]string{"Home": "/home/" + row.ShortID}
	document["clusterDomain"] = "project.host.example"
	return document
}

func (o *owner) addServer(n int) {
	id := o.id("placementgroup", n)
	machine := []machineDocument{{"shared.small", "1", "2Gi"}, {"shared.large", "2", "4Gi"}, {"dedicated.xlarge", "8", "32Gi"}}[n%3]
	document := serverDocument{
		ID: id, ShortID: shortIDOf("s", id), CustomerID: o.customers[0], Description: fmt.Sprintf("Server %d", n+1), MachineType: machine,
		Storage: strconv.Itoa(50*(n+1)) + "Gi", ClusterName: "espelkamp", GroupID: newID(o.tenant.key, "group"),
		CreatedAt: since(n), IsReady: true, Readiness: "ready", Status: []string{"ready", "ready", "migrating"}[n%3],
	}
	o.inventory.Servers = append(o.inventory.Servers, &resource{
		ID: id, Customer: document.CustomerID, SeenBy: o.viewers(n == withdrawn),
		Search: document.ShortID + " " + document.Description, Document: document,
	})
}

func (o *owner) addApp(n int) {
	id := o.id("appinstallation", n)
	app := []struct{ name, version string }{{"WordPress", "6.4.2"}, {"Shopware", "6.6.1.0"}, {"TYPO3", "13.4.2"}, {"Contao", "5.3.11"}}[n%4]
	document := appDocument{
		ID: id, ShortID: shortIDOf("a", id), AppID: newID("app", app.name), AppName: app.name, AppExternalVersion: app.version,
		AppVersion:  appVersionDocument{newID("version", app.version), newID("version", app.version)},
		Description: app.name + " " + o.tenant.domains[n], InstallationPath: "/html", UpdateAvailable: n%2 == 1,
		UpdatePolicy: "patchLevel", Phase: []string{"ready", "upgrading", "ready"}[n%3], CreatedAt: since(n),
		ProjectID: o.id("project", n), ProjectDescription: o.tenant.domains[n], SystemSoftware: []string{}, LinkedDatabases: []string{},
		UserInputs: []userInput{{"admin_user", "admin"}, {"admin_pass", "canary-install-password"}},
	}
	if n%3 != 2 {
		document.Hostname = "www." + o.tenant.domains[n]
	}
	if document.Phase == "upgrading" {
		document.AppVersion.Desired = newID("version", app.version, "next")
	}
	o.inventory.Apps = append(o.inventory.Apps, &resource{ID: id, SeenBy: o.viewers(false), Document: document})
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
	o.inventory.Extensions = append(o.inventory.Extensions, &resource{ID: id, SeenBy: o.viewers(n == withdrawn), Document: document})
}

func (o *owner) addService(n int) {
	id := o.id("container", n)
	state := serviceState{
		Image: []string{"redis:8", "mariadb:11", "n8nio/n8n:1"}[n%3],
		Envs:  map[string]string{"MYSQL_ROOT_PASSWORD": "canary-root-password"},
	}
	document := serviceDocument{
		ID: id, ShortID: shortIDOf("c", id), StackID: o.id("project", n), ProjectID: o.id("project", n),
		ServiceName: []string{"redis", "mariadb", "n8n"}[n%3], Description: "Für " + o.tenant.domains[n],
		PendingState: state, DeployedState: state, Status: []string{"running", "stopped", "running"}[n%3], StatusSetAt: since(n + 3),
	}
	o.inventory.Services = append(o.inventory.Services, &resource{
		ID: id, SeenBy: o.viewers(n == withdrawn), Search: id + " " + document.ShortID + " " + document.ServiceName, Document: document,
	})
}
