package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// liveList is an upstream with one list, which can change while it is read.
type liveList struct {
	mu   sync.Mutex
	rows []string
	// total returns the length that is sent; nil sends the true length.
	total func() string
	// before is called before each response, with the number of the call from 1. It may change the rows.
	before func(call, skip int)
	calls  int
}

func newLiveList(rows int) *liveList {
	s := &liveList{before: func(int, int) {}}
	for i := range rows {
		s.rows = append(s.rows, rowID(i))
	}
	return s
}

func rowID(i int) string { return fmt.Sprintf("%08d-6d0e-4b8a-9f53-0a7e2c4d9b11", i) }

func (s *liveList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	s.mu.Lock()
	s.calls++
	s.before(s.calls, skip)
	rows := s.rows[min(skip, len(s.rows)):min(skip+limit, len(s.rows))]
	document := make([]any, len(rows))
	for i, id := range rows {
		document[i] = map[string]string{"conversationId": id}
		if id == "" {
			document[i] = "not a conversation"
		}
	}
	total := strconv.Itoa(len(s.rows))
	if s.total != nil {
		total = s.total()
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if total != "" {
		w.Header().Set("X-Pagination-Totalcount", total)
	}
	_ = json.NewEncoder(w).Encode(document)
}

func scanCall(page int) string {
	query := "/v2/conversations?limit=100&order=asc&order=asc"
	if page > 0 {
		query += "&skip=" + strconv.Itoa(100*page)
	}
	return "me " + query + "&sort=createdAt&sort=conversationId"
}

func scanCalls(pages ...int) []string {
	var calls []string
	for _, page := range pages {
		calls = append(calls, scanCall(page))
	}
	return calls
}

func idsOf(list *FullList) []string {
	var ids []string
	for _, row := range list.Conversations {
		ids = append(ids, row.ID)
	}
	slices.Sort(ids)
	return ids
}

// wantWhole fails the test unless the full list has exactly the rows that the upstream has now.
func wantWhole(t *testing.T, s *liveList, list *FullList, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(s.rows)), idsOf(list)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A list is read to its end in aligned pages, sorted so that rows do not move.
func TestFullList_ReadsEachRowOnce(t *testing.T) {
	t.Parallel()
	for rows, pages := range map[int][]int{0: {0}, 1: {0}, 99: {0}, 100: {0}, 101: {0, 1}, 200: {0, 1}, 1234: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}} {
		t.Run(strconv.Itoa(rows), func(t *testing.T) {
			t.Parallel()
			on := newLiveList(rows)
			up := newUpstream(t, on)
			list, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
			wantWhole(t, on, list, err)
			up.wantCalls(t, scanCalls(pages...)...)
			if list.Calls != len(pages) || list.Moved || list.Unreadable != 0 {
				t.Errorf("got %d calls, moved %t, %d unreadable", list.Calls, list.Moved, list.Unreadable)
			}
		})
	}
}

// All fields share one full list, whatever their order and page.
func TestFullList_IsReadOnce(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, newLiveList(350))
	loaders := up.loaders(t, "me")
	loaders.StartFullList(t.Context(), rest.ConversationList{Limit: 3})
	var asking sync.WaitGroup
	lists := make([]*FullList, 50)
	for i := range lists {
		asking.Go(func() {
			list := rest.ConversationList{Skip: i, Limit: i, Sort: []rest.ConversationSort{{Field: rest.SortTitle, Descending: i%2 == 0}}}
			lists[i], _ = loaders.FullList(t.Context(), list)
		})
	}
	asking.Wait()
	for _, list := range lists {
		if list == nil || list != lists[0] {
			t.Fatal("not all loads returned the same list")
		}
	}
	up.wantCalls(t, scanCalls(0, 1, 2, 3)...)
	if diff := cmp.Diff([]FullListReport{{Rows: 350, Calls: 4}}, loaders.FullLists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}

