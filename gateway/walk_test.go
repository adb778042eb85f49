package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/sandbox"
)

// walker reads a list page by page.
type walker struct {
	server    *gatewaytest.Server
	upstream  *gatewaytest.Upstream
	arguments string // filter and order
	backward  bool
	isScan    bool // whether the gateway reads the whole list for each page

	cursor string // of the page before, "" at first
	seen   []string
	calls  int
	done   bool
}

type walkedPage struct {
	Data struct {
		Conversations *struct {
			Nodes    []struct{ ID string }
			PageInfo struct {
				HasNextPage, HasPreviousPage bool
				StartCursor, EndCursor       string
			}
		}
	}
	Errors     []json.RawMessage
	Extensions struct{ Paging []struct{ Calls int } }
}

// step reads a page. It fails the test unless extensions.paging reports the calls.
func (w *walker) step(t *testing.T, size int) {
	t.Helper()
	arguments := fmt.Sprintf("first: %d", size)
	if w.backward {
		arguments = fmt.Sprintf("last: %d", size)
	}
	if cursor := map[bool]string{false: "after", true: "before"}[w.backward]; w.cursor != "" {
		arguments += fmt.Sprintf(", %s: %q", cursor, w.cursor)
	}
	w.upstream.TakeCalls()
	response := w.server.Query(t, gatewaytest.Token(), "{ conversations("+arguments+w.arguments+`) {
		nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, nil)
	w.calls = len(w.upstream.TakeCalls())
	page := decode[walkedPage](t, response.Body)
	if page.Data.Conversations == nil || len(page.Errors) > 0 {
		t.Fatalf("%s: %s", arguments, response.Body)
	}
	if paging := page.Extensions.Paging; !w.isScan && w.calls > 1 && (len(paging) != 1 || paging[0].Calls != w.calls) || w.calls == 1 && len(paging) > 0 {
		t.Fatalf("%s: %d calls, reported: %v", arguments, w.calls, paging)
	}
	var ids []string
	for _, node := range page.Data.Conversations.Nodes {
		ids = append(ids, node.ID)
	}
	info := page.Data.Conversations.PageInfo
	if w.backward {
		w.seen, w.cursor, w.done = append(ids, w.seen...), info.StartCursor, !info.HasPreviousPage
	} else {
		w.seen, w.cursor, w.done = append(w.seen, ids...), info.EndCursor, !info.HasNextPage
	}
	if len(w.seen) > 2000 {
		t.Fatal("the walk does not end")
	}
}

// others changes conversations as other clients do.
type others struct {
	upstream *gatewaytest.Upstream
	random   *rand.Rand
	ids      []string
	changed  map[string]bool
}

func (o *others) call(t *testing.T, method, path, body string) []byte {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("X-Access-Token", gatewaytest.Token())
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	o.upstream.ServeHTTP(answer, request)
	if answer.Code >= http.StatusBadRequest && answer.Code != http.StatusConflict {
		t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
	return answer.Body.Bytes()
}

// list returns the IDs of the list for a query.
func (o *others) list(t *testing.T, query string) []string {
	t.Helper()
	var ids []string
	for _, row := range decode[[]struct{ ConversationID string }](t, o.call(t, http.MethodGet, "/v2/conversations?limit=2000"+query, "")) {
		ids = append(ids, row.ConversationID)
	}
	return ids
}

// act makes a random change. It often concerns one of the given rows.
func (o *others) act(t *testing.T, near []string) {
	t.Helper()
	id := o.ids[o.random.IntN(len(o.ids))]
	if len(near) > 0 && o.random.IntN(2) == 0 {
		id = near[o.random.IntN(len(near))]
	}
	title := fmt.Sprintf("%c domain", 'A'+o.random.IntN(58))
	action := o.random.IntN(5)
	if action == 0 {
		o.call(t, http.MethodPost, "/v2/conversations", fmt.Sprintf(`{"title": %q, "messageContent": "Hello"}`, title))
		return
	}
	o.changed[id] = true
	path := "/v2/conversations/" + id
	switch action {
	case 1:
		o.call(t, http.MethodPut, path+"/status", `{"status": "open"}`)
	case 2:
		o.call(t, http.MethodPost, path+"/messages", `{"messageContent": "An answer about the domain."}`)
	case 3:
		o.call(t, http.MethodPut, path, fmt.Sprintf(`{"title": %q}`, title))
	default:
		o.call(t, http.MethodPut, path+"/status", `{"status": "closed"}`)
	}
}

// walkedList is a list in both spellings.
type walkedList struct {
	filter, query string
	isScan        bool
}

func walkedLists() map[string]walkedList {
	return map[string]walkedList{
		"all":      {},
		"open":     {filter: "states: [OPEN]", query: "&status=open"},
		"closed":   {filter: "states: [CLOSED]", query: "&status=closed"},
		"searched": {filter: `search: "domain"`, query: "&fullTextSearch=domain"},
		"not closed, filtered by the gateway": {
			filter: "statuses: [OPEN, ANSWERED, IN_PROGRESS, WAITING], states: [OPEN]", query: "&status=open", isScan: true,
		},
	}
}

// orders returns every order by one field, the default, and orders by several fields.
func walkedOrders() []string {
	orders := []string{"", "{field: TITLE, direction: ASC}, {field: CREATED_AT}", "{field: LAST_MESSAGE_AT, direction: ASC}, {field: TITLE}"}
	for _, field := range generated.AllConversationOrderField {
		for _, direction := range generated.AllOrderDirection {
			orders = append(orders, fmt.Sprintf("{field: %s, direction: %s}", field, direction))
		}
	}
	return orders
}

// A walk shows every row that was in the list all the time, and has not changed, exactly once, whatever others do between
// its pages: in either direction, in every order and with every filter of mStudio.
func TestWalk_OthersChangeTheList(t *testing.T) {
	t.Parallel()
	for _, order := range sample(walkedOrders()) {
		t.Run("by "+order, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			seed := rand.Uint64()
			random := rand.New(rand.NewPCG(seed, 0))
			for name, list := range walkedLists() {
				if list.isScan && order != "" {
					continue // the gateway sorts, so another order adds nothing but time
				}
				for _, backward := range []bool{false, true} {
					w := &walker{server: server, upstream: upstream, backward: backward, isScan: list.isScan}
					w.arguments = fmt.Sprintf(", filter: {%s}, orderBy: [%s]", list.filter, order)
					if !walkDisturbed(t, w, random, list) {
						t.Fatalf("%s, backward %t, seed %d", name, backward, seed)
					}
				}
			}
		})
	}
}

func walkDisturbed(t *testing.T, w *walker, random *rand.Rand, list walkedList) (ok bool) {
	t.Helper()
	o := &others{upstream: w.upstream, random: random, changed: map[string]bool{sandbox.FutureConversationID: true}}
	o.ids = o.list(t, "")
	stayed := o.list(t, list.query)
	sizes := []int{6 + random.IntN(95), 20, 50, 100}
	for size := sizes[random.IntN(len(sizes))]; !w.done; {
		w.step(t, size)
		if w.calls > 12 {
			t.Errorf("%d calls", w.calls)
		}
		if random.IntN(8) == 0 {
			size = 1 + random.IntN(100) // the page size may change
		}
		near := w.seen[max(len(w.seen)-size, 0):]
		if w.backward {
			near = w.seen[:min(size, len(w.seen))]
		}
		for range random.IntN(2 + random.IntN(9)) {
			o.act(t, near)
		}
		if random.IntN(3) == 0 && len(near) > 0 { // the anchor itself
			anchor := near[len(near)-1]
			if w.backward {
				anchor = near[0]
			}
			o.act(t, []string{anchor, anchor, anchor})
		}
	}
	stayed = slices.DeleteFunc(stayed, func(id string) bool { return o.changed[id] })
	for _, id := range stayed {
		count := 0
		for _, seen := range w.seen {
			if seen == id {
				count++
			}
		}
		if count != 1 {
			t.Errorf("%s was seen %d times", id, count)
		}
	}
	return !t.Failed()
}

// An undisturbed walk makes one call for each page, whatever its size.
func TestWalk_OneCallForEachPage(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	want := (&others{upstream: upstream}).list(t, "&sort=title&order=asc&sort=conversationId&order=asc")
	for _, size := range sample([]int{3, 7, 20, 33, 50, 51, 60, 75, 99, 100}) {
		for _, backward := range []bool{false, true} {
			w := &walker{server: server, upstream: upstream, arguments: ", orderBy: [{field: TITLE, direction: ASC}]", backward: backward}
			for pages := 1; !w.done; pages++ {
				w.step(t, size)
				if w.calls != 1 {
					t.Errorf("page %d of %d rows, backward %t: %d calls", pages, size, backward, w.calls)
				}
				if got := len(w.seen); got != min(pages*size, len(want)) {
					t.Fatalf("%d pages of %d rows: %d rows", pages, size, got)
				}
			}
			diff(t, "rows", want, w.seen)
		}
	}
}

// mStudio documents no maximum of limit. If it has one, a walk takes more calls but is as right, and the calls of one page
// are concurrent.
func TestWalk_UpstreamWithAMaximum(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(w http.ResponseWriter, r *http.Request, query url.Values, next http.Handler){
		"rejects": func(w http.ResponseWriter, _ *http.Request, _ url.Values, _ http.Handler) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"type": "ValidationError", "message": "limit", "validationErrors": []}`)
		},
		"reduces": func(w http.ResponseWriter, r *http.Request, query url.Values, next http.Handler) {
			query.Set("limit", "100")
			reduced := r.Clone(r.Context())
			reduced.URL.RawQuery = query.Encode()
			next.ServeHTTP(w, reduced)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			want := (&others{upstream: upstream}).list(t, "&sort=conversationId&order=asc")
			upstream.Intercept(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					query := r.URL.Query()
					if limit, _ := strconv.Atoi(query.Get("limit")); limit > 100 {
						handle(w, r, query, next)
						return
					}
					next.ServeHTTP(w, r)
				})
			})
			for _, backward := range []bool{false, true} {
				w := &walker{server: server, upstream: upstream, arguments: ", orderBy: [{field: ID, direction: ASC}]", backward: backward}
				for !w.done {
					w.step(t, 100)
					if w.calls > 3 {
						t.Errorf("%d calls", w.calls)
					}
				}
				diff(t, "rows", want, w.seen)
			}
			w := &walker{server: server, upstream: upstream, arguments: ", orderBy: [{field: ID, direction: ASC}]"}
			w.step(t, 100)
			calls := newGate(upstream, func(r *http.Request) bool { return r.URL.Query().Get("limit") == "100" })
			response := server.Start(server.NewRequest(t, gatewaytest.Token(), fmt.Sprintf("{ conversations(first: 100, after: %q%s) { totalCount } }", w.cursor, w.arguments), nil))
			calls.await(t, 2, response)
			calls.open()
			wantErrors(t, <-response)
		})
	}
}

