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

// shelf is an upstream with one list, which can change while it is read.
type shelf struct {
	mu   sync.Mutex
	rows []string
	// total is what it says of the length; nil: the truth.
	total func() string
	// before is called with each call, numbered from 1, before it is answered. It may change the rows.
	before func(call, skip int)
	calls  int
}

func newShelf(rows int) *shelf {
	s := &shelf{before: func(int, int) {}}
	for i := range rows {
		s.rows = append(s.rows, rowID(i))
	}
	return s
}

func rowID(i int) string { return fmt.Sprintf("%08d-6d0e-4b8a-9f53-0a7e2c4d9b11", i) }

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

func idsOf(scan *FullList) []string {
	var ids []string
	for _, row := range scan.Conversations {
		ids = append(ids, row.ID)
	}
	slices.Sort(ids)
	return ids
}

// wantWhole fails the test unless the scan has exactly the rows that are on the shelf now.
func wantWhole(t *testing.T, s *shelf, scan *FullList, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(s.rows)), idsOf(scan)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A list is read page by page, aligned, in an order in which nothing moves, and to its end.
func TestScanReadsEverythingOnce(t *testing.T) {
	t.Parallel()
	for rows, pages := range map[int][]int{0: {0}, 1: {0}, 99: {0}, 100: {0}, 101: {0, 1}, 200: {0, 1}, 1234: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}} {
		t.Run(strconv.Itoa(rows), func(t *testing.T) {
			t.Parallel()
			on := newShelf(rows)
			up := newUpstream(t, on)
			scan, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
			wantWhole(t, on, scan, err)
			up.wantCalls(t, scanCalls(pages...)...)
			if scan.Calls != len(pages) || scan.Moved || scan.Unreadable != 0 {
				t.Errorf("got %d calls, moved %t, %d unreadable", scan.Calls, scan.Moved, scan.Unreadable)
			}
		})
	}
}

// Whoever needs the list waits for the same scan. How they order and page it does not matter.
func TestScanIsMadeOnce(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, newShelf(350))
	loaders := up.loaders(t, "me")
	loaders.StartFullList(t.Context(), rest.ConversationList{Limit: 3})
	var asking sync.WaitGroup
	scans := make([]*FullList, 50)
	for i := range scans {
		asking.Go(func() {
			list := rest.ConversationList{Skip: i, Limit: i, Sort: []rest.ConversationSort{{Field: rest.SortTitle, Descending: i%2 == 0}}}
			scans[i], _ = loaders.FullList(t.Context(), list)
		})
	}
	asking.Wait()
	for _, scan := range scans {
		if scan == nil || scan != scans[0] {
			t.Fatal("not all got the same scan")
		}
	}
	up.wantCalls(t, scanCalls(0, 1, 2, 3)...)
	if diff := cmp.Diff([]FullListReport{{Rows: 350, Calls: 4}}, loaders.FullLists()); diff != "" {
		t.Errorf("scans (-want +got):\n%s", diff)
	}
}

// After a write the list is another one, and is read as it is after the write.
func TestScanIsMadeAgainAfterAWrite(t *testing.T) {
	t.Parallel()
	on := newShelf(1)
	var events []string
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		events = append(events, r.Header.Get("If-Event-Reached"))
		on.ServeHTTP(w, r)
	}))
	loaders := up.loaders(t, "me")
	for i := range 2 {
		for range 2 {
			scan, err := loaders.FullList(t.Context(), rest.ConversationList{})
			wantWhole(t, on, scan, err)
		}
		on.rows = append(on.rows, rowID(7+i))
		loaders.wrote(t.Context(), idA, "42")
	}
	if diff := cmp.Diff([]string{"", "42"}, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]FullListReport{{Rows: 1, Calls: 1}, {Rows: 2, Calls: 1}}, loaders.FullLists()); diff != "" {
		t.Errorf("scans (-want +got):\n%s", diff)
	}
}

// What selects the rows makes another list.
func TestScansOfOtherListsAreOthers(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, newShelf(1))
	loaders := up.loaders(t, "me")
	for _, list := range []rest.ConversationList{{}, {Search: "mail"}, {Statuses: []rest.ConversationStatus{"open"}}, {Search: "mail"}} {
		if _, err := loaders.FullList(t.Context(), list); err != nil {
			t.Error(err)
		}
	}
	const sorted = "limit=100&order=asc&order=asc&sort=createdAt&sort=conversationId"
	up.wantCalls(t, scanCall(0), "me /v2/conversations?fullTextSearch=mail&"+sorted, "me /v2/conversations?"+sorted+"&status=open")
	if scans := loaders.FullLists(); len(scans) != 3 {
		t.Errorf("want 3 scans, got %+v", scans)
	}
}

