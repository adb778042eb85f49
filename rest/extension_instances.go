package rest

import (
	"context"
	"time"
)

// ExtensionInstance is an extension that is installed in a project or for a customer. Fields other than the ID are zero
// in a reference, and if mStudio omits them.
type ExtensionInstance struct {
	Ref
	ExtensionName   *string
	ContributorName *string
	Disabled        *bool
	CreatedAt       *time.Time
	// InstalledIn is a reference to the project or customer; nil if mStudio omits it.
	InstalledIn Reference
}

const extensionInstanceRoute route = "/extension-instances/{extensionInstanceId}"

// ExtensionInstance fetches one extension instance.
func (c *Client) ExtensionInstance(ctx context.Context, id string) (*ExtensionInstance, error) {
	return getEntity(ctx, c, extensionInstanceRoute, id, (*decoder).extensionInstanceField)
}

func (d *decoder) extensionInstanceField(e *ExtensionInstance, name []byte) {
	switch string(name) {
	case "id":
		e.ID = d.string()
	case "extensionName":
		e.ExtensionName = d.optionalString()
	case "contributorName":
		e.ContributorName = d.optionalString()
	case "disabled":
		e.Disabled = d.optionalBool()
	case "createdAt":
		e.CreatedAt = d.time()
	case "aggregateReference":
		if ref, ok := d.reference(); ok {
			e.InstalledIn = d.resolve("ExtensionInstance.installedIn", ref)
		}
	default:
		d.Skip()
	}
}

// Bare returns an instance with only the ID.
func (e *ExtensionInstance) Bare() Entity { return &ExtensionInstance{Ref: e.bare()} }