// Rows that leave the list before the cursor cost few calls: none more if the response contains the new place, one for up to
// 50 rows, and otherwise those of a binary search.
func TestWalk_CallsAfterAChange(t *testing.T) {
	t.Parallel()
	for _, test := range sample([]struct {
		backward                bool
		size, pages, left, want int
	}{
		{false, 20, 1, 1, 1},
		{false, 20, 5, 1, 1},
		{false, 20, 6, 20, 2},
		{false, 20, 10, 40, 2},
		{false, 20, 15, 49, 2},
		{false, 20, 15, 200, 4},
		{false, 50, 1, 50, 1},
		{false, 50, 4, 1, 1},
		{false, 50, 4, 49, 2},
		{false, 100, 1, 1, 1},
		{false, 100, 2, 1, 1},
		{false, 100, 2, 40, 1},
		{false, 100, 3, 150, 2},
		{true, 20, 1, 1, 2},
		{true, 20, 5, 20, 2},
		{true, 50, 2, 40, 2},
		{true, 100, 1, 40, 1},
		{true, 100, 2, 60, 1},
		{true, 90, 1, 45, 2},
		{true, 20, 5, 200, 3},
	}) {
		t.Run(fmt.Sprintf("%d rows after %d pages of %d, backward %t", test.left, test.pages, test.size, test.backward), func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			o := &others{upstream: upstream}
			const list = "&sort=createdAt&order=asc&sort=conversationId&order=asc&status=closed"
			w := &walker{server: server, upstream: upstream, backward: test.backward}
			w.arguments = ", filter: {states: [CLOSED]}, orderBy: [{field: CREATED_AT, direction: ASC}]"
			for range test.pages {
				w.step(t, test.size)
			}
			for _, id := range o.list(t, list)[:test.left] {
				o.call(t, http.MethodPut, "/v2/conversations/"+id+"/status", `{"status": "open"}`)
			}
			seen := slices.Clone(w.seen)
			w.step(t, test.size)
			rows := o.list(t, list)
			diff(t, "calls", test.want, w.calls)
			if test.backward {
				at := len(rows) - len(seen)
				diff(t, "rows", rows[max(at-test.size, 0):at], w.seen[:len(w.seen)-len(seen)])
				return
			}
			at := len(seen) - test.left
			diff(t, "rows", rows[at:min(at+test.size, len(rows))], w.seen[len(seen):])
		})
	}
}

