package rest

import (
	"context"
	"time"
)

// Customer is an organisation that holds contracts. Everything but the id is zero in a reference, and where the API does
// not say it.
type Customer struct {
	ID string
	// Complete says that the customer was fetched: it is not only a reference.
	Complete       bool
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
	return getEntity(ctx, c, customerRoute, id, whole((*decoder).customer), func(customer *Customer) *string { return &customer.ID })
}

// Customers fetches the first [EntityLimit] customers that the caller belongs to.
func (c *Client) Customers(ctx context.Context) (*EntityList[*Customer], error) {
	return listEntities(ctx, c, customersRoute, (*decoder).customer)
}

// customer reads a customer; nil if there is none.
func (d *decoder) customer() *Customer {
	customer := &Customer{Complete: true}
	if !d.object(func(name []byte) { d.customerField(customer, name) }) {
		return nil
	}
	return customer
}

// customerField leaves out, among others, owner, tax number, roles, and whether the customer is banned or owes money.
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

// EntityID returns the id as it was sent.
func (c *Customer) EntityID() string { return c.ID }

// IsComplete reports whether the customer was fetched. There is nothing to fetch for none.
func (c *Customer) IsComplete() bool { return c == nil || c.Complete }

// Bare returns a customer with nothing but the id.
func (c *Customer) Bare() Entity { return &Customer{ID: c.ID, Complete: true} }

// customerByID is a reference; nil without an id.
func customerByID(id string) *Customer {
	if id == "" {
		return nil
	}
	return &Customer{ID: id}
}