// Rows come, go and move while the list is read. It is then read once more, and has everything that is there.
func TestScanOfAListThatChanges(t *testing.T) {
	t.Parallel()
	young, old := "99999999-6d0e-4b8a-9f53-0a7e2c4d9b11", "00000000-0000-4000-8000-000000000000"
	tests := map[string]func(rows []string) []string{
		"one comes in at the end":      func(rows []string) []string { return append(rows, young) },
		"one comes in at the start":    func(rows []string) []string { return slices.Insert(rows, 0, old) },
		"one comes in where one reads": func(rows []string) []string { return slices.Insert(rows, 150, old) },
		"one of the first page leaves": func(rows []string) []string { return slices.Delete(rows, 7, 8) },
		"one of the last page leaves":  func(rows []string) []string { return slices.Delete(rows, 222, 223) },
		"two change places":            func(rows []string) []string { rows[99], rows[100] = rows[100], rows[99]; return rows },
		"more pages come in":           func(rows []string) []string { return append(rows, newShelf(600).rows[250:]...) },
		"nearly all leave":             func(rows []string) []string { return rows[:30] },
		"all leave":                    func([]string) []string { return nil },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := newShelf(250)
			on.before = func(call, _ int) {
				if call == 2 {
					on.rows = change(on.rows)
				}
			}
			scan, err := newUpstream(t, on).loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
			wantWhole(t, on, scan, err)
			if scan.Moved {
				t.Error("it kept still the second time")
			}
			if scan.Calls != on.calls {
				t.Errorf("%d calls were made, and %d are reported", on.calls, scan.Calls)
			}
		})
	}
}

// A list that never keeps still is not read for ever. What any reading has seen is there, once, and the scan says so.
func TestScanOfAListThatNeverKeepsStill(t *testing.T) {
	t.Parallel()
	on := newShelf(250)
	on.before = func(call, _ int) {
		if call > 1 { // the oldest leaves, and two come in
			on.rows = append(on.rows[1:], rowID(1000+2*call), rowID(1001+2*call))
		}
	}
	loaders := newUpstream(t, on).loaders(t, "me")
	scan, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	ids := idsOf(scan)
	if !scan.Moved || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("moved %t, rows %v", scan.Moved, ids)
	}
	for i := 7; i < 250; i++ {
		if !slices.Contains(ids, rowID(i)) {
			t.Errorf("row %d was there all the time, and is missing", i)
		}
	}
	if on.calls != 6 && on.calls != 7 { // the last page may be full just then
		t.Errorf("want two passes, got %d calls", on.calls)
	}
	if scans := loaders.FullLists(); len(scans) != 1 || !scans[0].Moved {
		t.Errorf("scans: %+v", scans)
	}
}

// The length that mStudio names may be missing or wrong. A list is still read to its end, and never passed off as whole
// if rows are missing in between.
func TestScanOfAListOfUnclearLength(t *testing.T) {
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
			on := newShelf(test.rows)
			on.total = func() string { return test.total }
			up := newUpstream(t, on)
			loaders := limited(t, up, rest.Limits{Calls: 100})
			scan, err := loaders.FullList(t.Context(), rest.ConversationList{})
			if test.code != "" {
				wantCode(t, err, test.code)
			} else {
				wantWhole(t, on, scan, err)
			}
			up.wantCalls(t, scanCalls(test.calls...)...)
		})
	}
}

// limited returns loaders whose operation has limits.
func limited(t *testing.T, up *upstream, limits rest.Limits) *Loaders {
	t.Helper()
	client := up.client(t)
	token, err := rest.NewToken("me")
	if err != nil {
		t.Fatal(err)
	}
	return New(client.WithToken(token).WithLimits(limits), NewCategories(client, 0))
}

