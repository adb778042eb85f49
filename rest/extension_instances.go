package rest

import (
	"context"
	"time"
)

// ExtensionInstance is an extension that is installed in a project or for a customer. Fields other than the ID are zero
// in a reference, and if mStudio omits them.
type ExtensionInstance struct {
	Ref             `api:"id"`
	ExtensionName   *string    `api:"extensionName,required"`
	ContributorName *string    `api:"contributorName,required"`
	IsDisabled      *bool      `api:"disabled,required"`
	CreatedAt       *time.Time `api:"createdAt"`
	// InstalledIn is a reference to the project or customer; nil if mStudio omits it.
	InstalledIn Reference `api:"aggregateReference,required"`
}

func (e *ExtensionInstance) readMember(d *decoder, name, place string) bool {
	if name != "aggregateReference" {
		return false
	}
	e.InstalledIn = d.referenceAt(place)
	return true
}

const (
	extensionInstancesRoute route = "/extension-instances"
	extensionInstanceRoute  route = "/extension-instances/{extensionInstanceId}"
)

// ExtensionInstance fetches one extension instance.
func (c *Client) ExtensionInstance(ctx context.Context, id string) (*ExtensionInstance, error) {
	return getEntity(ctx, c, extensionInstanceRoute, id, entity[ExtensionInstance])
}

// ExtensionInstances fetches the first [EntityLimit] extension instances that the caller may see.
func (c *Client) ExtensionInstances(ctx context.Context) (*EntityList[*ExtensionInstance], error) {
	return listEntities[ExtensionInstance](ctx, c, extensionInstancesRoute)
}

// Bare returns an instance with only the ID.
func (e *ExtensionInstance) Bare(access Access) Entity {
	return &ExtensionInstance{Ref: e.bare(access)}
}
