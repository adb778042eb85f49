package sandbox_test

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"mstudio-graphql/sandbox"
)

func TestPaging(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	all := a.ids(agency, "?limit=1000")
	tests := []struct {
		query                   string
		from, to                int // indexes in the whole list
		limit, skip, pageNumber string
	}{
		{"", 0, 100, "100", "0", "1"},
		{"?limit=20", 0, 20, "20", "0", "1"},
		{"?limit=20&page=0", 0, 20, "20", "0", "1"},
		{"?limit=20&page=1", 0, 20, "20", "0", "1"},
		{"?limit=20&page=3", 40, 60, "20", "40", "3"},
		{"?limit=20&skip=40", 40, 60, "20", "40", "3"},
		{"?limit=20&skip=0&page=3", 0, 20, "20", "0", "1"},
		{"?limit=20&skip=490", 490, 500, "20", "490", "25"},
		{"?limit=20&page=27", 500, 500, "20", "520", "27"},
		{"?limit=0", 0, 0, "0", "0", "1"},
		{"?limit=0&page=3", 0, 0, "0", "0", "1"},
		{"?page=9223372036854775807", 500, 500, "100", "9223372036854775807", "92233720368547759"},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			t.Parallel()
			r := a.get(agency, "/v2/conversations"+tt.query)
			got := pluck(decode[[]object](t, r), "conversationId")
			if diff := gocmp.Diff(all[tt.from:tt.to], got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			header := []string{
				r.header.Get("X-Pagination-Limit"), r.header.Get("X-Pagination-Skip"),
				r.header.Get("X-Pagination-Page"), r.header.Get("X-Pagination-TotalCount"),
			}
			if diff := gocmp.Diff([]string{tt.limit, tt.skip, tt.pageNumber, "500"}, header); diff != "" {
				t.Errorf("limit, skip, page, total (-want +got):\n%s", diff)
			}
		})
	}
}

// lastMessageAt returns "" for conversations without messages, so that they sort as oldest.
func lastMessageAt(row object) string {
	if last, ok := row["lastMessage"].(object); ok {
		return last["createdAt"].(string)
	}
	at, _ := row["lastMessageAt"].(string)
	return at
}

func field(name string) func(object) string {
	return func(row object) string { return row[name].(string) }
}

func TestSort(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	up, down := 1, -1
	type key struct {
		of        func(object) string
		direction int
	}
	tests := []struct {
		query string
		keys  []key
	}{
		{"", []key{{lastMessageAt, down}}},
		{"&order=asc", []key{{lastMessageAt, up}}},
		{"&sort=lastMessage.createdAt", []key{{lastMessageAt, down}}},
		{"&sort=title&order=asc", []key{{field("title"), up}}},
		{"&sort=shortId&order=desc", []key{{field("shortId"), down}}},
		{"&sort=conversationId&order=asc&order=asc", []key{{field("conversationId"), up}}},
		{"&sort=title&sort=shortId&order=desc&order=asc", []key{{field("title"), down}, {field("shortId"), up}}},
		{"&sort=title&sort=conversationId&order=asc", []key{{field("title"), up}, {field("conversationId"), down}}},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			t.Parallel()
			rows := a.list(agency, "/v2/conversations?limit=500"+tt.query)
			sorted := slices.IsSortedFunc(rows, func(x, y object) int {
				for _, k := range tt.keys {
					if order := k.direction * cmp.Compare(k.of(x), k.of(y)); order != 0 {
						return order
					}
				}
				return 0
			})
			if len(rows) != 500 || !sorted {
				t.Errorf("%d rows, sorted: %v", len(rows), sorted)
			}
		})
	}
}

// TestSortByCreation skips the conversation whose time has an offset, because the test compares times as text.
func TestSortByCreation(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	rows := a.list(agency, "/v2/conversations?limit=500&sort=createdAt&order=asc")
	rows = slices.DeleteFunc(rows, func(r object) bool { return r["conversationId"] == sandbox.FutureConversationID })
	if dates := pluck(rows, "createdAt"); !slices.IsSorted(dates) {
		t.Error("not sorted by creation")
	}
}

func TestConversationsWithoutMessagesAreOldest(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	rows := a.list(agency, "/v2/conversations?limit=500")
	if lastMessageAt(rows[0]) == "" || lastMessageAt(rows[499]) != "" {
		t.Errorf("first %q, last %q", lastMessageAt(rows[0]), lastMessageAt(rows[499]))
	}
}

