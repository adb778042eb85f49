package rest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ContainerStatus is what a container does, as the API spells it.
type ContainerStatus string

// The known container statuses.
const (
	ContainerRunning  ContainerStatus = "running"
	ContainerStopped  ContainerStatus = "stopped"
	ContainerError    ContainerStatus = "error"
	ContainerCreating ContainerStatus = "creating"
	ContainerStarting ContainerStatus = "starting"
	ContainerStopping ContainerStatus = "stopping"
)

// Container is a service of a container stack: the only thing of the API's that has a container's id. Everything but the
// id is zero in a reference, and where the API does not say it.
type Container struct {
	Ref
	ShortID     *string
	ServiceName *string
	Description *string
	Status      ContainerStatus
	StatusSetAt *time.Time
	ProjectID   string // "" if the API does not say it
}

const servicesRoute route = "/services"

// searchLimit is how many services a search for an id may find: other services may mention it.
const searchLimit = 20

// Service looks for the service with this id, because the API cannot fetch one by its id alone. It returns an [*Error]
// with NotFound if there is none among those that the caller may see.
func (c *Client) Service(ctx context.Context, id string) (*Container, error) {
	canonical, err := ParseID(id)
	if err != nil {
		return nil, (&call{method: http.MethodGet, route: string(servicesRoute)}).fail(BadInput, err)
	}
	query := url.Values{"searchTerm": {canonical}, "limit": {strconv.Itoa(searchLimit)}}
	found, _, err := get(ctx, c, servicesRoute, nil, query, readServices)
	if err != nil {
		return nil, err
	}
	for _, service := range found.Rows {
		if strings.EqualFold(service.ID, canonical) {
			return service, nil
		}
	}
	return nil, (&call{method: http.MethodGet, route: string(servicesRoute)}).fail(NotFound, nil)
}

// Services fetches the first [EntityLimit] services that the caller may see.
func (c *Client) Services(ctx context.Context) (*EntityList[*Container], error) {
	return listEntities(ctx, c, servicesRoute, (*decoder).serviceField)
}

func readServices(d *decoder) *EntityList[*Container] { return readRows(d, (*decoder).serviceField) }

// serviceField leaves out, among others, the states: their environment variables are secrets.
func (d *decoder) serviceField(c *Container, name []byte) {
	switch string(name) {
	case "id":
		c.ID = d.string()
	case "shortId":
		c.ShortID = d.optionalString()
	case "serviceName":
		c.ServiceName = d.optionalString()
	case "description":
		c.Description = d.optionalString()
	case "status":
		c.Status = enum[ContainerStatus](d, "Container.status")
	case "statusSetAt":
		c.StatusSetAt = d.time()
	case "projectId":
		c.ProjectID = d.string()
	default:
		d.Skip()
	}
}

// RawStatus returns the status as the API spells it; nil if it does not say it.
func (c *Container) RawStatus() *string { return rawOf(c.Status) }

// Project returns the project as a reference; nil if the API does not say it.
func (c *Container) Project() *Project { return byID[Project](c.ProjectID) }

// Bare returns a container with nothing but the id.
func (c *Container) Bare() Entity { return &Container{Ref: c.bare()} }
