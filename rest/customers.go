package rest

import (
	"context"
	"time"
)

// Customer is an organisation with contracts. Fields other than the ID are zero in a reference, and if mStudio omits them.
type Customer struct {
	Ref
	Name           *string
	CustomerNumber *string
	AvatarURL      *string
	CreatedAt      *time.Time
	MemberCount    *int
	ProjectCount   *int
}

const (
	customersRoute route = "/customers"
	customerRoute  route = "/customers/{customerId}"
)

// Customer fetches one customer.
func (c *Client) Customer(ctx context.Context, id string) (*Customer, error) {
	return getEntity(ctx, c, customerRoute, id, (*decoder).customerField)
}

// Customers fetches the first [EntityLimit] customers of the caller.
func (c *Client) Customers(ctx context.Context) (*EntityList[*Customer], error) {
	return listEntities(ctx, c, customersRoute, (*decoder).customerField)
}

// customerField skips, among others, owner, tax number, roles, ban and debts.
func (d *decoder) customerField(c *Customer, name []byte) {
	switch string(name) {
	case "customerId":
		c.ID = d.string()
	case "name":
		c.Name = d.optionalString()
	case "customerNumber":
		c.CustomerNumber = d.optionalString()
	case "avatarRefId":
		c.AvatarURL = d.avatarURL()
	case "creationDate":
		c.CreatedAt = d.time()
	case "memberCount":
		c.MemberCount = d.count()
	case "projectCount":
		c.ProjectCount = d.count()
	default:
		d.Skip()
	}
}

// Bare returns a customer with only the ID.
func (c *Customer) Bare() Entity { return &Customer{Ref: c.bare()} }
