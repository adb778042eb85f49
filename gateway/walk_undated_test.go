package gateway_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"mstudio-graphql/gateway"
)

// undatedList is a list that mStudio sorts. Rows enter and leave it.
type undatedList struct {
	mu   sync.Mutex
	rows []string
}

func (l *undatedList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	serveRows(w, r, l.rows, "asc")
}

func (l *undatedList) change(change func([]string) []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = change(slices.Clone(l.rows))
}

// undatedListRow returns the row with a number. Only some rows have a time that can be read.
func undatedListRow(i int, isDated bool) string {
	at := "soon"
	if isDated {
		at = fmt.Sprintf("2026-01-01T00:%02d:00Z", i)
	}
	return fmt.Sprintf(`{"conversationId":%q,"createdAt":%q,"lastMessage":{"createdAt":%q,"createdBy":{"userId":"u"}}}`, walkedID(i), at, at)
}

// withoutRows removes rows of a list.
func withoutRows(gone ...int) func([]string) []string {
	return func(rows []string) []string {
		return slices.DeleteFunc(rows, func(row string) bool {
			return slices.ContainsFunc(gone, func(i int) bool { return strings.Contains(row, walkedID(i)) })
		})
	}
}

// A cursor of a row without a readable time continues at the row's place in mStudio's list, with as many calls as that of another
// row: also if the row itself or others have left, or others have entered.
func TestWalk_RowWithoutTime(t *testing.T) {
	t.Parallel()
	changes := map[string]func([]string) []string{
		"nothing":           withoutRows(),
		"the row left":      withoutRows(5),
		"others left":       withoutRows(1, 8),
		"neighbors left":    withoutRows(4, 6),
		"all of these left": withoutRows(1, 5, 8),
		"rows entered": func(rows []string) []string {
			return slices.Concat([]string{undatedListRow(0, true)}, rows, []string{undatedListRow(10, true)})
		},
	}
	for name, change := range changes {
		for _, order := range []string{"CREATED_AT, direction: ASC", "CREATED_AT, direction: DESC", "LAST_MESSAGE_AT, direction: ASC"} {
			t.Run(name+" "+order, func(t *testing.T) {
				t.Parallel()
				for _, size := range []int{1, 2} {
					for _, backward := range []bool{false, true} {
						w := walker{backward: backward, arguments: fmt.Sprintf(", orderBy: {field: %s}", order)}
						want, wantCalls := pageAfterRow(t, w, true, size, change)
						got, calls := pageAfterRow(t, w, false, size, change)
						diff(t, fmt.Sprint("page of ", size, ", backward: ", backward), want, got)
						diff(t, "calls", wantCalls, calls)
					}
				}
			})
		}
	}
}

// pageAfterRow changes a list after a walk has come to row 5, and returns the next page and its calls.
func pageAfterRow(t *testing.T, w walker, isDated bool, size int, change func([]string) []string) (ids []string, calls int) {
	t.Helper()
	w.server, w.upstream = start(t, gateway.Config{})
	list := &undatedList{}
	for i := 1; i < 10; i++ {
		list.rows = append(list.rows, undatedListRow(i, i != 5 || isDated))
	}
	w.upstream.Intercept(func(http.Handler) http.Handler { return list })
	for range 5 {
		w.step(t, 1)
	}
	list.change(change)
	w.seen = nil
	w.step(t, size)
	return w.seen, w.calls
}
