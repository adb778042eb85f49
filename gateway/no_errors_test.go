package gateway_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/playground"
)

// documentedQueries returns the queries of the README, the examples and the playground.
func documentedQueries(t *testing.T) map[string]string {
	t.Helper()
	documented := map[string]string{"welcome": playground.Welcome().Query}
	all, err := examples.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range all {
		documented[example.Name] = example.Query
	}
	readme := readText(t, "../README.md")
	for _, block := range regexp.MustCompile("(?s)```graphql\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		if !strings.HasPrefix(block[1], "subscription") { // e2e runs it
			documented["README: "+block[1][:20]] = block[1]
		}
	}
	_, command, _ := strings.Cut(readme, `-d '{"query": "`)
	documented["README: curl"], _, _ = strings.Cut(command, `"}'`)
	return documented
}

// paged returns the selection of a document's root field conversations as a query for any page of all conversations, or
// "" if the document has no such field.
func paged(t *testing.T, text string) string {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parser.ParseQuery(&ast.Source{Input: `query($after: String) { page: conversations(first: 20, after: $after) { pageInfo { hasNextPage endCursor } } }`})
	if err != nil {
		t.Fatal(err)
	}
	list := slices.IndexFunc(document.Operations[0].SelectionSet, func(selection ast.Selection) bool {
		field, ok := selection.(*ast.Field)
		return ok && field.Name == "conversations"
	})
	if list < 0 {
		return ""
	}
	given, _ := document.Operations[0].SelectionSet[list].(*ast.Field)
	page, _ := pages.Operations[0].SelectionSet[0].(*ast.Field)
	if size := given.Arguments.ForName("first"); size != nil && size.Value.Kind == ast.IntValue {
		page.Arguments[0].Value = size.Value
	}
	page.SelectionSet = append(page.SelectionSet, given.SelectionSet...)
	pages.Fragments = document.Fragments
	var query strings.Builder
	formatter.NewFormatter(&query).FormatQueryDocument(pages)
	return query.String()
}

// Deleted and hidden objects are everyday data: no documented query has an error on any page of all conversations.
func TestDocumentedQueries_HaveNoErrors(t *testing.T) {
	t.Parallel()
	tested := 0
	for name, text := range documentedQueries(t) {
		query := paged(t, text)
		if query == "" {
			continue
		}
		tested++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := start(t, gateway.Config{})
			if rows := len(rowsWithoutErrors(t, server, query)); rows != 500 {
				t.Errorf("want 500 rows, got %d", rows)
			}
		})
	}
	if tested < 5 {
		t.Errorf("found only %d queries", tested)
	}
}

// pagesOf returns the responses to a query with $after and a root field page, for all pages.
func pagesOf(t *testing.T, server *gatewaytest.Server, token, query string) []gatewaytest.Response {
	t.Helper()
	var pages []gatewaytest.Response
	for after := (*string)(nil); ; {
		response := server.Query(t, token, query, map[string]any{"after": after})
		wantErrors(t, response)
		pages = append(pages, response)
		info := decode[pageOf](t, response.Body).Data.Page.PageInfo
		if !info.HasNextPage {
			return pages
		}
		after = &info.EndCursor
	}
}

type pageOf struct {
	Data struct {
		Page struct {
			Nodes    []listedRow
			PageInfo struct {
				HasNextPage bool
				EndCursor   string
			}
		}
	}
}

// rowsWithoutErrors returns the rows of all pages.
func rowsWithoutErrors(t *testing.T, server *gatewaytest.Server, query string) []listedRow {
	t.Helper()
	var rows []listedRow
	for _, page := range pagesOf(t, server, gatewaytest.Token(), query) {
		rows = append(rows, decode[pageOf](t, page.Body).Data.Page.Nodes...)
	}
	return rows
}

// No ticket has an error, although files and objects in some of them are gone.
func TestTickets_HaveNoErrors(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	ticket := documentedQueries(t)["ticket"]
	for _, row := range sample(rowsWithoutErrors(t, server, paged(t, `{ conversations(first: 100) { nodes { id } } }`))) {
		wantErrors(t, server.Query(t, gatewaytest.Token(), ticket, map[string]any{"id": row.ID}))
	}
}