// The calls of a search are reported even if it fails.
func TestWalk_FailedSearch(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	o := &others{upstream: upstream}
	w := &walker{server: server, upstream: upstream, arguments: ", filter: {states: [CLOSED]}, orderBy: [{field: CREATED_AT, direction: ASC}]"}
	for range 15 {
		w.step(t, 20)
	}
	for _, id := range o.list(t, "&sort=createdAt&order=asc&sort=conversationId&order=asc&status=closed")[:200] {
		o.call(t, http.MethodPut, "/v2/conversations/"+id+"/status", `{"status": "open"}`)
	}
	upstream.TakeCalls()
	var calls atomic.Int32
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) < 3 {
				next.ServeHTTP(w, r)
				return
			}
			_, _ = io.WriteString(w, "no list")
		})
	})
	response := ask(t, server, fmt.Sprintf(`{ conversations(first: 20, after: %q%s) { nodes { id } } }`, w.cursor, w.arguments))
	wantErrors(t, response, "conversations: UPSTREAM_BAD_RESPONSE")
	if !bytes.Contains(response.Body, []byte(`"paging":[{"rows":`)) || !bytes.Contains(response.Body, []byte(`"calls":2}]`)) {
		t.Errorf("the calls are not reported: %s", response.Body)
	}
	diff(t, "calls", 3, len(upstream.TakeCalls()))
}

