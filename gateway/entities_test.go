package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// manyProjects adds projects to an upstream. All can be fetched by ID, and the list contains only the first ones.
func manyProjects(listed int) func(next http.Handler) http.Handler {
	document := func(id string) string { return fmt.Sprintf(`{"id":%q,"description":"about %s"}`, id, id[30:]) }
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, single := strings.CutPrefix(r.URL.Path, "/v2/projects/")
			rows := make([]string, listed)
			for i := range rows {
				rows[i] = document(projectID(i))
			}
			switch {
			case single:
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprint(w, document(id))
			case r.URL.Path == "/v2/projects":
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, "[%s]", strings.Join(rows, ","))
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

func projectID(i int) string { return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", i) }

// For 50 projects of a router, the gateway makes one call if the list contains them, and at most the list and one call
// for each.
func TestBatchOfReferences(t *testing.T) {
	t.Parallel()
	const query = `query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Project { id shortId description } } }`
	for name, test := range map[string]struct {
		listed, threshold int
		calls             int
	}{
		"listed":              {50, 0, 1},
		"half of them listed": {25, 0, 26},
		"not listed":          {50, -1, 50},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
			upstream.Intercept(manyProjects(test.listed))
			for _, renderer := range []bool{true, false} {
				server := gatewaytest.NewServer(t, upstream, gateway.Config{Subgraph: true, BulkThreshold: test.threshold, NoRenderer: !renderer})
				server.URL = server.Base + "/subgraph"
				// Each appears twice, as in two rows that a router has joined.
				response := server.Query(t, gatewaytest.Token(), query, representations(100, "Project", func(i int) string { return projectID(i / 2) }))
				got := decode[struct {
					Errors []responseError
					Data   struct {
						Entities []struct{ ID, Description string } `json:"_entities"`
					}
				}](t, response.Body)
				if len(got.Errors) > 0 || len(got.Data.Entities) != 100 {
					t.Fatalf("%.1000s", response.Body)
				}
				for i, entity := range got.Data.Entities {
					if id := projectID(i / 2); entity.ID != id || entity.Description != "about "+id[30:] {
						t.Errorf("%d: %+v", i, entity)
					}
				}
				if calls := upstream.TakeCalls(); len(calls) != test.calls {
					t.Errorf("renderer %t: want %d calls, got %d:\n%s", renderer, test.calls, len(calls), strings.Join(calls, "\n"))
				}
			}
		})
	}
}

// An unreadable row of a list is not reported if the list only saves calls: the missing object is fetched by ID.
func TestBatchFromAListWithUnreadableRows(t *testing.T) {
	t.Parallel()
	const query = `query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Project { description } } }`
	for _, renderer := range []bool{true, false} {
		upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
		upstream.Replace("GET /v2/projects?limit=1000", rowsOf(append(projectRows(6), `null`, `{"description":"no id"}`)))
		server := gatewaytest.NewServer(t, upstream, gateway.Config{Subgraph: true, NoRenderer: !renderer})
		server.URL = server.Base + "/subgraph"
		wantErrors(t, server.Query(t, gatewaytest.Token(), query, representations(6, "Project", projectID)))
		diff(t, "calls", []string{"GET /v2/projects?limit=1000"}, upstream.TakeCalls())
	}
}

// projectRows returns rows of mStudio's list of projects.
func projectRows(count int) []string {
	rows := make([]string, count)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":%q,"customerId":%q}`, projectID(i), unknownID)
	}
	return rows
}

func rowsOf(rows []string) http.Handler {
	return jsonResponse("[" + strings.Join(rows, ",") + "]")
}