func TestStatusFilter(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	closed := a.list(agency, "/v2/conversations?limit=500&status=closed")
	open := a.list(agency, "/v2/conversations?limit=500&status=open")
	both := a.ids(agency, "?limit=500&status=open&status=closed")
	if len(closed) == 0 || len(open) == 0 || len(open)+len(closed) != 500 || len(both) != 500 {
		t.Fatalf("%d open, %d closed, %d both", len(open), len(closed), len(both))
	}
	for _, row := range closed {
		if row["status"] != "closed" {
			t.Errorf("status %v among the closed", row["status"])
		}
	}
	statuses := pluck(open, "status")
	slices.Sort(statuses)
	want := []string{"answered", "escalated", "inProgress", "open", "waiting"}
	if diff := gocmp.Diff(want, slices.Compact(statuses)); diff != "" {
		t.Errorf("statuses among the open (-want +got):\n%s", diff)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	texts := make(map[string][]string) // by conversation: title and messages in lower case
	for _, row := range a.list(bakery, "/v2/conversations") {
		id := row["conversationId"].(string)
		texts[id] = []string{strings.ToLower(row["title"].(string))}
		for _, m := range a.list(bakery, "/v2/conversations/"+id+"/messages") {
			if content, ok := m["messageContent"].(string); ok && m["type"] == "MESSAGE" {
				texts[id] = append(texts[id], strings.ToLower(strings.ReplaceAll(content, "\n", " ")))
			}
		}
	}
	tests := []struct {
		query string
		terms []string
		some  bool // whether the search finds some conversations but not all
	}{
		{"", nil, false},
		{"DOMAIN", []string{"domain"}, true},
		{"für", []string{"für"}, false},
		{"FÜR umzug", []string{"für", "umzug"}, true},
		{`"viele grüße"`, []string{"viele grüße"}, true},
		{`"grüße viele"`, []string{"grüße viele"}, false},
		{`umzug "vielen dank`, []string{"umzug", "vielen dank"}, false},
		{`  ""  `, nil, false},
		{"gibtesnicht", []string{"gibtesnicht"}, false},
		{"STATUS_CLOSED", []string{"status_closed"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			t.Parallel()
			var want []string
			for id, parts := range texts {
				hit := true
				for _, term := range tt.terms {
					hit = hit && slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(p, term) })
				}
				if hit {
					want = append(want, id)
				}
			}
			got := a.ids(bakery, "?fullTextSearch="+url.QueryEscape(tt.query))
			slices.Sort(want)
			slices.Sort(got)
			if diff := gocmp.Diff(want, got, gocmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if tt.some && (len(got) == 0 || len(got) == len(texts)) {
				t.Errorf("found %d of %d, want some but not all", len(got), len(texts))
			}
		})
	}
}

func TestInvalidQueries(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	tests := map[string][]string{ // path and type of every validation error, by query
		"?limit=x":                         {".limit type"},
		"?limit=":                          {".limit type"},
		"?limit=1.5":                       {".limit type"},
		"?limit=-1":                        {".limit minimum"},
		"?limit=1&limit=2":                 {".limit type"},
		"?skip=-1":                         {".skip minimum"},
		"?skip=abc":                        {".skip type"},
		"?page=-1":                         {".page minimum"},
		"?page=99999999999999999999":       {".page type"},
		"?status=answered":                 {".status[0] enum"},
		"?status=open&status=Closed":       {".status[1] enum"},
		"?sort=priority":                   {".sort[0] enum"},
		"?sort=title&order=up":             {".order[0] enum"},
		"?limit=x&page=-2&status=&order=z": {".limit type", ".page minimum", ".status[0] enum", ".order[0] enum"},
	}
	for query, want := range tests {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			r := a.get(agency, "/v2/conversations"+query)
			var body struct {
				Type             string
				Message          string
				ValidationErrors []struct {
					Message, Path, Type string
					Context             map[string]string
				}
			}
			if err := json.Unmarshal([]byte(r.body), &body); err != nil {
				t.Fatal(err)
			}
			if r.status != 400 || body.Type != "ValidationError" || body.Message != "Validation failed" {
				t.Errorf("%d %s", r.status, r.body)
			}
			var got []string
			for _, e := range body.ValidationErrors {
				got = append(got, e.Path+" "+e.Type)
				if e.Message == "" || len(e.Context) == 0 {
					t.Errorf("validation error without message or context: %+v", e)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("validation errors (-want +got):\n%s", diff)
			}
		})
	}
}
