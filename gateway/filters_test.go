package gateway_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// listedRow holds the fields of a conversation that filters use, from the unfiltered list.
type listedRow struct {
	ID, Title, ShortID, Status, WaitingFor, Visibility, CreatedAt string
	CreatedBy, MainUser                                           *struct{ ID string }
	Category                                                      *struct{ ID string }
	RelatedTo, SharedWith                                         *struct {
		Typename string `json:"__typename"`
		ID       string
	}
	LastMessage *struct {
		CreatedAt string
		CreatedBy *struct{ IsEmployee *bool }
	}
}

// listResponse is the response to a query with one list at its root or below one object.
type listResponse struct {
	Data struct {
		Conversations struct {
			TotalCount int
			Nodes      []listedRow
			PageInfo   struct {
				HasNextPage, HasPreviousPage bool
				StartCursor, EndCursor       string
			}
		}
	}
	Extensions struct {
		Scan []struct{ Rows, Calls int }
	}
}

const rowFields = `id title shortId status waitingFor visibility createdAt createdBy { id } mainUser { id } category { id } relatedTo { __typename ... on Reference { id } }
	sharedWith { __typename ... on Reference { id } } lastMessage { createdAt createdBy { isEmployee } }`

// maxPages is more than the pages of any list in the sandbox, to stop a test that pages in circles.
const maxPages = 500

// allRows returns all rows that the agency can read, from the unfiltered list, newest message first.
func allRows(t *testing.T, server *gatewaytest.Server) []listedRow {
	t.Helper()
	var rows []listedRow
	after := "null"
	for range maxPages {
		page := decode[listResponse](t, ask(t, server, fmt.Sprintf(
			`{ conversations(first: 100, after: %s) { nodes { %s } pageInfo { hasNextPage endCursor } } }`, after, rowFields)).Body).Data.Conversations
		rows = append(rows, page.Nodes...)
		if !page.PageInfo.HasNextPage {
			return rows
		}
		after = `"` + page.PageInfo.EndCursor + `"`
	}
	t.Fatal("the list has no last page")
	return nil
}

func rowIDs(rows []listedRow) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = row.ID
	}
	return list
}

func isEmployee(row listedRow) bool {
	by := row.LastMessage.CreatedBy.IsEmployee
	return by != nil && *by
}

// Customers are not counted from a list that may lack the owner of a conversation.
func TestCustomersAreCountedFromWholeLists(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Replace("GET /v2/app-installations?limit=1000", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, "["+strings.Repeat("{},", 999)+"{}]")
	}))
	response := ask(t, server, `{ conversationCounts(filter: {states: OPEN}) { totalCount customers { count } } }`)
	wantErrors(t, response, "conversationCounts.customers: UPSTREAM_BAD_RESPONSE")
	if !strings.Contains(string(response.Body), `"totalCount":112`) {
		t.Errorf("got %s", response.Body)
	}
	upstream.TakeCalls()
}