// After a write, the list is read again.
func TestFullList_IsReadAgainAfterAWrite(t *testing.T) {
	t.Parallel()
	on := newLiveList(1)
	var events []string
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		events = append(events, r.Header.Get("If-Event-Reached"))
		on.ServeHTTP(w, r)
	}))
	loaders := up.loaders(t, "me")
	for i := range 2 {
		for range 2 {
			list, err := loaders.FullList(t.Context(), rest.ConversationList{})
			wantWhole(t, on, list, err)
		}
		on.rows = append(on.rows, rowID(7+i))
		loaders.wrote(idA, "42")
	}
	if diff := cmp.Diff([]string{"", "42"}, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]FullListReport{{Rows: 1, Calls: 1}, {Rows: 2, Calls: 1}}, loaders.FullLists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}

// Lists with different filters are read separately.
func TestFullList_DifferentFilters(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, newLiveList(1))
	loaders := up.loaders(t, "me")
	for _, list := range []rest.ConversationList{{}, {Search: "mail"}, {Statuses: []rest.ConversationStatus{"open"}}, {Search: "mail"}} {
		if _, err := loaders.FullList(t.Context(), list); err != nil {
			t.Error(err)
		}
	}
	const sorted = "limit=100&order=asc&order=asc&sort=createdAt&sort=conversationId"
	up.wantCalls(t, scanCall(0), "me /v2/conversations?fullTextSearch=mail&"+sorted, "me /v2/conversations?"+sorted+"&status=open")
	if lists := loaders.FullLists(); len(lists) != 3 {
		t.Errorf("want 3 lists, got %+v", lists)
	}
}

// If rows enter, leave or move while the list is read, a second pass reads all of them.
func TestFullList_ListChangesOnce(t *testing.T) {
	t.Parallel()
	young, old := "99999999-6d0e-4b8a-9f53-0a7e2c4d9b11", "00000000-0000-4000-8000-000000000000"
	tests := map[string]func(rows []string) []string{
		"one comes in at the end":      func(rows []string) []string { return append(rows, young) },
		"one comes in at the start":    func(rows []string) []string { return slices.Insert(rows, 0, old) },
		"one comes in where one reads": func(rows []string) []string { return slices.Insert(rows, 150, old) },
		"one of the first page leaves": func(rows []string) []string { return slices.Delete(rows, 7, 8) },
		"one of the last page leaves":  func(rows []string) []string { return slices.Delete(rows, 222, 223) },
		"two change places":            func(rows []string) []string { rows[99], rows[100] = rows[100], rows[99]; return rows },
		"more pages come in":           func(rows []string) []string { return append(rows, newLiveList(600).rows[250:]...) },
		"nearly all leave":             func(rows []string) []string { return rows[:30] },
		"all leave":                    func([]string) []string { return nil },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := newLiveList(250)
			on.before = func(call, _ int) {
				if call == 2 {
					on.rows = change(on.rows)
				}
			}
			list, err := newUpstream(t, on).loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
			wantWhole(t, on, list, err)
			if list.Moved {
				t.Error("Moved is true, but the list was stable during the second pass")
			}
			if list.Calls != on.calls {
				t.Errorf("%d calls were made, but %d reported", on.calls, list.Calls)
			}
		})
	}
}

// If the list changes during both passes, the result has the rows of both, each once, and Moved is true.
func TestFullList_ListKeepsChanging(t *testing.T) {
	t.Parallel()
	on := newLiveList(250)
	on.before = func(call, _ int) {
		if call > 1 { // the oldest row leaves, and two enter
			on.rows = append(on.rows[1:], rowID(1000+2*call), rowID(1001+2*call))
		}
	}
	loaders := newUpstream(t, on).loaders(t, "me")
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	ids := idsOf(list)
	if !list.Moved || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("moved %t, rows %v", list.Moved, ids)
	}
	for i := 7; i < 250; i++ {
		if !slices.Contains(ids, rowID(i)) {
			t.Errorf("row %d never left the list, but is missing", i)
		}
	}
	if on.calls != 6 && on.calls != 7 { // the last page may be full at that moment
		t.Errorf("want two passes, got %d calls", on.calls)
	}
	if lists := loaders.FullLists(); len(lists) != 1 || !lists[0].Moved {
		t.Errorf("lists: %+v", lists)
	}
}

