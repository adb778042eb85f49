package main

import (
	"encoding/json"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/playground"
	"mstudio-graphql/sandbox"
)

// placeholder stands where a caller's own token goes.
const placeholder = "your mStudio API token"

func (s serveSettings) hasPlayground() bool { return s.Playground || s.Sandbox }

// addPlayground gives the gateway a playground, if it is to have one. On a sandbox its tabs can be run as they are:
// the page has a demo token then, and only then.
func (s serveSettings) addPlayground(config *gateway.Config) error {
	if !s.hasPlayground() {
		return nil
	}
	token := placeholder
	if s.Sandbox {
		token = sandbox.DemoTokens()[0].Token
		for _, demo := range sandbox.DemoTokens() {
			config.DemoTokens = append(config.DemoTokens, gateway.DemoToken{Token: demo.Token, About: demo.About})
		}
	}
	headers, err := json.MarshalIndent(map[string]string{"Authorization": "Bearer " + token}, "", "  ")
	if err != nil {
		return err
	}
	tabs, err := exampleTabs()
	if err != nil {
		return err
	}
	page := playground.Config{Endpoint: "graphql", Headers: string(headers), Tabs: tabs}
	if config.Introspection == gateway.IntrospectionOn {
		page.Schema = "schema.graphql"
	}
	config.Playground, err = playground.New("/playground", page)
	return err
}

func exampleTabs() ([]playground.Tab, error) {
	operations, err := examples.All()
	if err != nil {
		return nil, err
	}
	tabs := make([]playground.Tab, 0, len(operations))
	for _, operation := range operations {
		tabs = append(tabs, playground.Tab{Query: operation.Query, Variables: operation.Variables})
	}
	return tabs, nil
}
