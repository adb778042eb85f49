package rest

import (
	"context"
	"time"
)

// ServerStatus is the state of a server, as mStudio spells it.
type ServerStatus string

// The known server statuses.
const (
	ServerPending   ServerStatus = "pending"
	ServerReady     ServerStatus = "ready"
	ServerUnready   ServerStatus = "unready"
	ServerSuspended ServerStatus = "suspended"
	ServerMigrating ServerStatus = "migrating"
)

// PlacementGroup is a server on which projects are placed. mStudio calls it a server in its pages and paths. That both
// have the same ID is our assumption: the API does not document it. Fields other than the ID are zero in a reference,
// and if mStudio omits them.
type PlacementGroup struct {
	Ref         `api:"id"`
	ShortID     *string      `api:"shortId,required"`
	Description *string      `api:"description,required"`
	Status      ServerStatus `api:"status,required"`
	CreatedAt   *time.Time   `api:"createdAt,required"`
	AvatarURL   *string      `api:"imageRefId,file"`
	Storage     *string      `api:"storage,required"`
	MachineType *MachineType `api:"machineType,required"`
	CustomerID  string       `api:"customerId,required"` // "" if mStudio omits it
}

// MachineType is the size of a server in mStudio's words, such as "shared.large", "2" and "4Gi".
type MachineType struct {
	Name   *string `api:"name,required"`
	CPU    *string `api:"cpu,required"`
	Memory *string `api:"memory,required"`
}

const (
	serversRoute route = "/servers"
	serverRoute  route = "/servers/{serverId}"
)

// Server fetches one server.
func (c *Client) Server(ctx context.Context, id string) (*PlacementGroup, error) {
	return getEntity(ctx, c, serverRoute, id, entity[PlacementGroup])
}

// Servers fetches the first [EntityLimit] servers that the caller may see.
func (c *Client) Servers(ctx context.Context) (*EntityList[*PlacementGroup], error) {
	return listEntities[PlacementGroup](ctx, c, serversRoute)
}

// RawStatus returns the status as mStudio spells it; nil if it omits it.
func (p *PlacementGroup) RawStatus() *string { return rawOf(p.Status) }

// Customer returns a reference to the customer; nil if mStudio omits it.
func (p *PlacementGroup) Customer() *Customer { return byID[Customer](p.CustomerID) }

// Bare returns a placement group with only the ID.
func (p *PlacementGroup) Bare(access Access) Entity { return &PlacementGroup{Ref: p.bare(access)} }
