package rest

import "testing"

func TestExtensionInstanceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "ExtensionInstance", "", object, map[string]member[ExtensionInstance]{
		"id":                 {`"x"`, func(e *ExtensionInstance) { e.ID = "x" }},
		"extensionName":      {`"x"`, func(e *ExtensionInstance) { e.ExtensionName = new("x") }},
		"contributorName":    {`"x"`, func(e *ExtensionInstance) { e.ContributorName = new("x") }},
		"disabled":           {`true`, func(e *ExtensionInstance) { e.IsDisabled = new(true) }},
		"createdAt":          {`"2026-07-01T09:15:00Z"`, func(e *ExtensionInstance) { e.CreatedAt = new(at("2026-07-01T09:15:00Z")) }},
		"aggregateReference": {referenceDocument("project/project"), func(e *ExtensionInstance) { e.InstalledIn = &Project{Ref: Ref{ID: "x-1"}} }},
	})
}
