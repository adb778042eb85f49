package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// betweenRows reads pages between two cursors. Rows are named by their digits.
type betweenRows struct {
	server   *gatewaytest.Server
	upstream *gatewaytest.Upstream
}

// read returns the rows of a page and their cursors.
func (b betweenRows) read(t *testing.T, arguments string) (rows string, cursors []string) {
	t.Helper()
	response := b.server.Query(t, gatewaytest.Token(), "{ conversations("+arguments+", orderBy: {field: CREATED_AT, direction: ASC}) { edges { cursor node { id } } } }", nil)
	wantErrors(t, response)
	page := decode[struct {
		Data struct {
			Conversations struct {
				Edges []struct {
					Cursor string
					Node   struct{ ID string }
				}
			}
		}
	}](t, response.Body)
	for _, edge := range page.Data.Conversations.Edges {
		rows += edge.Node.ID[len(edge.Node.ID)-1:]
		cursors = append(cursors, edge.Cursor)
	}
	return rows, cursors
}

// walk adds the cursors of each row that pages of a size have, in one direction.
func (b betweenRows) walk(t *testing.T, size int, backward bool, found map[byte]map[string]bool) {
	t.Helper()
	arguments := map[bool]string{false: "first: %d, after: %s", true: "last: %d, before: %s"}[backward]
	for cursor := "null"; ; {
		rows, cursors := b.read(t, fmt.Sprintf(arguments, size, cursor))
		if rows == "" {
			return
		}
		for i := range rows {
			if found[rows[i]] == nil {
				found[rows[i]] = map[string]bool{}
			}
			found[rows[i]][cursors[i]] = true
		}
		cursor = fmt.Sprintf("%q", cursors[len(cursors)-1])
		if backward {
			cursor = fmt.Sprintf("%q", cursors[0])
		}
	}
}

// Between two cursors are the rows between them, also if a row has no readable time: its cursor then depends on the page.
func TestWalk_BetweenRowsWithoutTime(t *testing.T) {
	t.Parallel()
	const all = "123456"
	for _, undated := range []string{"1", "6", "234", all} {
		t.Run(undated, func(t *testing.T) {
			t.Parallel()
			list, cursors := &undatedList{}, map[byte]map[string]bool{}
			for i := range all {
				list.rows = append(list.rows, undatedListRow(i+1, !strings.Contains(undated, all[i:i+1])))
			}
			server, upstream := start(t, gateway.Config{})
			upstream.Intercept(func(http.Handler) http.Handler { return list })
			b := betweenRows{server, upstream}
			for _, size := range []int{1, 2, 6} {
				b.walk(t, size, false, cursors)
				b.walk(t, size, true, cursors)
			}
			for from := range all {
				for to := range all {
					between := ""
					if from < to {
						between = all[from+1 : to]
					}
					for after := range cursors[all[from]] {
						for before := range cursors[all[to]] {
							b.want(t, between, after, before)
						}
					}
				}
			}
		})
	}
}

// want reads the first and the last row between two cursors, with one call at most.
func (b betweenRows) want(t *testing.T, between, after, before string) {
	t.Helper()
	for argument, want := range map[string]string{"first": between[:min(1, len(between))], "last": between[max(0, len(between)-1):]} {
		b.upstream.TakeCalls()
		got, _ := b.read(t, fmt.Sprintf("%s: 1, after: %q, before: %q", argument, after, before))
		if calls := b.upstream.TakeCalls(); got != want || len(calls) > 1 {
			t.Errorf("%s of %q: got %q with %d calls", argument, between, got, len(calls))
		}
	}
}
