package gateway_test

import (
	"fmt"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

const (
	undatedCall = "GET /v2/conversations?limit=100&order=asc&order=asc&sort=createdAt&sort=conversationId"
	undatedRow  = `{"conversationId":"00000000-0000-4000-8000-00000000000%d","visibility":"shared","title":"%d","createdAt":%q,` +
		`"lastMessage":{"createdAt":%q,"createdBy":{"userId":"u"}}}`
)

// titlesOf pages through the conversations with a filter that needs the full list.
func titlesOf(t *testing.T, server *gatewaytest.Server, order string, size int) string {
	t.Helper()
	type page struct {
		Data struct {
			Conversations struct {
				Nodes    []struct{ Title string }
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
	}
	var titles strings.Builder
	for cursor, hasNext := "null", true; hasNext; {
		response := ask(t, server, fmt.Sprintf(`{ conversations(first: %d, after: %s, orderBy: %s, filter: {visibilities: SHARED}) {
			nodes { title } pageInfo { hasNextPage endCursor }
		} }`, size, cursor, order))
		wantErrors(t, response)
		found := decode[page](t, response.Body).Data.Conversations
		for _, row := range found.Nodes {
			titles.WriteString(row.Title)
		}
		cursor, hasNext = fmt.Sprintf("%q", found.PageInfo.EndCursor), found.PageInfo.HasNextPage
	}
	return titles.String()
}

// A conversation whose time cannot be read keeps its place in mStudio's list, in both directions and on pages of any size.
func TestFullList_RowsWithoutTime(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	rows := []string{
		fmt.Sprintf(undatedRow, 1, 1, "2026-01-01", "2026-03-01"),
		fmt.Sprintf(undatedRow, 2, 2, "2026-01-02", "2026-03-02"),
		fmt.Sprintf(undatedRow, 3, 3, "soon", "2026-03-03"),
		fmt.Sprintf(undatedRow, 4, 4, "2026-01-04", "later"),
		fmt.Sprintf(undatedRow, 5, 5, "2026-01-05", "2026-02-05"),
	}
	upstream.Replace(undatedCall, jsonResponse("["+strings.Join(rows, ",")+"]"))
	for order, want := range map[string]string{
		"{field: CREATED_AT, direction: ASC}":       "12345",
		"{field: CREATED_AT, direction: DESC}":      "54231",
		"{field: LAST_MESSAGE_AT, direction: ASC}":  "45123",
		"{field: LAST_MESSAGE_AT, direction: DESC}": "32154",
	} {
		for _, size := range []int{1, 2, 3, 5} {
			diff(t, fmt.Sprint(order, size), want, titlesOf(t, server, order, size))
		}
	}
}
