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
// Directories and cluster domain, among others, are not read, because they are internals of the hosting.
type Project struct {
	Ref         `api:"id"`
	ShortID     *string       `api:"shortId,required"`
	Description *string       `api:"description,required"`
	IsEnabled   *bool         `api:"enabled,required"`
	Status      ProjectStatus `api:"status,required"`
	CreatedAt   *time.Time    `api:"createdAt,required"`
	AvatarURL   *string       `api:"imageRefId,file"`
	CustomerID  string        `api:"customerId,required"` // "" if mStudio omits it
	ServerID    string        `api:"serverId"`            // "" if mStudio omits it, as for projects that are not on a server of the customer
}

const (
	projectsRoute route = "/projects"
	projectRoute  route = "/projects/{projectId}"
)

// Project fetches one project. mStudio also returns Forbidden if the project does not exist.
func (c *Client) Project(ctx context.Context, id string) (*Project, error) {
	return getEntity(ctx, c, projectRoute, id, entity[Project])
}

// Projects fetches the first [EntityLimit] projects that the caller may see. Rows have the same fields as the result of
// [Client.Project].
func (c *Client) Projects(ctx context.Context) (*EntityList[*Project], error) {
	return listEntities[Project](ctx, c, projectsRoute)
}

// RawStatus returns the status as mStudio spells it; nil if it omits it.
func (p *Project) RawStatus() *string { return rawOf(p.Status) }

// Customer returns a reference to the customer; nil if mStudio omits it.
func (p *Project) Customer() *Customer { return byID[Customer](p.CustomerID) }

// Server returns a reference to the server; nil if the project is not on a server of the customer.
func (p *Project) Server() *PlacementGroup { return byID[PlacementGroup](p.ServerID) }

// Bare returns a project with only the ID.
func (p *Project) Bare(access Access) Entity { return &Project{Ref: p.bare(access)} }
