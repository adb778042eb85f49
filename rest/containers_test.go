package rest

import "testing"

func TestServiceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "Container", "", object, map[string]member[Container]{
		"id":          {`"x"`, func(c *Container) { c.ID = "x" }},
		"shortId":     {`"x"`, func(c *Container) { c.ShortID = new("x") }},
		"serviceName": {`"x"`, func(c *Container) { c.ServiceName = new("x") }},
		"description": {`"x"`, func(c *Container) { c.Description = new("x") }},
		"status":      {`"running"`, func(c *Container) { c.Status = ContainerRunning }},
		"statusSetAt": {`"2026-07-01T09:15:00Z"`, func(c *Container) { c.StatusSetAt = new(at("2026-07-01T09:15:00Z")) }},
		"projectId":   {`"x"`, func(c *Container) { c.ProjectID = "x" }},
	})
}