// The total may be missing or wrong. The list is nevertheless read to its end, or is an error if rows are missing.
func TestFullList_WrongTotal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rows  int
		total string
		calls []int
		code  rest.Code
	}{
		"not named":               {rows: 250, total: "", calls: []int{0, 1, 2}},
		"not named, full pages":   {rows: 200, total: "", calls: []int{0, 1, 2}},
		"not named, empty":        {rows: 0, total: "", calls: []int{0}},
		"no number":               {rows: 250, total: "many", calls: []int{0, 1, 2}},
		"too small":               {rows: 250, total: "7", calls: []int{0, 1, 2}},
		"a little too large":      {rows: 250, total: "299", calls: []int{0, 1, 2}},
		"pages too large":         {rows: 250, total: "450", calls: []int{0, 1, 2, 3, 4}},
		"more than fits anywhere": {rows: 250, total: "9223372036854775807", calls: []int{0}, code: rest.BudgetExceeded},
		"too large by full pages": {rows: 200, total: "450", calls: []int{0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, code: rest.BadResponse},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := newLiveList(test.rows)
			on.total = func() string { return test.total }
			up := newUpstream(t, on)
			loaders := limited(t, up, rest.Limits{Calls: 100})
			list, err := loaders.FullList(t.Context(), rest.ConversationList{})
			if test.code != "" {
				wantCode(t, err, test.code)
			} else {
				wantWhole(t, on, list, err)
			}
			up.wantCalls(t, scanCalls(test.calls...)...)
		})
	}
}

// limited returns loaders with limits of the operation.
func limited(t *testing.T, up *upstream, limits rest.Limits) *Loaders {
	t.Helper()
	client := up.client(t)
	token, err := rest.NewToken("me")
	if err != nil {
		t.Fatal(err)
	}
	return New(client.WithToken(token).WithLimits(limits), NewPublic(client, 0))
}

// A page in the middle that is not full means that rows are missing, which is an error.
func TestFullList_Gap(t *testing.T) {
	t.Parallel()
	on := newLiveList(250)
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("skip") == "100" {
			w.Header().Set("X-Pagination-Totalcount", "250")
			respond(http.StatusOK, `[{"conversationId":"`+rowID(100)+`"}]`)(w, r)
			return
		}
		on.ServeHTTP(w, r)
	}))
	_, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
	wantCode(t, err, rest.BadResponse)
	if got := len(up.takeCalls()); got != 3 {
		t.Errorf("want 3 different calls, got %d", got)
	}
}

// Rows that are not conversations are counted.
func TestFullList_UnreadableRows(t *testing.T) {
	t.Parallel()
	on := newLiveList(250)
	on.rows[3], on.rows[120], on.rows[249] = "", "", ""
	loaders := newUpstream(t, on).loaders(t, "me")
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil || list.Unreadable != 3 || len(list.Conversations) != 247 || list.Calls != 3 {
		t.Fatalf("got %+v, %v", list, err)
	}
	if diff := cmp.Diff([]FullListReport{{Rows: 250, Calls: 3}}, loaders.FullLists()); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}

// If the list needs more calls than are left, only the first page is fetched.
func TestFullList_Budget(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		budget int
		calls  []int
		code   rest.Code
	}{
		"enough":             {5, []int{0, 1, 2, 3, 4}, ""},
		"one too few":        {4, []int{0}, rest.BudgetExceeded},
		"only for the first": {1, []int{0}, rest.BudgetExceeded},
		"no limit":           {0, []int{0, 1, 2, 3, 4}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := newLiveList(450)
			up := newUpstream(t, on)
			loaders := limited(t, up, rest.Limits{Calls: test.budget})
			list, err := loaders.FullList(t.Context(), rest.ConversationList{})
			if test.code == "" {
				wantWhole(t, on, list, err)
			} else {
				wantCode(t, err, test.code)
				if lists := loaders.FullLists(); len(lists) > 0 {
					t.Errorf("a failed list is reported: %+v", lists)
				}
			}
			up.wantCalls(t, scanCalls(test.calls...)...)
		})
	}
}

// The calls may not suffice for the second pass.
func TestFullList_BudgetOfTheSecondPass(t *testing.T) {
	t.Parallel()
	on := newLiveList(250)
	on.before = func(call, _ int) {
		if call == 2 {
			on.rows = append(on.rows, rowID(999))
		}
	}
	up := newUpstream(t, on)
	_, err := limited(t, up, rest.Limits{Calls: 5}).FullList(t.Context(), rest.ConversationList{})
	wantCode(t, err, rest.BudgetExceeded)
	if on.calls != 4 {
		t.Errorf("want 3 calls and 1 of the second pass, got %d", on.calls)
	}
}