// A filter returns exactly the matching rows of the unfiltered list, in the same order.
func TestFiltersFindWhatTheListShows(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	rows := allRows(t, server)
	sample := rows[slices.IndexFunc(rows, func(row listedRow) bool { return row.Category != nil && row.RelatedTo != nil && row.SharedWith != nil })]
	upstream.TakeCalls()
	isMain := func(row listedRow) bool { return row.MainUser != nil && row.MainUser.ID == sample.MainUser.ID }
	isAuthor := func(row listedRow) bool { return row.CreatedBy != nil && row.CreatedBy.ID == sample.CreatedBy.ID }
	isSubject := func(row listedRow) bool { return row.RelatedTo != nil && row.RelatedTo.ID == sample.RelatedTo.ID }
	tests := map[string]func(row listedRow) bool{
		`mainUserIds: ["` + strings.ToUpper(sample.MainUser.ID) + `"]`: isMain,
		`createdBy: "` + sample.CreatedBy.ID + `"`:                     isAuthor,
		`visibilities: PRIVATE`:                                        func(row listedRow) bool { return row.Visibility == "PRIVATE" },
		`createdAt: {after: "2026-03-01T01:00:00+01:00"}`:              func(row listedRow) bool { return row.CreatedAt > "2026-03-01T00:00:00.000Z" },
		`createdAt: {after: "` + sample.CreatedAt + `"}`:               func(row listedRow) bool { return row.CreatedAt > sample.CreatedAt },
		`lastMessageAt: {after: "2026-01-01T00:00:00Z", before: "` + sample.LastMessage.CreatedAt + `"}`: func(row listedRow) bool {
			return row.LastMessage != nil && row.LastMessage.CreatedAt > "2026-01-01T00:00:00.000Z" && row.LastMessage.CreatedAt < sample.LastMessage.CreatedAt
		},
		`relatedTo: {type: NONE}`:    func(row listedRow) bool { return row.RelatedTo == nil },
		`sharedWith: {type: NONE}`:   func(row listedRow) bool { return row.SharedWith == nil },
		`relatedTo: {type: PROJECT}`: func(row listedRow) bool { return row.RelatedTo != nil && row.RelatedTo.Typename == "Project" },
		`relatedTo: [{type: NONE}, {id: "` + sample.RelatedTo.ID + `"}]`: func(row listedRow) bool {
			return row.RelatedTo == nil || isSubject(row)
		},
		`not: {statuses: CLOSED, mainUserIds: "` + sample.MainUser.ID + `"}`: func(row listedRow) bool {
			return row.Status != "CLOSED" || !isMain(row)
		},
		`createdBy: "` + sample.CreatedBy.ID + `", not: [{statuses: CLOSED}, {relatedTo: {type: NONE}}, {relatedTo: {id: "` + sample.RelatedTo.ID + `"}}, {}]`: func(row listedRow) bool {
			return isAuthor(row) && row.Status != "CLOSED" && row.RelatedTo != nil && !isSubject(row)
		},
		`states: OPEN, lastMessageBy: EMPLOYEE, not: {statuses: IN_PROGRESS}`: func(row listedRow) bool { return row.WaitingFor == "CUSTOMER" },
		`statuses: [OPEN]`:                            func(row listedRow) bool { return row.Status == "OPEN" },
		`statuses: [IN_PROGRESS, WAITING]`:            func(row listedRow) bool { return row.Status == "IN_PROGRESS" || row.Status == "WAITING" },
		`statuses: [CLOSED, ANSWERED]`:                func(row listedRow) bool { return row.Status == "CLOSED" || row.Status == "ANSWERED" },
		`categoryIds: ["` + sample.Category.ID + `"]`: func(row listedRow) bool { return row.Category != nil && row.Category.ID == sample.Category.ID },
		`relatedTo: [{id: "` + sample.RelatedTo.ID + `"}]`: func(row listedRow) bool {
			return row.RelatedTo != nil && row.RelatedTo.ID == sample.RelatedTo.ID
		},
		`sharedWith: [{id: "` + sample.SharedWith.ID + `"}]`: func(row listedRow) bool {
			return row.SharedWith != nil && row.SharedWith.ID == sample.SharedWith.ID
		},
		`lastMessageBy: EMPLOYEE`: func(row listedRow) bool {
			return row.LastMessage != nil && row.LastMessage.CreatedBy != nil && isEmployee(row)
		},
		`lastMessageBy: CUSTOMER`: func(row listedRow) bool {
			return row.LastMessage != nil && row.LastMessage.CreatedBy != nil && !isEmployee(row)
		},
		`lastMessageBy: EMPLOYEE, statuses: [WAITING, ANSWERED], categoryIds: ["` + sample.Category.ID + `"]`: func(row listedRow) bool {
			return row.LastMessage != nil && row.LastMessage.CreatedBy != nil && isEmployee(row) && (row.Status == "WAITING" || row.Status == "ANSWERED") &&
				row.Category != nil && row.Category.ID == sample.Category.ID
		},
	}
	for filter, holds := range tests {
		var want []listedRow
		for _, row := range rows {
			if holds(row) {
				want = append(want, row)
			}
		}
		if len(want) == 0 {
			t.Errorf("%s: nothing to find", filter)
		}
		got := decode[listResponse](t, ask(t, server, fmt.Sprintf(
			`{ conversations(first: 100, filter: {%s}) { totalCount nodes { id } } }`, filter)).Body)
		diff(t, filter, rowIDs(want[:min(len(want), 100)]), rowIDs(got.Data.Conversations.Nodes))
		diff(t, filter+": total", len(want), got.Data.Conversations.TotalCount)
		scanned := struct{ Rows, Calls int }{500, 5}
		if strings.HasPrefix(filter, "states: OPEN") {
			scanned.Rows, scanned.Calls = 112, 2
		}
		diff(t, filter+": scan", []struct{ Rows, Calls int }{scanned}, got.Extensions.Scan)
		diff(t, filter+": calls", scanned.Calls, len(upstream.TakeCalls()))
	}
}

