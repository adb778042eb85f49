package rest

import "testing"

func TestProjectMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "Project", "", object, map[string]member[Project]{
		"id":          {`"x"`, func(p *Project) { p.ID = "x" }},
		"shortId":     {`"x"`, func(p *Project) { p.ShortID = new("x") }},
		"description": {`"x"`, func(p *Project) { p.Description = new("x") }},
		"enabled":     {`true`, func(p *Project) { p.IsEnabled = new(true) }},
		"status":      {`"ready"`, func(p *Project) { p.Status = ProjectReady }},
		"createdAt":   {`"2026-07-01T09:15:00Z"`, func(p *Project) { p.CreatedAt = new(at("2026-07-01T09:15:00Z")) }},
		"imageRefId":  {`"x"`, func(p *Project) { p.AvatarURL = avatar("x") }},
		"customerId":  {`"x"`, func(p *Project) { p.CustomerID = "x" }},
		"serverId":    {`"x"`, func(p *Project) { p.ServerID = "x" }},
	})
}
