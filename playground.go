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

// addPages gives the gateway what its pages need: a version, and a playground if it is to have one. On a sandbox its tabs can be run as they are:
// the page has a demo token then, and only then.
func (s serveSettings) addPages(config *gateway.Config) error {
	config.Version = version()
	if !s.hasPlayground() {
		return nil
	}
	shown := map[string]string{"Authorization": "Bearer " + placeholder}
	if s.Sandbox {
		shown["Authorization"] = "Bearer " + sandbox.DemoTokens()[0].Token
		shown["X-Explain"] = "true" // so that every answer says which calls it took
		for _, demo := range sandbox.DemoTokens() {
			config.DemoTokens = append(config.DemoTokens, gateway.DemoToken{Token: demo.Token, About: demo.About})
		}
	}
	headers, err := json.MarshalIndent(shown, "", "  ")
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
