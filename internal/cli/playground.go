package cli

import (
	"encoding/json"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/playground"
	"mstudio-graphql/sandbox"
)

// placeholder stands where a caller's own token goes.
const placeholder = "your mStudio API token"

func hasPlayground(s config.Serve) bool { return s.Playground || s.Sandbox }

// addPages gives the gateway what its pages need: a version, and a playground if it is to have one. On a sandbox its tabs can be run as they are:
// the page has a demo token then, and only then.
func addPages(s config.Serve, to *gateway.Config) error {
	to.Version = process.Version()
	if !hasPlayground(s) {
		return nil
	}
	shown := map[string]string{"Authorization": "Bearer " + placeholder}
	if s.Sandbox {
		shown["Authorization"] = "Bearer " + sandbox.DemoTokens()[0].Token
		shown["X-Explain"] = "true" // so that every answer says which calls it took
		for _, demo := range sandbox.DemoTokens() {
			to.DemoTokens = append(to.DemoTokens, gateway.DemoToken{Token: demo.Token, About: demo.About})
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
	if to.Introspection == gateway.IntrospectionOn {
		page.Schema = "schema.graphql"
	}
	to.Playground, err = playground.New("/playground", page)
	return err
}

func exampleTabs() ([]playground.Tab, error) {
	operations, err := examples.All()
	if err != nil {
		return nil, err
	}
	tabs := []playground.Tab{playground.Welcome()}
	for _, operation := range operations {
		tabs = append(tabs, playground.Tab{Query: operation.Query, Variables: operation.Variables})
	}
	return tabs, nil
}
