package rest

import "testing"

func TestCustomerMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "Customer", "", object, map[string]member[Customer]{
		"customerId":     {`"x"`, func(c *Customer) { c.ID = "x" }},
		"name":           {`"x"`, func(c *Customer) { c.Name = new("x") }},
		"customerNumber": {`"x"`, func(c *Customer) { c.CustomerNumber = new("x") }},
		"avatarRefId":    {`"x"`, func(c *Customer) { c.AvatarURL = avatar("x") }},
		"creationDate":   {`"2026-07-01T09:15:00Z"`, func(c *Customer) { c.CreatedAt = new(at("2026-07-01T09:15:00Z")) }},
		"memberCount":    {`7`, func(c *Customer) { c.MemberCount = new(7) }},
		"projectCount":   {`7`, func(c *Customer) { c.ProjectCount = new(7) }},
	})
}