// The pages of a filtered list have no gaps, in every order and direction.
func TestFilteredListIsPagedInEveryOrder(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	orders := map[string]func(a, b listedRow) int{
		"CREATED_AT":      func(a, b listedRow) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) },
		"LAST_MESSAGE_AT": func(a, b listedRow) int { return cmp.Compare(a.LastMessage.CreatedAt, b.LastMessage.CreatedAt) },
		"TITLE":           func(a, b listedRow) int { return cmp.Compare(a.Title, b.Title) },
		"SHORT_ID":        func(a, b listedRow) int { return cmp.Compare(a.ShortID, b.ShortID) },
		"ID":              func(a, b listedRow) int { return cmp.Compare(a.ID, b.ID) },
	}
	for field, compare := range orders {
		for _, direction := range sample([]string{"ASC", "DESC"}) {
			t.Run(field+" "+direction, func(t *testing.T) {
				t.Parallel()
				arguments := fmt.Sprintf("filter: {statuses: [ANSWERED, WAITING, IN_PROGRESS]}, orderBy: [{field: %s, direction: %s}]", field, direction)
				forward := pageThrough(t, server, "first: 17, after: %s, "+arguments, false)
				backward := pageThrough(t, server, "last: 13, before: %s, "+arguments, true)
				diff(t, "backward", rowIDs(forward), rowIDs(backward))
				if len(forward) < 50 {
					t.Fatalf("only %d rows", len(forward))
				}
				sorted := slices.IsSortedFunc(forward, func(a, b listedRow) int {
					if direction == "DESC" {
						a, b = b, a
					}
					return compare(a, b)
				})
				if !sorted {
					t.Errorf("not in order: %v", forward)
				}
			})
		}
	}
}

