package rest

import (
	"context"
	"time"
)

// Customer is an organisation with contracts. Fields other than the ID are zero in a reference, and if mStudio omits them.
// Owner, tax number, roles, ban and debts, among others, are not read.
type Customer struct {
	Ref            `api:"customerId,required"`
	Name           *string    `api:"name,required"`
	CustomerNumber *string    `api:"customerNumber,required"`
	AvatarURL      *string    `api:"avatarRefId,file"`
	CreatedAt      *time.Time `api:"creationDate,required"`
	MemberCount    *int       `api:"memberCount,required"`
	ProjectCount   *int       `api:"projectCount,required"`
}

const (
	customersRoute route = "/customers"
	customerRoute  route = "/customers/{customerId}"
)

// Customer fetches one customer.
func (c *Client) Customer(ctx context.Context, id string) (*Customer, error) {
	return getEntity(ctx, c, customerRoute, id, entity[Customer])
}

// Customers fetches the first [EntityLimit] customers of the caller.
func (c *Client) Customers(ctx context.Context) (*EntityList[*Customer], error) {
	return listEntities[Customer](ctx, c, customersRoute)
}

// Bare returns a customer with only the ID.
func (c *Customer) Bare(access Access) Entity { return &Customer{Ref: c.bare(access)} }
