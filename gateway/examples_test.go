package gateway_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"mstudio-graphql/examples"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// callsOfExamples returns the number of calls of each operation in examples/, as documented in the README.
func callsOfExamples() map[string]int {
	return map[string]int{
		// Customers, projects and two pages of open conversations, concurrently, then the lists of four types of objects.
		"agency_dashboard": 8,
		"answer":           4,
		// Without files. Each file needs three more calls: to upload it, and to link to it.
		"answer_with_attachment": 2,
		"close_tickets":          4,
		// One page of 92 conversations, with members and messages of each.
		"export_for_review": 185,
		// The list, 20 lists of messages, and the references: the list of projects, one that is missing in it, four
		// customers.
		"inbox":       27,
		"open_ticket": 3,
		// Conversation, members and messages concurrently, then the project and access to two files.
		"ticket": 6,
		// Both pages of open conversations, because mStudio can filter only by this condition.
		"waiting_for_me": 2,
	}
}

// TestExamples runs every operation of examples/ as the agency and counts its calls. They must be at least half and at
// most twice the typical number of the estimate.
func TestExamples(t *testing.T) {
	t.Parallel()
	all, err := examples.All()
	if err != nil || len(all) != len(callsOfExamples()) {
		t.Fatalf("want %d examples, got %v, %v", len(callsOfExamples()), all, err)
	}
	for _, example := range all {
		t.Run(example.Name, func(t *testing.T) {
			t.Parallel()
			runExample(t, example, callsOfExamples()[example.Name])
		})
	}
}

func runExample(t *testing.T, example examples.Example, want int) {
	t.Helper()
	variables := map[string]any{}
	if example.Variables != "" {
		if err := json.Unmarshal([]byte(example.Variables), &variables); err != nil {
			t.Fatal(err)
		}
	}
	server, upstream := start(t, gateway.Config{})
	estimated, _ := explain(t, server, "dry-run", example.Query, variables)
	if *estimated.Typical > 2*want || *estimated.Typical*2 < want {
		t.Errorf("%d calls, but typically %d", want, *estimated.Typical)
	}
	wantErrors(t, server.Query(t, gatewaytest.Token(), example.Query, variables))
	if calls := upstream.TakeCalls(); len(calls) != want {
		t.Errorf("want %d calls, got %d:\n%s", want, len(calls), strings.Join(calls, "\n"))
	}
}

// The ticket shows the newest part of a long history and can page back, and the export has all of it.
func TestExamples_LongHistory(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	type page struct {
		TotalCount int
		PageInfo   struct {
			StartCursor     string
			HasPreviousPage bool
		}
		Nodes []struct{ ContentHTML string }
	}
	ticket, err := os.ReadFile("../examples/ticket.graphql")
	if err != nil {
		t.Fatal(err)
	}
	upstream.Replace("GET /v2/conversations/"+shortID+"/messages", history(150))
	read := func(variables map[string]any) page {
		response := server.Query(t, gatewaytest.Token(), string(ticket), variables)
		wantErrors(t, response)
		return decode[struct {
			Data struct{ Conversation struct{ Messages page } }
		}](t, response.Body).Data.Conversation.Messages
	}
	newest := read(map[string]any{"id": shortID})
	if len(newest.Nodes) != 100 || newest.Nodes[99].ContentHTML != "<p>149</p>" || !newest.PageInfo.HasPreviousPage {
		t.Errorf("want the newest 100 of 150, got %d of %d", len(newest.Nodes), newest.TotalCount)
	}
	older := read(map[string]any{"id": shortID, "before": newest.PageInfo.StartCursor})
	if len(older.Nodes) != 50 || older.Nodes[0].ContentHTML != "<p>0</p>" || older.PageInfo.HasPreviousPage {
		t.Errorf("want the oldest 50, got %d", len(older.Nodes))
	}
	export, err := os.ReadFile("../examples/export_for_review.graphql")
	if err != nil {
		t.Fatal(err)
	}
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/messages") {
				history(150).ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	response := server.Query(t, gatewaytest.Token(), string(export), map[string]any{"search": "domain", "first": 1})
	wantErrors(t, response)
	if !strings.Contains(string(response.Body), `"totalCount":150`) || strings.Count(string(response.Body), `"content"`) != 150 {
		t.Errorf("want all 150 items: %.300s", response.Body)
	}
}