// pageThrough returns the rows of all pages. The arguments contain a placeholder for the cursor.
func pageThrough(t *testing.T, server *gatewaytest.Server, arguments string, backward bool) []listedRow {
	t.Helper()
	var rows []listedRow
	cursor := "null"
	for range maxPages {
		page := decode[listResponse](t, ask(t, server, fmt.Sprintf(
			`{ conversations(%s) { totalCount nodes { %s } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
			fmt.Sprintf(arguments, cursor), rowFields)).Body).Data.Conversations
		more, next := page.PageInfo.HasNextPage, page.PageInfo.EndCursor
		if backward {
			more, next = page.PageInfo.HasPreviousPage, page.PageInfo.StartCursor
			rows = append(slices.Clone(page.Nodes), rows...)
		} else {
			rows = append(rows, page.Nodes...)
		}
		if !more {
			diff(t, "total", len(rows), page.TotalCount)
			return rows
		}
		cursor = `"` + next + `"`
	}
	t.Fatalf("%s: the list has no last page", arguments)
	return nil
}

// A cursor stays valid if its row no longer matches the filter or has moved.
func TestFilteredListContinuesAfterAMissingRow(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const arguments = `filter: {statuses: [ANSWERED, WAITING]}, orderBy: [{field: CREATED_AT}]`
	all := pageThrough(t, server, "first: 100, after: %s, "+arguments, false)
	first := decode[listResponse](t, ask(t, server, `{ conversations(first: 10, `+arguments+`) { pageInfo { endCursor } } }`).Body)
	gone := all[9].ID
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&renaming{ResponseWriter: w, id: gone}, r)
		})
	})
	second := decode[listResponse](t, ask(t, server, fmt.Sprintf(
		`{ conversations(first: 10, after: %q, %s) { nodes { id } pageInfo { hasPreviousPage } } }`, first.Data.Conversations.PageInfo.EndCursor, arguments)).Body)
	diff(t, "second page", rowIDs(all[10:20]), rowIDs(second.Data.Conversations.Nodes))
	diff(t, "there is something before", true, second.Data.Conversations.PageInfo.HasPreviousPage)
}

// renaming changes the status of a conversation's row to one that no filter selects.
type renaming struct {
	http.ResponseWriter
	id string
}

func (r *renaming) Write(body []byte) (int, error) {
	at := bytes.Index(body, []byte(`"conversationId":"`+r.id))
	if at < 0 {
		return r.ResponseWriter.Write(body)
	}
	changed := string(body[:at]) + strings.Replace(strings.Replace(string(body[at:]),
		`"status":"answered"`, `"status":"archived"`, 1), `"status":"waiting"`, `"status":"archived"`, 1)
	return r.ResponseWriter.Write([]byte(changed))
}

// A filter over a list beyond the budget fails at its field before its calls are made. Other fields are resolved.
func TestFilterBeyondTheBudget(t *testing.T) {
	t.Parallel()
	for calls, want := range map[int]int{3: 2, 5: 2, 6: 6} {
		server, upstream := start(t, gateway.Config{MaxCalls: calls})
		response := ask(t, server, `{ viewer { id } conversations(filter: {lastMessageBy: EMPLOYEE}) { totalCount } }`)
		diff(t, fmt.Sprintf("calls of at most %d", calls), want, len(upstream.TakeCalls()))
		if calls == 6 {
			wantErrors(t, response)
			continue
		}
		wantErrors(t, response, "conversations: UPSTREAM_BUDGET_EXCEEDED")
		if !strings.Contains(string(response.Body), "Narrow it down") || strings.Contains(string(response.Body), "extensions\":{\"scan") {
			t.Errorf("got %s", response.Body)
		}
	}
}

func TestFilterTakesAHundredAlternatives(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const query = `query($filter: ConversationFilter) { conversations(filter: $filter) { totalCount } }`
	byID := map[string]any{"id": shortID}
	for name, element := range map[string]any{
		"categoryIds": shortID, "mainUserIds": shortID, "createdBy": shortID, "relatedTo": byID, "sharedWith": byID,
		"not": map[string]any{"visibilities": "PRIVATE"},
	} {
		for count, calls := range map[int]int{100: 5, 101: 0} {
			response := server.Query(t, gatewaytest.Token(), query, map[string]any{"filter": map[string]any{name: slices.Repeat([]any{element}, count)}})
			if count > 100 {
				wantErrors(t, response, "conversations: BAD_USER_INPUT")
			} else {
				wantErrors(t, response)
			}
			diff(t, name, calls, len(upstream.TakeCalls()))
		}
	}
}

// owned is an object that a conversation belongs to, with its owners.
type owned struct {
	ID                             string
	Project, Customer, InstalledIn *owned
}

// isIn reports whether the object is the one with this ID, or belongs to it.
func (o *owned) isIn(id string) bool {
	return o != nil && (o.ID == id || o.Project.isIn(id) || o.Customer.isIn(id) || o.InstalledIn.isIn(id))
}

// The conversations below customers and projects are those whose objects, fetched one by one, belong to them.
func TestDescendantsAreThoseOfTheObjects(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	const owners = `fragment project on Project { id customer { id } }
		fragment owned on Reference { id ...project ... on PlacementGroup { customer { id } } ... on Container { project { ...project } }
			... on AppInstallation { project { ...project } } ... on ExtensionInstance { installedIn { ... on Reference { id ...project } } } }`
	type row struct {
		ID                    string
		RelatedTo, SharedWith *owned
	}
	var rows []row
	for after, more := "null", true; more; {
		page := decode[struct {
			Data struct {
				Conversations struct {
					Nodes    []row
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}](t, ask(t, server, `{ conversations(first: 50, after: `+after+`, filter: {states: OPEN}) { nodes { id relatedTo { ...owned } sharedWith { ...owned } } pageInfo { hasNextPage endCursor } } } `+owners).Body).Data.Conversations
		rows = append(rows, page.Nodes...)
		after, more = `"`+page.PageInfo.EndCursor+`"`, page.PageInfo.HasNextPage
	}
	upstream.TakeCalls()
	const below = `conversations(first: 100, filter: {states: OPEN}, includeDescendants: true) { totalCount nodes { id } }`
	type holder struct {
		ID            string
		Conversations struct {
			TotalCount int
			Nodes      []row
		}
	}
	got := decode[struct {
		Data struct{ Customers, Projects struct{ Nodes []holder } }
	}](t, ask(t, server, `{ customers { nodes { id `+below+` } } projects { nodes { id `+below+` } } }`).Body).Data
	diff(t, "calls", 2+1+1+4, len(upstream.TakeCalls())) // the conversations, customers, projects, and four other types
	for _, holder := range slices.Concat(got.Customers.Nodes, got.Projects.Nodes) {
		var want, found []string
		for _, row := range rows {
			if row.RelatedTo.isIn(holder.ID) || row.SharedWith.isIn(holder.ID) {
				want = append(want, row.ID)
			}
		}
		for _, row := range holder.Conversations.Nodes {
			found = append(found, row.ID)
		}
		diff(t, holder.ID, want, found)
		diff(t, holder.ID+": total", len(want), holder.Conversations.TotalCount)
	}
}

// The messages of conversations of many objects are fetched concurrently, not object by object.
func TestConversationsOfEntitiesStartTheirMessagesTogether(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{"first: $first", `first: $first, filter: {search: "example"}, orderBy: [{field: TITLE}]`} {
		server, upstream := start(t, gateway.Config{Subgraph: true})
		server.URL = server.Base + "/subgraph"
		calls := newGate(upstream, pathEndsIn("/messages"))
		response := server.Start(server.NewRequest(t, gatewaytest.Token(), `query($first: Int) { _entities(representations: [
			{__typename: "Project", id: "7e9ce2b9-58f8-5f09-8b79-a9fe22a5d1c6"}, {__typename: "Project", id: "b8e8989e-cc2f-55a7-b4c0-863404f026bc"},
			{__typename: "Customer", id: "6bf6b084-c8ef-5bb4-a644-37d2fb678280"}
		]) {
			... on Project { conversations(`+arguments+`) { nodes { messages { totalCount } } } }
			... on Customer { conversations(`+arguments+`) { nodes { messages { totalCount } } } }
		} }`, map[string]any{"first": 2}))
		calls.await(t, 6, response)
		calls.open()
		wantErrors(t, <-response)
		upstream.TakeCalls()
	}
}

// The lists of a dashboard are fetched concurrently, and so are the messages of all customers.
func TestDashboardStartsItsListsTogether(t *testing.T) {
	t.Parallel()
	const query = `{ customers { nodes {
		name conversations(first: 2, filter: {relatedTo: [], search: "a"}) { nodes { messages { totalCount } } }
		projects { nodes { description conversations(first: 1, filter: {states: [CLOSED]}) { totalCount } } }
	} } }`
	server, upstream := start(t, gateway.Config{})
	lists := newGate(upstream, everything)
	response := server.Start(server.NewRequest(t, gatewaytest.Token(), query, nil))
	lists.await(t, 4, response) // customers, projects, and the first page of two lists of conversations
	lists.open()
	wantErrors(t, <-response)
	server, upstream = start(t, gateway.Config{})
	histories := newGate(upstream, pathEndsIn("/messages"))
	response = server.Start(server.NewRequest(t, gatewaytest.Token(), query, nil))
	histories.await(t, 2, response) // two, of the only customer with conversations
	histories.open()
	wantErrors(t, <-response)
}

// If the client disconnects while a list is read, the calls are canceled.
func TestFilterIsCanceledWithItsClient(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	calls := newGate(upstream, func(r *http.Request) bool { return r.URL.Query().Get("skip") != "" })
	request := server.NewRequest(t, gatewaytest.Token(), `{ conversations(filter: {statuses: [OPEN]}) { totalCount } }`, nil)
	ctx, leave := context.WithCancel(t.Context())
	response := server.Start(request.WithContext(ctx))
	calls.await(t, 4, response)
	leave()
	for range 4 {
		<-calls.left
	}
	if _, answered := <-response; answered {
		t.Error("there was a response")
	}
}
