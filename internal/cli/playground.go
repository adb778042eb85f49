package cli

import (
	"encoding/json"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/pages"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/playground"
	"mstudio-graphql/sandbox"
)

// placeholder is replaced by the caller's token.
const placeholder = "your mStudio API token"

func hasPlayground(s config.Serve) bool { return s.Playground || s.Sandbox }

// addPages configures the gateway's pages: the version and, if enabled, the playground. Only with a sandbox does the
// playground contain a token, so that its tabs run unchanged.
func addPages(s config.Serve, to *gateway.Config) error {
	to.Version = process.Version()
	if !hasPlayground(s) {
		return nil
	}
	headers := map[string]string{"Authorization": "Bearer " + placeholder}
	if s.Sandbox {
		headers["Authorization"] = "Bearer " + sandbox.DemoTokens()[0].Token
		headers["X-Explain"] = "true" // adds the calls of an operation to its response
		for _, demo := range sandbox.DemoTokens() {
			to.DemoTokens = append(to.DemoTokens, pages.DemoToken{Token: demo.Token, About: demo.About})
		}
	}
	text, err := json.MarshalIndent(headers, "", "  ")
	if err != nil {
		return err
	}
	tabs, err := exampleTabs()
	if err != nil {
		return err
	}
	page := playground.Config{Endpoint: "graphql", Headers: string(text), Tabs: tabs}
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
