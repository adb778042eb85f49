package rest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ContainerStatus is the state of a container, as mStudio spells it.
type ContainerStatus string

// The known container statuses.
const (
	ContainerRunning    ContainerStatus = "running"
	ContainerStopped    ContainerStatus = "stopped"
	ContainerError      ContainerStatus = "error"
	ContainerCreating   ContainerStatus = "creating"
	ContainerStarting   ContainerStatus = "starting"
	ContainerStopping   ContainerStatus = "stopping"
	ContainerRestarting ContainerStatus = "restarting" // documented until April 2026
)

// Container is a service of a container stack, because services are the only objects of the API with the ID of a container.
// Fields other than the ID are zero in a reference, and if mStudio omits them. The states are not read, because their
// environment variables are secrets.
type Container struct {
	Ref         `api:"id"`
	ShortID     *string         `api:"shortId,required"`
	ServiceName *string         `api:"serviceName,required"`
	Description *string         `api:"description,required"`
	Status      ContainerStatus `api:"status,required"`
	StatusSetAt *time.Time      `api:"statusSetAt,required"`
	ProjectID   string          `api:"projectId,required"` // "" if mStudio omits it
}

const servicesRoute route = "/services"

// searchLimit is the maximum number of services that a search for an ID returns. Services that mention the ID match as
// well.
const searchLimit = 20

// Service searches for a service, because the API cannot fetch one by its ID alone. The error is an [*Error] with
// NotFound if no service that the caller may see has this ID, and with BadResponse if a result has no valid ID.
func (c *Client) Service(ctx context.Context, id string) (*Container, error) {
	canonical, err := ParseID(id)
	if err != nil {
		return nil, (&call{method: http.MethodGet, route: string(servicesRoute)}).fail(BadInput, err)
	}
	query := url.Values{"searchTerm": {canonical}, "limit": {strconv.Itoa(searchLimit)}}
	found, _, err := get(ctx, c, servicesRoute, nil, query, readRows[Container])
	if err != nil {
		return nil, err
	}
	for _, service := range found.Rows {
		if strings.EqualFold(service.ID, canonical) {
			return service, nil
		}
	}
	code := NotFound
	if found.Unreadable > 0 || slices.ContainsFunc(found.Rows, func(service *Container) bool { return !isID(service.ID) }) {
		code = BadResponse // the service may be among them
	}
	return nil, (&call{method: http.MethodGet, route: string(servicesRoute)}).fail(code, nil)
}

// Services fetches the first [EntityLimit] services that the caller may see.
func (c *Client) Services(ctx context.Context) (*EntityList[*Container], error) {
	return listEntities[Container](ctx, c, servicesRoute)
}

// RawStatus returns the status as mStudio spells it; nil if it omits it.
func (c *Container) RawStatus() *string { return rawOf(c.Status) }

// Project returns a reference to the project; nil if mStudio omits it.
func (c *Container) Project() *Project { return byID[Project](c.ProjectID) }

// Bare returns a container with only the ID. A search does not tell whether a container is hidden or gone.
func (c *Container) Bare(access Access) Entity {
	if access == AccessGone {
		access = AccessUnknown
	}
	return &Container{Ref: c.bare(access)}
}