// A page with room in the middle of the list means that rows are withheld: the answer would be half of one.
func TestScanOfAListWithAGap(t *testing.T) {
	t.Parallel()
	on := newShelf(250)
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

// Rows that are no conversations keep their place, and are counted.
func TestScanCountsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	on := newShelf(250)
	on.rows[3], on.rows[120], on.rows[249] = "", "", ""
	loaders := newUpstream(t, on).loaders(t, "me")
	scan, err := loaders.FullList(t.Context(), rest.ConversationList{})
	if err != nil || scan.Unreadable != 3 || len(scan.Conversations) != 247 || scan.Calls != 3 {
		t.Fatalf("got %+v, %v", scan, err)
	}
	if diff := cmp.Diff([]FullListReport{{Rows: 250, Calls: 3}}, loaders.FullLists()); diff != "" {
		t.Errorf("scans (-want +got):\n%s", diff)
	}
}

// Half a list is no answer: if the calls do not suffice, nothing but the first page is asked for.
func TestScanWithinTheBudget(t *testing.T) {
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
			on := newShelf(450)
			up := newUpstream(t, on)
			loaders := limited(t, up, rest.Limits{Calls: test.budget})
			scan, err := loaders.FullList(t.Context(), rest.ConversationList{})
			if test.code == "" {
				wantWhole(t, on, scan, err)
			} else {
				wantCode(t, err, test.code)
				if scans := loaders.FullLists(); len(scans) > 0 {
					t.Errorf("a scan that failed is reported: %+v", scans)
				}
			}
			up.wantCalls(t, scanCalls(test.calls...)...)
		})
	}
}

// The list has to be read once more, for which the calls do not suffice.
func TestScanRunsOutOfCallsTheSecondTime(t *testing.T) {
	t.Parallel()
	on := newShelf(250)
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

// One page that fails is an error, that of the first page which fails, and never a list without it.
func TestScanWithAPageThatFails(t *testing.T) {
	t.Parallel()
	on := newShelf(550)
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
		scan, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
		wantCode(t, err, rest.Forbidden)
		if scan != nil {
			t.Error("there is half a list beside the error")
		}
	}
}

// A failed page ends the scan: pages that nobody has asked for yet are left alone.
func TestScanEndsWithTheFirstFailure(t *testing.T) {
	t.Parallel()
	on := newShelf(5000)
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
		t.Errorf("%d calls, of which all but the first failed", got)
	}
}

// A long scan leaves room for other calls.
func TestScanIsBounded(t *testing.T) {
	t.Parallel()
	const pages = 40
	on := newShelf(pages * pageSize)
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
	for range maxConcurrentPages { // that many are there at the same time
		<-arrived
	}
	close(proceed)
	scan, err := loaders.FullList(t.Context(), rest.ConversationList{})
	wantWhole(t, on, scan, err)
	if got := most.Load(); got != maxConcurrentPages {
		t.Errorf("want %d calls in flight at most, got %d", maxConcurrentPages, got)
	}
}

// Whoever leaves takes the scan along: TestMain checks that nothing is left running.
func TestScanIsGivenUp(t *testing.T) {
	t.Parallel()
	on := newShelf(5000)
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
		t.Errorf("want no call after the caller has left, got %d in all", got)
	}
}

// Objects are found by id, whatever its case, through either reference, and each conversation once.
func TestScanKnowsWhatConversationsAreAbout(t *testing.T) {
	t.Parallel()
	const rows = `[
		{"conversationId":"` + idA + `","relatedTo":{"domain":"project","aggregate":"project","id":"P1"}},
		{"conversationId":"` + idB + `","relatedTo":{"domain":"app","aggregate":"appinstallation","id":"a1"},
		 "sharedWith":{"domain":"project","aggregate":"project","id":"p1"}},
		{"conversationId":"` + idC + `","relatedTo":{"domain":"project","aggregate":"project","id":"p1"},
		 "sharedWith":{"domain":"project","aggregate":"project","id":"p1"}},
		{"conversationId":"dddddddd-6d0e-4b8a-9f53-0a7e2c4d9b11","relatedTo":{"id":""}}]`
	up := newUpstream(t, respond(http.StatusOK, rows))
	scan, err := up.loaders(t, "me").FullList(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, id := range []string{"p1", "P1", "A1", "nothing", ""} {
		for _, row := range scan.About(id) {
			got[id] = append(got[id], row.ID)
		}
	}
	want := map[string][]string{"p1": {idA, idB, idC}, "P1": {idA, idB, idC}, "A1": {idB}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