// If mStudio returns its maximum number of rows, the total is unknown.
func TestTotalOfAListThatMayBeCutOff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows       []string
		unreadable bool
		total      string
	}{
		"one row less":    {projectRows(999), false, "999"},
		"as many":         {projectRows(1000), false, "null"},
		"one unreadable":  {append(projectRows(999), `null`), true, "null"},
		"one without id":  {append(projectRows(999), `{}`), true, "null"},
		"one sent twice":  {append(projectRows(999), projectRows(1)...), false, "null"},
		"less, with null": {append(projectRows(998), `null`), true, "998"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, renderer := range []bool{true, false} {
				server, upstream := start(t, gateway.Config{NoRenderer: !renderer})
				upstream.Replace("GET /v2/projects?limit=1000", rowsOf(test.rows))
				upstream.Replace("GET /v2/customers?limit=1000", rowsOf([]string{`{"customerId":"` + unknownID + `"}`}))
				response := ask(t, server, `{ projects(last: 1) { totalCount } customers { nodes { projects(last: 1) { totalCount } } } }`)
				wantData(t, response, fmt.Sprintf(`{"projects": {"totalCount": %[1]s}, "customers": {"nodes": [{"projects": {"totalCount": %[1]s}}]}}`, test.total))
				var errs []string
				if test.unreadable {
					errs = []string{"customers.nodes.0.projects: UPSTREAM_BAD_RESPONSE", "projects: UPSTREAM_BAD_RESPONSE"}
				}
				wantErrors(t, response, errs...)
				diff(t, "calls", []string{"GET /v2/customers?limit=1000", "GET /v2/projects?limit=1000"}, upstream.TakeCalls())
			}
		})
	}
}

// Two results that are resolved at once refer to the same projects, one of them to more than BulkThreshold. The calls
// must not depend on timing.
func TestReferencesOfTwoResults(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	const fields = `{ nodes { relatedTo { ... on Project { description } } } }`
	query := `{ many: conversations(first: 40) ` + fields + ` few: conversations(first: 5) ` + fields + ` again: conversations(first: 5) ` + fields + ` }`
	seen := map[string]int{}
	for i := range 20 {
		server := gatewaytest.NewServer(t, upstream, gateway.Config{NoRenderer: i%2 == 1})
		if response := server.Query(t, gatewaytest.Token(), query, nil); response.Status != http.StatusOK {
			t.Fatalf("%s", response.Body)
		}
		seen[strings.Join(upstream.TakeCalls(), "\n")]++
	}
	if len(seen) != 1 {
		t.Errorf("one query made different calls:\n%s", strings.Join(slices.Collect(maps.Keys(seen)), "\n\n"))
	}
}

// Secrets in referenced objects must not appear in any response.
func TestReferencesLeaveSecretsOut(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	var sent atomic.Int64
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if strings.HasPrefix(r.URL.Path, "/v2/app-installations/") {
				sent.Add(1)
			}
		})
	})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{MaxCalls: 1000})
	schema := decode[struct {
		Data map[string]struct {
			Fields []struct{ Name, TypeKind string }
		}
	}](t, server.Query(t, gatewaytest.Token(), `{
		app: __type(name: "AppInstallation") { fields { name } } container: __type(name: "Container") { fields { name } }
	}`, nil).Body)
	var selections []string
	for kind, typename := range map[string]string{"app": "AppInstallation", "container": "Container"} {
		var names []string
		for _, field := range schema.Data[kind].Fields {
			if field.Name != "project" {
				names = append(names, field.Name)
			}
		}
		aliased := make([]string, len(names))
		for i, name := range names {
			aliased[i] = kind + strconv.Itoa(i) + ": " + name
		}
		selections = append(selections, "... on "+typename+" { "+strings.Join(aliased, " ")+" }")
	}
	response := server.Query(t, gatewaytest.Token(), `{ conversations(first: 100) { nodes { relatedTo { `+strings.Join(selections, " ")+` } } } }`, nil)
	if !json.Valid(response.Body) || strings.Contains(string(response.Body), "canary") || sent.Load() == 0 {
		t.Errorf("%d app installations, response %.2000s", sent.Load(), response.Body)
	}
}

// References of an object are fetched as soon as it is known: the project of an app is fetched before a slow customer
// has arrived.
func TestChainsDoNotWaitForOneAnother(t *testing.T) {
	t.Parallel()
	server, upstream := newSubgraph(t)
	asked := make(chan struct{})
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/v2/projects/"):
				close(asked)
			case strings.HasPrefix(r.URL.Path, "/v2/customers/"):
				select {
				case <-asked:
				case <-r.Context().Done():
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	response := ask(t, server, `{ _entities(representations: [
		{__typename: "Customer", id: "6bf6b084-c8ef-5bb4-a644-37d2fb678280"},
		{__typename: "AppInstallation", id: "66617ea4-009e-5597-a4f3-ef3a32d3de51"}
	]) { ... on Customer { name } ... on AppInstallation { project { description } } } }`)
	wantErrors(t, response)
	wantData(t, response, `{"_entities":[{"name":"Nordlicht Digital GmbH"},{"project":{"description":"teekontor.example"}}]}`)
}
