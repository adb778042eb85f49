package watcher

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"runtime"
	"testing"
	"time"
)

// page answers each call with the same rows.
func page(rows int) http.Handler {
	list := []any{}
	for i, c := range quietInbox(rows) {
		row := c.json()
		author := map[string]any{"userId": uuidOf(i % 7), "clearName": "A name of a usual length", "isEmployee": i%2 == 0}
		row["createdBy"], row["mainUser"] = author, author
		row["lastMessage"] = map[string]any{"createdAt": c.At.Format(time.RFC3339Nano), "createdBy": author}
		row["category"] = map[string]any{"categoryId": uuidOf(i % 5), "name": "Category", "referenceType": []string{"project"}}
		row["relatedTo"] = map[string]any{"id": uuidOf(i), "domain": "project", "aggregate": "project"}
		row["notificationRoles"] = []string{"project_owner", "project_emailadmin"}
		list = append(list, row)
	}
	var body bytes.Buffer
	_ = json.NewEncoder(&body).Encode(list)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Pagination-TotalCount", "100")
		_, _ = w.Write(body.Bytes())
	})
}

// 10,000 callers with a subscription and 100 rows each take at most 70 MB, besides what is known of their rate limits.
func TestMemory(t *testing.T) { //nolint:paralleltest // it measures the heap
	const callers = 2000
	client := newClient(t, page(100))
	h := newHub(t, Config{Interval: time.Hour})
	sub := subscription(client, Target{})
	before := 0
	for i := range callers + 50 { // the first ones fill pools and caches
		if i == 50 {
			client.Close() // its idle connections are not for each caller, and more of them on a busy machine
			before = heap()
		}
		sub.Caller.Key = uuidOf(i)
		s, err := h.Subscribe(t.Context(), sub)
		if err != nil {
			t.Fatal(err)
		}
		s.Take()
	}
	client.Close()
	each := (heap() - before) / callers
	t.Logf("%d bytes for each caller", each)
	if each > 7000 {
		t.Errorf("%d bytes for each caller", each)
	}
}

// heap returns the bytes in use. Those of other goroutines that have just ended come and go.
func heap() int {
	least := math.MaxInt
	for range 5 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		least = min(least, int(stats.HeapAlloc))
		<-time.After(5 * time.Millisecond)
	}
	return least
}

// BenchmarkPoll includes the upstream.
func BenchmarkPoll(b *testing.B) {
	client := newClient(b, page(100))
	h := newHub(b, Config{Interval: time.Hour})
	s, err := h.Subscribe(b.Context(), subscription(client, Target{}))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	w := h.watcherWith("caller")
	b.ReportAllocs()
	for b.Loop() {
		w.mu.Lock()
		w.due = time.Time{}
		w.mu.Unlock()
		w.fire()
	}
}
