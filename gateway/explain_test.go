package gateway_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// upstreamExtension is extensions.upstream of an explained operation or a dry run.
type upstreamExtension struct {
	Calls        *int
	Deduplicated *int
	Cached       *int
	DurationMs   *float64
	Plan         []struct {
		Op            string
		Count         int
		Ms, StartedAt *float64
	}
	DryRun    bool
	Costliest string

	Minimum, Typical, Maximum *int
}

// explain sends a query with X-Explain and returns extensions.upstream and the response.
func explain(t *testing.T, server *gatewaytest.Server, mode, query string, variables map[string]any) (*upstreamExtension, gatewaytest.Response) {
	t.Helper()
	request := server.NewRequest(t, gatewaytest.Token(), query, variables)
	request.Header.Set("X-Explain", mode)
	response := server.Do(t, request)
	return decode[struct {
		Extensions struct{ Upstream *upstreamExtension }
	}](t, response.Body).Extensions.Upstream, response
}

// planOf returns the number of calls by route.
func planOf(said *upstreamExtension) map[string]int {
	plan := map[string]int{}
	for _, route := range said.Plan {
		plan[route.Op] = route.Count
	}
	return plan
}

func TestExplain(t *testing.T) {
	t.Parallel()
	const list, messages, categories = "GET /conversations", "GET /conversations/{conversationId}/messages", "GET /conversation-categories"
	const single = "GET /conversations/{conversationId}"
	type want struct {
		Calls, Deduplicated, Cached int
		Plan                        map[string]int
	}
	tests := map[string]struct {
		query string
		first want // before the categories are cached
		again want
	}{
		"a page with messages": {
			query: `{ conversations(first: 3) { nodes { messages { totalCount } } } }`,
			first: want{4, 0, 0, map[string]int{list: 1, messages: 3}},
			again: want{4, 0, 0, map[string]int{list: 1, messages: 3}},
		},
		"one page twice": {
			query: `{ conversations(first: 3) { totalCount } other: conversations(first: 3) { nodes { id } } }`,
			first: want{1, 1, 0, map[string]int{list: 1}},
			again: want{1, 1, 0, map[string]int{list: 1}},
		},
		"aliases of one object": {
			query: `{ a: conversation(id: "` + shortID + `") { ...F } b: conversation(id: "` + strings.ToUpper(shortID) + `") { ...F }
				c: conversation(id: "` + otherID + `") { id } } fragment F on Conversation { messages { totalCount } }`,
			first: want{3, 2, 0, map[string]int{single: 2, messages: 1}},
			again: want{3, 2, 0, map[string]int{single: 2, messages: 1}},
		},
		"categories": {
			query: `{ conversationCategories { name } more: conversationCategories { id } }`,
			first: want{1, 1, 0, map[string]int{categories: 1}},
			again: want{0, 1, 1, map[string]int{}},
		},
		"no calls": {
			query: `{ __typename }`,
			first: want{0, 0, 0, map[string]int{}},
			again: want{0, 0, 0, map[string]int{}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, executor := range []bool{false, true} {
				server, upstream := start(t, gateway.Config{NoRenderer: executor})
				for _, wanted := range []want{test.first, test.again} {
					said, response := explain(t, server, "true", test.query, nil)
					if said == nil {
						t.Fatalf("no extensions.upstream: %s", response.Body)
					}
					diff(t, "explained", wanted, want{*said.Calls, *said.Deduplicated, *said.Cached, planOf(said)})
					diff(t, "calls", wanted.Calls, len(upstream.TakeCalls()))
				}
			}
		})
	}
}

var explainedRoute = regexp.MustCompile(`^GET (/([a-z-]+|\{[a-zA-Z]+\}))+$`)

