package cli

import (
	"regexp"
	"strings"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/pages"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/playground"
	"mstudio-graphql/sandbox"
)

func hasPlayground(s config.Serve) bool { return s.Playground || s.Sandbox }

// addPages configures the gateway's pages: the version and, if enabled, the playground. Only with a sandbox does the
// playground contain a token, so that its tabs run unchanged.
func addPages(s config.Serve, to *gateway.Config) error {
	to.Version = process.Version()
	if !hasPlayground(s) {
		return nil
	}
	page := playground.Config{Schema: string(to.Introspection)}
	if s.Sandbox {
		to.Pictures = pictures(s.Upstream.BaseURL, to.Log)
		page.Token = sandbox.DemoTokens()[0].Token
		for _, demo := range sandbox.DemoTokens() {
			to.DemoTokens = append(to.DemoTokens, pages.DemoToken{Token: demo.Token, About: demo.About})
		}
	}
	var err error
	if page.Tabs, err = exampleTabs(s.Sandbox); err != nil {
		return err
	}
	to.Playground, err = playground.New("/playground", page)
	return err
}

// exampleTabs returns the examples that the playground can run. Without the demo data, the user must replace the IDs.
func exampleTabs(hasDemoData bool) ([]playground.Tab, error) {
	operations, err := examples.All()
	if err != nil {
		return nil, err
	}
	id := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	tabs := []playground.Tab{playground.Welcome()}
	for _, operation := range operations {
		if strings.Contains(operation.Query, "Upload!") {
			continue // GraphiQL cannot send files
		}
		if !hasDemoData {
			operation.Variables = id.ReplaceAllString(operation.Variables, "replace this with an ID")
		}
		tabs = append(tabs, playground.Tab{Query: operation.Query, Variables: operation.Variables})
	}
	return tabs, nil
}
