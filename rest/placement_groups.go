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
	Ref
	ShortID     *string
	Description *string
	Status      ServerStatus
	CreatedAt   *time.Time
	ImageURL    *string
	Storage     *string
	MachineType *MachineType
	CustomerID  string // "" if mStudio omits it
}

// MachineType is the size of a server in mStudio's words, such as "shared.large", "2" and "4Gi".
type MachineType struct {
	Name, CPU, Memory *string
}

const (
	serversRoute route = "/servers"
	serverRoute  route = "/servers/{serverId}"
)

// Server fetches one server.
func (c *Client) Server(ctx context.Context, id string) (*PlacementGroup, error) {
	return getEntity(ctx, c, serverRoute, id, (*decoder).serverField)
}

// Servers fetches the first [EntityLimit] servers that the caller may see.
func (c *Client) Servers(ctx context.Context) (*EntityList[*PlacementGroup], error) {
	return listEntities(ctx, c, serversRoute, (*decoder).serverField)
}

func (d *decoder) serverField(p *PlacementGroup, name []byte) {
	switch string(name) {
	case "id":
		p.ID = d.string()
	case "shortId":
		p.ShortID = d.optionalString()
	case "description":
		p.Description = d.optionalString()
	case "status":
		p.Status = enum[ServerStatus](d, "PlacementGroup.status")
	case "createdAt":
		p.CreatedAt = d.time()
	case "imageRefId":
		p.ImageURL = d.avatarURL()
	case "storage":
		p.Storage = d.optionalString()
	case "machineType":
		p.MachineType = d.machineType()
	case "customerId":
		p.CustomerID = d.string()
	default:
		d.Skip()
	}
}

func (d *decoder) machineType() *MachineType {
	machine := &MachineType{}
	return orNil(machine, d.object(func(name []byte) {
		switch string(name) {
		case "name":
			machine.Name = d.optionalString()
		case "cpu":
			machine.CPU = d.optionalString()
		case "memory":
			machine.Memory = d.optionalString()
		default:
			d.Skip()
		}
	}))
}

// RawStatus returns the status as mStudio spells it; nil if it omits it.
func (p *PlacementGroup) RawStatus() *string { return rawOf(p.Status) }

// Customer returns a reference to the customer; nil if mStudio omits it.
func (p *PlacementGroup) Customer() *Customer { return byID[Customer](p.CustomerID) }

// Bare returns a placement group with only the ID.
func (p *PlacementGroup) Bare() Entity { return &PlacementGroup{Ref: p.bare()} }