// The plan has times relative to the operation, and routes without arguments.
func TestExplain_TimesAndRoutes(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	said, response := explain(t, server, "true", `query($id: ID!) { conversation(id: $id) { members { user { id } } messages { totalCount } } viewer { id } }`,
		map[string]any{"id": shortID})
	wantErrors(t, response)
	diff(t, "routes", 4, len(said.Plan))
	last := 0.0
	for _, route := range said.Plan {
		if !explainedRoute.MatchString(route.Op) {
			t.Errorf("%q is not a route", route.Op)
		}
		if *route.StartedAt < last || *route.StartedAt+*route.Ms > *said.DurationMs+0.2 {
			t.Errorf("%s: started at %v, took %v of %v ms, previous start %v", route.Op, *route.StartedAt, *route.Ms, *said.DurationMs, last)
		}
		last = *route.StartedAt
	}
	_, explained, _ := strings.Cut(string(response.Body), `"extensions":`)
	for _, secret := range []string{shortID, "http", "127.0.0.1", gatewaytest.Token(), "v2"} {
		if strings.Contains(explained, secret) {
			t.Errorf("%s is in the plan: %s", secret, explained)
		}
	}
}

// Failed calls count.
func TestExplain_FailedCalls(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Replace("GET /v2/conversations/"+shortID+"/messages", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	said, response := explain(t, server, "true", `{ conversation(id: "`+shortID+`") { id messages { totalCount } } }`, nil)
	wantErrors(t, response, "conversation.messages: FORBIDDEN")
	diff(t, "calls", 2, *said.Calls)
	diff(t, "plan", map[string]int{"GET /conversations/{conversationId}": 1, "GET /conversations/{conversationId}/messages": 1}, planOf(said))
}

func TestExplain_Off(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	for _, mode := range []string{"", "false"} {
		said, response := explain(t, server, mode, `{ viewer { id } }`, nil)
		if said != nil || strings.Contains(string(response.Body), "extensions") {
			t.Errorf("X-Explain: %s: %s", mode, response.Body)
		}
	}
}

func TestExplain_InvalidMode(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for _, mode := range []string{"yes", "TRUE", "dry run", "true, true"} {
		_, response := explain(t, server, mode, `{ viewer { id } }`, nil)
		wantRejected(t, response, http.StatusBadRequest, "BAD_USER_INPUT")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	tests := map[string]struct {
		query                     string
		variables                 map[string]any
		minimum, typical, maximum int
	}{
		"a page":             {`{ conversations { totalCount } }`, nil, 1, 1, 2},
		"with messages":      {`query($n: Int) { conversations(first: $n) { nodes { messages { totalCount } } } }`, map[string]any{"n": 50}, 1, 51, 52},
		"before a cursor":    {`{ conversations(before: "x") { totalCount } }`, nil, 0, 1, 2},
		"before no cursor":   {`{ conversations(before: null) { totalCount } }`, nil, 1, 1, 2},
		"one":                {`{ conversation(id: "` + shortID + `") { messages { totalCount } } }`, nil, 1, 2, 2},
		"one by two aliases": {`query($id: ID!) { a: conversation(id: $id) { id } b: conversation(id: "` + strings.ToUpper(shortID) + `") { id } }`, map[string]any{"id": shortID}, 1, 2, 2},
		"two":                {`{ a: conversation(id: "` + shortID + `") { id } b: conversation(id: "` + otherID + `") { id } }`, nil, 2, 2, 2},
		"one of the page":    {`{ conversation(id: "` + shortID + `") { id } conversations { totalCount } }`, nil, 1, 2, 3},
		"categories":         {`{ conversationCategories { id } node(id: "` + shortID + `") { ... on Conversation { id } } }`, nil, 0, 2, 3},
		"not included":       {`query($no: Boolean!) { viewer @include(if: $no) { id } }`, map[string]any{"no": false}, 0, 0, 0},
		"nothing":            {`{ __typename }`, nil, 0, 0, 0},
		"viewer in a spread": {`{ ...F viewer { id } } fragment F on Query { viewer { name } }`, nil, 1, 1, 1},
	}
	for name, test := range tests {
		said, response := explain(t, server, "dry-run", test.query, test.variables)
		wantErrors(t, response)
		if said == nil || !said.DryRun {
			t.Fatalf("%s: not a dry run: %s", name, response.Body)
		}
		diff(t, name+": minimum, typical, maximum", [3]int{test.minimum, test.typical, test.maximum}, [3]int{*said.Minimum, *said.Typical, *said.Maximum})
		if !strings.HasPrefix(string(response.Body), `{"data":null,`) {
			t.Errorf("%s: the response has data: %s", name, response.Body)
		}
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// expensiveQuery needs 1206 calls for six lists with the histories and members of their conversations.
func expensiveQuery() string {
	return "{" + numbered("l%[1]d: conversations(first: 100, filter: {search: \"%[1]d\"}) { nodes { messages { totalCount } members { user { id } } } } ", 6) + "}"
}

// A dry run rejects invalid and expensive documents like a normal request.
func TestDryRun_Rejected(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	_, response := explain(t, server, "dry-run", `{ nope }`, nil)
	diff(t, "code", "GRAPHQL_VALIDATION_FAILED", checkErrors(t, response)[0].code())
	_, response = explain(t, server, "dry-run", expensiveQuery(), nil)
	diff(t, "code", "COMPLEXITY_LIMIT_EXCEEDED", checkErrors(t, response)[0].code())
}

// Random operations make as many calls as their dry run predicts, for every caller and all variables, apart from those that
// extensions.paging reports: some cursors are of another caller's list.
func TestDryRun_PredictsCalls(t *testing.T) {
	t.Parallel()
	lab := newLaboratory(t)
	compared, exact, cases := 0, 0, 300
	if testing.Short() {
		cases = 60
	}
	for seed := range uint64(cases) {
		query := lab.generator.Case(seed)
		for round, token := range tokens() {
			body, err := json.Marshal(map[string]any{
				"query": query.Query, "variables": query.Variables(uint64(round)), "operationName": query.Operation(uint64(round)),
			})
			if err != nil {
				t.Fatal(err)
			}
			minimum, maximum, ok := lab.dryRun(t, token, body)
			if !ok {
				continue
			}
			response, calls := lab.ask(t, lab.plain.renderer, token, body)
			if len(calls) > maximum+searchCalls(t, response) || len(calls) < minimum && !hasArgumentError(t, response) {
				t.Errorf("seed %d, round %d: %d calls, not %d to %d\n%s\n%s", seed, round, len(calls), minimum, maximum, body, strings.Join(calls, "\n"))
			}
			compared++
			if minimum > 0 {
				exact++
			}
		}
	}
	if compared < cases*5/2 || exact < compared/2 {
		t.Errorf("%d operations were compared, %d of them with a minimum", compared, exact)
	}
}

// searchCalls returns the number of calls for pages whose list has changed, without the first for each.
func searchCalls(t *testing.T, response gatewaytest.Response) (calls int) {
	t.Helper()
	extensions := decode[struct {
		Extensions struct{ Paging []struct{ Calls int } }
	}](t, response.Body).Extensions
	for _, paging := range extensions.Paging {
		calls += paging.Calls - 1
	}
	return calls
}

func (l *laboratory) dryRun(t *testing.T, token string, body []byte) (minimum, maximum int, ok bool) {
	t.Helper()
	request, err := newPost(l.plain.renderer, token, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Explain", "dry-run")
	response := l.plain.renderer.Do(t, request)
	said := decode[struct {
		Extensions struct{ Upstream *upstreamExtension }
	}](t, response.Body).Extensions.Upstream
	if said == nil {
		return 0, 0, false
	}
	return *said.Minimum, *said.Maximum, true
}

// hasArgumentError reports whether a root field was not executed because of its arguments.
func hasArgumentError(t *testing.T, response gatewaytest.Response) bool {
	t.Helper()
	for _, err := range decode[struct{ Errors []responseError }](t, response.Body).Errors {
		// The path of an invalid number ends in the argument, one step below the field.
		if len(err.Path) <= 2 && err.code() == "BAD_USER_INPUT" {
			return true
		}
	}
	return false
}

// The README's example makes 51 calls, which is within its estimate.
func TestExplain_Example(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	estimated, _ := explain(t, server, "dry-run", inboxQuery, nil)
	said, _ := explain(t, server, "true", inboxQuery, nil)
	if *said.Calls < *estimated.Minimum || *said.Calls > *estimated.Maximum || *said.Calls != 51 {
		t.Errorf("%d calls, estimated %d to %d", *said.Calls, *estimated.Minimum, *estimated.Maximum)
	}
}
