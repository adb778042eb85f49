package rest

import (
	"context"
	"time"
)

// ProjectStatus is the state of a project, as mStudio spells it.
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

// Project groups apps, databases and mailboxes. A reference has only the ID. A field that mStudio omits is zero.
type Project struct {
	Ref
	ShortID     *string
	Description *string
	Enabled     *bool
	Status      ProjectStatus
	CreatedAt   *time.Time
	ImageURL    *string
	// CustomerID and ServerID are "" if mStudio omits them. Some projects are not on a server of the customer.
	CustomerID, ServerID string
}

const (
	projectsRoute route = "/projects"
	projectRoute  route = "/projects/{projectId}"
)

// Project fetches one project. mStudio also returns Forbidden if the project does not exist.
func (c *Client) Project(ctx context.Context, id string) (*Project, error) {
	return getEntity(ctx, c, projectRoute, id, (*decoder).projectField)
}

// Projects fetches the first [EntityLimit] projects that the caller may see. Rows have the same fields as the result of
// [Client.Project].
func (c *Client) Projects(ctx context.Context) (*EntityList[*Project], error) {
	return listEntities(ctx, c, projectsRoute, (*decoder).projectField)
}

// projectField skips, among others, directories and cluster domain, because they are internals of the hosting.
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

// RawStatus returns the status as mStudio spells it; nil if it omits it.
func (p *Project) RawStatus() *string { return rawOf(p.Status) }

// Customer returns a reference to the customer; nil if mStudio omits it.
func (p *Project) Customer() *Customer { return byID[Customer](p.CustomerID) }

// Server returns a reference to the server; nil if the project is not on a server of the customer.
func (p *Project) Server() *PlacementGroup { return byID[PlacementGroup](p.ServerID) }

// Bare returns a project with only the ID.
func (p *Project) Bare() Entity { return &Project{Ref: p.bare()} }
