package rest

import "testing"

func TestServerMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "PlacementGroup", "", object, map[string]member[PlacementGroup]{
		"id":          {`"x"`, func(p *PlacementGroup) { p.ID = "x" }},
		"shortId":     {`"x"`, func(p *PlacementGroup) { p.ShortID = new("x") }},
		"description": {`"x"`, func(p *PlacementGroup) { p.Description = new("x") }},
		"status":      {`"ready"`, func(p *PlacementGroup) { p.Status = ServerReady }},
		"createdAt":   {`"2026-07-01T09:15:00Z"`, func(p *PlacementGroup) { p.CreatedAt = new(at("2026-07-01T09:15:00Z")) }},
		"imageRefId":  {`"x"`, func(p *PlacementGroup) { p.AvatarURL = avatar("x") }},
		"storage":     {`"x"`, func(p *PlacementGroup) { p.Storage = new("x") }},
		"machineType": {`{"name":"x"}`, func(p *PlacementGroup) { p.MachineType = &MachineType{Name: new("x")} }},
		"customerId":  {`"x"`, func(p *PlacementGroup) { p.CustomerID = "x" }},
	})
}

func TestMachineTypeMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "MachineType", "", object, map[string]member[MachineType]{
		"name":   {`"x"`, func(m *MachineType) { m.Name = new("x") }},
		"cpu":    {`"x"`, func(m *MachineType) { m.CPU = new("x") }},
		"memory": {`"x"`, func(m *MachineType) { m.Memory = new("x") }},
	})
}
