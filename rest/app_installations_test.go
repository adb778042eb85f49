package rest

import "testing"

func TestAppInstallationMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "AppInstallation", "", object, map[string]member[AppInstallation]{
		"id":                 {`"x"`, func(a *AppInstallation) { a.ID = "x" }},
		"shortId":            {`"x"`, func(a *AppInstallation) { a.ShortID = new("x") }},
		"appName":            {`"x"`, func(a *AppInstallation) { a.AppName = new("x") }},
		"description":        {`"x"`, func(a *AppInstallation) { a.Description = new("x") }},
		"hostname":           {`"x"`, func(a *AppInstallation) { a.Hostname = new("x") }},
		"appExternalVersion": {`"x"`, func(a *AppInstallation) { a.Version = new("x") }},
		"appVersion":         {`{"current":"x"}`, func(a *AppInstallation) { a.CurrentVersionID = new("x") }},
		"updateAvailable":    {`true`, func(a *AppInstallation) { a.IsUpdateAvailable = new(true) }},
		"disabled":           {`true`, func(a *AppInstallation) { a.IsDisabled = new(true) }},
		"phase":              {`"ready"`, func(a *AppInstallation) { a.Phase = AppReady }},
		"createdAt":          {`"2026-07-01T09:15:00Z"`, func(a *AppInstallation) { a.CreatedAt = new(at("2026-07-01T09:15:00Z")) }},
		"projectId":          {`"x"`, func(a *AppInstallation) { a.ProjectID = "x" }},
	})
}

func TestAppVersionMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "AppVersionIDs", "", object, map[string]member[AppVersionIDs]{
		"current": {`"x"`, func(a *AppVersionIDs) { a.CurrentVersionID = new("x") }},
		"desired": {`"x"`, func(a *AppVersionIDs) { a.DesiredVersionID = new("x") }},
	})
}