// If pages fail, the result is the error of the first of them.
func TestFullList_FailedPage(t *testing.T) {
	t.Parallel()
	on := newLiveList(550)
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("skip") {
		case "200":
			respond(http.StatusForbidden, "{}")(w, r)
		case "400":
			respond(http.StatusInternalServerError, "{}")(w, r)
		default:
			on.ServeHTTP(w, r)
		}
	}))
	for range 20 {
		list, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
		wantCode(t, err, rest.Forbidden)
		if list != nil {
			t.Error("an incomplete list is returned with the error")
		}
	}
}

// After a failed page, no further pages are fetched.
func TestFullList_EndsWithTheFirstFailure(t *testing.T) {
	t.Parallel()
	on := newLiveList(5000)
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("skip") == "" {
			on.ServeHTTP(w, r)
			return
		}
		respond(http.StatusForbidden, "{}")(w, r)
	}))
	_, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
	wantCode(t, err, rest.Forbidden)
	if got := len(up.takeCalls()); got > 1+2*maxConcurrentPages {
		t.Errorf("%d calls, all but the first of which failed", got)
	}
}

// A long list leaves slots for other calls.
func TestFullList_ConcurrentPages(t *testing.T) {
	t.Parallel()
	const pages = 40
	on := newLiveList(pages * rest.DefaultLimit)
	arrived, proceed := make(chan struct{}, pages), make(chan struct{})
	var flying, most atomic.Int64
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("skip") != "" {
			now := flying.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			arrived <- struct{}{}
			<-proceed
			flying.Add(-1)
		}
		on.ServeHTTP(w, r)
	}))
	loaders := up.loaders(t, "me")
	loaders.StartFullList(t.Context(), rest.ConversationList{})
	for range maxConcurrentPages { // all of them are in flight
		<-arrived
	}
	close(proceed)
	list, err := loaders.FullList(t.Context(), rest.ConversationList{})
	wantWhole(t, on, list, err)
	if got := most.Load(); got != maxConcurrentPages {
		t.Errorf("want %d calls in flight at most, got %d", maxConcurrentPages, got)
	}
}

// Cancellation ends reading. TestMain checks that no goroutine remains.
func TestFullList_Cancel(t *testing.T) {
	t.Parallel()
	on := newLiveList(5000)
	arrived := make(chan struct{}, 100)
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("skip") == "" {
			on.ServeHTTP(w, r)
			return
		}
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	ctx, leave := context.WithCancel(t.Context())
	loaders := up.loaders(t, "me")
	loaders.StartFullList(ctx, rest.ConversationList{})
	for range maxConcurrentPages {
		<-arrived
	}
	leave()
	_, err := loaders.FullList(ctx, rest.ConversationList{})
	wantCode(t, err, rest.Canceled)
	if got := len(up.takeCalls()); got != 1+maxConcurrentPages {
		t.Errorf("want no call after the cancellation, got %d in all", got)
	}
}

// About finds objects by ID in any case, in either reference, and returns each conversation once.
func TestFullList_About(t *testing.T) {
	t.Parallel()
	const rows = `[
		{"conversationId":"` + idA + `","relatedTo":{"domain":"project","aggregate":"project","id":"P1"}},
		{"conversationId":"` + idB + `","relatedTo":{"domain":"app","aggregate":"appinstallation","id":"a1"},
		 "sharedWith":{"domain":"project","aggregate":"project","id":"p1"}},
		{"conversationId":"` + idC + `","relatedTo":{"domain":"project","aggregate":"project","id":"p1"},
		 "sharedWith":{"domain":"project","aggregate":"project","id":"p1"}},
		{"conversationId":"dddddddd-6d0e-4b8a-9f53-0a7e2c4d9b11","relatedTo":{"id":""}}]`
	up := newUpstream(t, respond(http.StatusOK, rows))
	list, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, id := range []string{"p1", "P1", "A1", "nothing", ""} {
		for _, row := range list.About(id) {
			got[id] = append(got[id], row.ID)
		}
	}
	want := map[string][]string{"p1": {idA, idB, idC}, "P1": {idA, idB, idC}, "A1": {idB}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