// The page before the first row has the rows that have appeared since, for one call.
func TestWalk_NewRowsBeforeTheFirst(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	o := &others{upstream: upstream}
	w := &walker{server: server, upstream: upstream}
	w.step(t, 20)
	poll := func(cursor string) *walker {
		newer := &walker{server: server, upstream: upstream, backward: true, cursor: cursor}
		newer.step(t, 20)
		diff(t, "calls", 1, newer.calls)
		return newer
	}
	first := poll(w.cursor)
	if newer := poll(first.cursor); len(newer.seen) > 0 || !newer.done {
		t.Errorf("nothing is new, but got %v", newer.seen)
	}
	for _, title := range []string{"one", "two", "three"} {
		o.call(t, http.MethodPost, "/v2/conversations", fmt.Sprintf(`{"title": %q, "messageContent": "Hello"}`, title))
	}
	newer := poll(first.cursor)
	diff(t, "new rows", o.list(t, "")[:3], newer.seen)
}

// The total may count rows that the caller may not see. A page at the end of the list still takes one call.
func TestWalk_TotalIsTooLarge(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			maps.Copy(w.Header(), answer.Header())
			w.Header().Set("X-Pagination-TotalCount", "507")
			_, _ = answer.Body.WriteTo(w)
		})
	})
	w := &walker{server: server, upstream: upstream}
	for range 26 {
		w.step(t, 20)
		diff(t, "calls", 1, w.calls)
	}
	diff(t, "rows", 500, len(w.seen))
	if !w.done {
		t.Error("the page after the last row has no cursor to go on with, but says that there are more rows")
	}
}

