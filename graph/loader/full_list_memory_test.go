package loader

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"mstudio-graphql/rest"
)

// archive is an upstream with many conversations of realistic size.
type archive struct{ rows int }

func (a archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
	var rows []any
	for i := skip; i < min(skip+rest.DefaultLimit, a.rows); i++ {
		rows = append(rows, archived(i))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Pagination-Totalcount", strconv.Itoa(a.rows))
	_ = json.NewEncoder(w).Encode(rows)
}

func archived(i int) map[string]any {
	user := func(n int, employee bool) map[string]any {
		return map[string]any{"userId": rowID(n), "clearName": fmt.Sprintf("Vorname %d Nachname", n), "active": true, "isEmployee": employee, "avatarRefId": rowID(n + 7)}
	}
	return map[string]any{
		"conversationId": rowID(i), "shortId": fmt.Sprintf("c-%06d", i), "title": fmt.Sprintf("Die Webseite Nummer %d ist seit heute früh nicht mehr erreichbar", i),
		"createdAt": "2026-05-04T08:15:30.125Z", "status": "closed", "visibility": "shared",
		"createdBy": user(i%97, false), "mainUser": user(i%89, false),
		"lastMessage":   map[string]any{"createdAt": "2026-06-01T10:00:00.000Z", "createdBy": user(i%13, true)},
		"lastMessageAt": "2026-06-01T10:00:00.000Z", "lastMessageBy": user(i%13, true),
		"category":          map[string]any{"categoryId": rowID(i % 9), "name": "webhosting", "referenceType": []string{"project", "server"}},
		"relatedTo":         map[string]any{"id": rowID(i % 300), "domain": "project", "aggregate": "project"},
		"sharedWith":        map[string]any{"id": rowID(i % 40), "domain": "customer", "aggregate": "customer"},
		"notificationRoles": []string{"customer_owner", "project_owner"},
	}
}

// docs/filters.md documents the memory per row of a full list. No other test runs meanwhile, because parallel tests wait
// for those that are not parallel.
func TestFullList_MemoryPerRow(t *testing.T) { //nolint:paralleltest // it measures the whole process
	const rows, maxPerRow = 10_000, 3_000 // maxPerRow is in bytes
	up := newUpstream(t, archive{rows})
	loaders := up.loaders(t, "me")
	before := heap()
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Conversations) != rows || list.Calls != 100 {
		t.Errorf("%d rows with %d calls", len(list.Conversations), list.Calls)
	}
	list.About("") // builds the index
	each := (heap() - before) / rows
	t.Logf("%d bytes for each of %d rows", each, rows)
	if each > maxPerRow {
		t.Errorf("%d bytes for each row, want at most %d", each, maxPerRow)
	}
	runtime.KeepAlive(loaders)
}

func heap() int64 {
	runtime.GC()
	runtime.GC() // the second run empties pools
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// BenchmarkFullList reads 10,000 conversations. The server costs more than the loader; -cpuprofile distinguishes them.
func BenchmarkFullList(b *testing.B) {
	up := newUpstream(b, archive{10_000})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := up.loaders(b, "me").FullList(b.Context(), rest.ConversationList{}); err != nil {
			b.Fatal(err)
		}
	}
}
