package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// pagedField is a connection in a query, with %s for its arguments and %s for its selection.
type pagedField struct {
	query       string
	token       string
	calls       int // of each page
	defaultSize int
	newestFirst bool // whether the default page is the end
}

func pagedFields() map[string]pagedField {
	freelancer := sandbox.DemoTokens()[2].Token
	return map[string]pagedField{
		"conversations":           {"{ page: conversations(%s) { %s } }", freelancer, 1, 20, false},
		"conversations, filtered": {"{ page: conversations(%s filter: {statuses: [OPEN, ANSWERED, IN_PROGRESS, WAITING, CLOSED]}) { %s } }", freelancer, 1, 20, false},
		"customers":               {"{ page: customers(%s) { %s } }", gatewaytest.Token(), 1, 100, false},
		"projects":                {"{ page: projects(%s) { %s } }", gatewaytest.Token(), 1, 100, false},
		"messages":                {`{ in: conversation(id: "` + shortID + `") { page: messages(%s) { %s } } }`, gatewaytest.Token(), 2, 100, true},
	}
}

type pagedResult struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
	Edges []struct{ Cursor string }
}

func (f pagedField) ask(t *testing.T, server *gatewaytest.Server, arguments string) (result *pagedResult) {
	t.Helper()
	query := fmt.Sprintf(f.query, arguments, "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor }")
	response := server.Query(t, f.token, strings.ReplaceAll(query, "()", ""), nil)
	var got struct {
		Data struct {
			Page *pagedResult
			In   struct{ Page *pagedResult }
		}
	}
	if err := json.Unmarshal(response.Body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Data.Page != nil {
		return got.Data.Page
	}
	return got.Data.In.Page
}

// relayPage is the model: https://relay.dev/graphql/connections.htm#sec-Pagination-algorithm, with our default size. The
// arguments are indexes and counts, -1 if absent. start and end are indexes.
func (f pagedField) relayPage(total, first, after, last, before int) (start, end int) {
	start, end = 0, total
	if after >= 0 {
		start = after + 1
	}
	if before >= 0 {
		end = before
	}
	end = max(start, end)
	if first < 0 && last < 0 {
		if after < 0 && (before >= 0 || f.newestFirst) {
			last = f.defaultSize
		} else {
			first = f.defaultSize
		}
	}
	if first >= 0 {
		end = min(end, start+first)
	}
	if last >= 0 {
		start = max(start, end-last)
	}
	return start, end
}

// All combinations of the four arguments select the page that Relay's algorithm selects, for the same calls.
func TestConnections_AllArguments(t *testing.T) {
	t.Parallel()
	for name, field := range pagedFields() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			all := field.ask(t, server, "first: 100")
			cursors := make([]string, len(all.Edges))
			for i, edge := range all.Edges {
				cursors[i] = edge.Cursor
			}
			total := len(cursors)
			if total < 3 || total != all.TotalCount {
				t.Fatalf("%d of %d items", total, all.TotalCount)
			}
			counts, places := []int{-1, 0, 1, 2, 100}, []int{-1, 0, 1, total / 2, total - 1}
			for _, first := range counts {
				for _, last := range counts {
					for _, after := range places {
						for _, before := range sample(places) {
							upstream.TakeCalls()
							checkPage(t, field, server, cursors, first, after, last, before)
							want := field.calls
							if first >= 0 && last >= 0 {
								want = field.calls - 1 // of the object that the field belongs to
							}
							diff(t, "calls", want, len(upstream.TakeCalls()))
						}
					}
				}
			}
		})
	}
}

func checkPage(t *testing.T, field pagedField, server *gatewaytest.Server, cursors []string, first, after, last, before int) {
	t.Helper()
	var arguments string
	add := func(name string, value int, text string) {
		if value >= 0 {
			arguments += name + ": " + text + " "
		}
	}
	add("first", first, strconv.Itoa(first))
	add("last", last, strconv.Itoa(last))
	add("after", after, strconv.Quote(cursors[max(after, 0)]))
	add("before", before, strconv.Quote(cursors[max(before, 0)]))
	got := field.ask(t, server, arguments)
	if first >= 0 && last >= 0 {
		if got != nil {
			t.Errorf("first %d, last %d: want an error", first, last)
		}
		return
	}
	if got == nil {
		t.Fatalf("first %d, after %d, last %d, before %d: an error", first, after, last, before)
	}
	start, end := field.relayPage(len(cursors), first, after, last, before)
	var page []string
	for _, edge := range got.Edges {
		page = append(page, edge.Cursor)
	}
	if !slices.Equal(page, cursors[start:end]) || got.TotalCount != len(cursors) || got.PageInfo.HasPreviousPage != (start > 0) || got.PageInfo.HasNextPage != (end < len(cursors)) {
		t.Errorf("first %d, after %d, last %d, before %d: want [%d, %d), got %d items, %+v", first, after, last, before, start, end, len(page), got.PageInfo)
	}
}

// A page of size 0 without totalCount and pageInfo needs no row of the list.
func TestConnections_NoRowsCostNoCall(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	wantData(t, ask(t, server, "{ a: conversations(first: 0) { nodes { id } } b: conversations(last: 0) { edges { cursor } } }"), `{"a": {"nodes": []}, "b": {"edges": []}}`)
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// history serves a long history of one conversation.
func history(count int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		items := make([]string, count)
		for i := range items {
			items[i] = fmt.Sprintf(`{"type": "MESSAGE", "messageId": "m%d", "messageContent": "%d", "createdAt": "2026-08-20T%02d:%02d:00Z"}`, i, i, i/60, i%60)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(items, ","))
	})
}

// Without arguments, messages returns the newest items, oldest first. A page of up to 1,000 costs the same call.
func TestMessages_LongHistory(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Replace("GET /v2/conversations/"+shortID+"/messages", history(1200))
	for arguments, want := range map[string]string{
		"":                        "1100 to 1199 of 1200",
		"(includeInternal: true)": "1100 to 1199 of 1200",
		"(before: null)":          "1100 to 1199 of 1200",
		"(first: 1000)":           "0 to 999 of 1200",
		"(last: 1000)":            "200 to 1199 of 1200",
		"(first: 1001)":           "",
		"(last: 1001)":            "",
	} {
		upstream.TakeCalls()
		response := ask(t, server, `{ conversation(id: "`+shortID+`") { messages`+arguments+` { totalCount nodes { ... on TextMessage { content } } } } }`)
		messages := decode[struct {
			Data struct {
				Conversation struct {
					Messages *struct {
						TotalCount int
						Nodes      []struct{ Content string }
					}
				}
			}
		}](t, response.Body).Data.Conversation.Messages
		got, calls := "", 1
		if messages != nil {
			nodes := messages.Nodes
			got, calls = fmt.Sprintf("%s to %s of %d", nodes[0].Content, nodes[len(nodes)-1].Content, messages.TotalCount), 2
		}
		diff(t, arguments, want, got)
		diff(t, arguments+": calls", calls, len(upstream.TakeCalls()))
	}
}
