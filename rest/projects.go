package rest

import (
	"context"
	"time"
)

// ProjectStatus is how far a project is, as the API spells it.
type ProjectStatus string

// The known project statuses.
const (
	ProjectPending                     ProjectStatus = "pending"
	ProjectReady                       ProjectStatus = "ready"
	ProjectPreparingForVolumeMigration ProjectStatus = "preparingForVolumeMigration"
	ProjectMigratingVolume             ProjectStatus = "migratingVolume"
	ProjectError                       ProjectStatus = "error"
	ProjectDisabled                    ProjectStatus = "disabled"
)

// Project groups apps, databases and mailboxes. Everything but the id is zero in a reference, and where the API does not
// say it.
type Project struct {
	Ref
	ShortID     *string
	Description *string
	Enabled     *bool
	Status      ProjectStatus
	CreatedAt   *time.Time
	ImageURL    *string
	// CustomerID and ServerID are "" if the API does not say them. A project need not be on a server of the customer's.
	CustomerID, ServerID string
}

const (
	projectsRoute route = "/projects"
	projectRoute  route = "/projects/{projectId}"
)

// Project fetches one project. The API says Forbidden for what does not exist, too.
func (c *Client) Project(ctx context.Context, id string) (*Project, error) {
	return getEntity(ctx, c, projectRoute, id, (*decoder).projectField)
}

// Projects fetches the first [EntityLimit] projects that the caller may see. The API's list says the same of each as
// [Client.Project], as far as it is read here.
func (c *Client) Projects(ctx context.Context) (*EntityList[*Project], error) {
	return listEntities(ctx, c, projectsRoute, (*decoder).projectField)
}

// projectField leaves out, among others, directories and cluster domain: they are of the inside of the hosting.
func (d *decoder) projectField(p *Project, name []byte) {
	switch string(name) {
	case "id":
		p.ID = d.string()
	case "shortId":
		p.ShortID = d.optionalString()
	case "description":
		p.Description = d.optionalString()
	case "enabled":
		p.Enabled = d.optionalBool()
	case "status":
		p.Status = enum[ProjectStatus](d, "Project.status")
	case "createdAt":
		p.CreatedAt = d.time()
	case "imageRefId":
		p.ImageURL = d.avatarURL()
	case "customerId":
		p.CustomerID = d.string()
	case "serverId":
		p.ServerID = d.string()
	default:
		d.Skip()
	}
}

// RawStatus returns the status as the API spells it; nil if it does not say it.
func (p *Project) RawStatus() *string { return rawOf(p.Status) }

// Customer returns the customer as a reference; nil if the API does not say it.
func (p *Project) Customer() *Customer { return byID[Customer](p.CustomerID) }

// Server returns the server as a reference; nil if the project is on none of the customer's.
func (p *Project) Server() *PlacementGroup { return byID[PlacementGroup](p.ServerID) }

// Bare returns a project with nothing but the id.
func (p *Project) Bare() Entity { return &Project{Ref: p.bare()} }