// mStudio documents neither how it compares titles nor where it sorts conversations without a message. Rows that leave the
// list before the cursor cost a walk no row even if mStudio's order is not the gateway's, or the last row is unreadable.
func TestWalk_OrderIsNotTheGateways(t *testing.T) {
	t.Parallel()
	const length = 400
	for name, test := range map[string]struct {
		order, arguments string // of mStudio and GraphQL
		backward         bool
		row              func(i int) string
		pages, left      int
	}{
		"titles without case": {order: "asc", arguments: ", orderBy: [{field: TITLE, direction: ASC}]", pages: 5, left: 10, row: func(i int) string {
			return fmt.Sprintf(`{"conversationId": %q, "title": "%c%03d"}`, walkedID(i), "aB"[i%2]+byte(i/50*2), i)
		}},
		"no message first": {order: "desc", backward: true, pages: 6, left: 25, row: func(i int) string {
			if i < 300 {
				return fmt.Sprintf(`{"conversationId": %q}`, walkedID(i))
			}
			return fmt.Sprintf(`{"conversationId": %q, "lastMessage": {"createdAt": "2025-01-01T00:%02d:%02dZ"}}`, walkedID(i), (length-i)/60, (length-i)%60)
		}},
		"an unreadable last row": {order: "asc", arguments: ", orderBy: [{field: ID, direction: ASC}]", pages: 1, left: 3, row: func(i int) string {
			return map[bool]string{true: `"unreadable"`, false: fmt.Sprintf(`{"conversationId": %q}`, walkedID(i))}[i == 19]
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			var rows []string
			for i := range length {
				rows = append(rows, test.row(i))
			}
			upstream.Intercept(func(http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					serveRows(w, r, rows, test.order)
				})
			})
			direction, cursor, info := "first: 20", "after", "endCursor"
			if test.backward {
				direction, cursor, info = "last: 20", "before", "startCursor"
			}
			seen, position := []string{}, ""
			for page := range length/20 + 2 {
				if page == test.pages {
					rows = rows[test.left:]
				}
				response := server.Query(t, gatewaytest.Token(), "{ conversations("+direction+position+test.arguments+") { nodes { id } pageInfo { cursor: "+info+" } } }", nil)
				data := decode[struct {
					Data struct {
						Conversations struct {
							Nodes    []struct{ ID string }
							PageInfo struct{ Cursor string }
						}
					}
				}](t, response.Body).Data.Conversations
				for _, node := range data.Nodes {
					seen = append(seen, node.ID)
				}
				position = fmt.Sprintf(", %s: %q", cursor, data.PageInfo.Cursor)
				if data.PageInfo.Cursor == "" {
					break
				}
			}
			for i := range length {
				stayed := strings.Contains(strings.Join(rows, ""), walkedID(i))
				if count := strings.Count(strings.Join(seen, ""), walkedID(i)); stayed && count != 1 {
					t.Errorf("row %d was seen %d times", i, count)
				}
			}
		})
	}
}

func walkedID(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i) }

// serveRows serves a page of rows, which are in the order of the first sort key. It reverses them in the opposite order.
func serveRows(w http.ResponseWriter, r *http.Request, rows []string, order string) {
	query := r.URL.Query()
	limit, _ := strconv.Atoi(query.Get("limit"))
	skip, _ := strconv.Atoi(query.Get("skip"))
	if rows = slices.Clone(rows); query.Get("order") != order {
		slices.Reverse(rows)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Pagination-TotalCount", strconv.Itoa(len(rows)))
	page := rows[min(skip, len(rows)):min(skip+limit, len(rows))]
	_, _ = io.WriteString(w, "["+strings.Join(page, ",")+"]")
}
