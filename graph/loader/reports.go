package loader

import (
	"cmp"
	"slices"
	"sync"
)

// FullListReport describes the reading of one full list.
type FullListReport struct {
	// Rows is the number of rows, including unreadable ones.
	Rows int `json:"rows"`
	// Calls is the number of upstream calls.
	Calls int `json:"calls"`
	// Moved reports that the list changed while it was read; see [FullList].
	Moved bool `json:"moved,omitempty"`
	// Hint names a filter with which fewer rows would be read.
	Hint string `json:"hint,omitempty"`
}

// SearchReport describes a page that needed more than one call, because the list has changed since the cursor was made or
// mStudio limits pages to 100 rows.
type SearchReport struct {
	// Rows is the number of rows in all responses.
	Rows int `json:"rows"`
	// Calls is the number of upstream calls.
	Calls int `json:"calls"`
}

// reports collects the full lists that fields of an operation have used, and their searches.
type reports struct {
	mu       sync.Mutex
	lists    []*FullList
	searches []SearchReport
}

// add adds a list. It ignores a list that it already has.
func (r *reports) add(list *FullList) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.lists, list) {
		r.lists = append(r.lists, list)
	}
}

// Hint adds a hint to the report of a full list.
func (l *Loaders) Hint(list *FullList, hint string) {
	l.reports.mu.Lock()
	defer l.reports.mu.Unlock()
	list.hint = hint
}

// FullLists reports the full lists that fields have used, in a stable order.
func (l *Loaders) FullLists() []FullListReport {
	l.reports.mu.Lock()
	defer l.reports.mu.Unlock()
	slices.SortStableFunc(l.reports.lists, func(a, b *FullList) int { return cmp.Compare(a.query, b.query) })
	var reports []FullListReport
	for _, list := range l.reports.lists {
		reports = append(reports, FullListReport{
			Rows: len(list.Conversations) + list.Unreadable, Calls: list.Calls, Moved: list.Moved, Hint: list.hint,
		})
	}
	return reports
}

// ReportSearch records a search. It ignores one that took one call.
func (l *Loaders) ReportSearch(search SearchReport) {
	if search.Calls > 1 {
		l.reports.mu.Lock()
		defer l.reports.mu.Unlock()
		l.reports.searches = append(l.reports.searches, search)
	}
}

// Searches returns the recorded searches in a stable order.
func (l *Loaders) Searches() []SearchReport {
	l.reports.mu.Lock()
	defer l.reports.mu.Unlock()
	return slices.SortedFunc(slices.Values(l.reports.searches), func(a, b SearchReport) int {
		return cmp.Or(cmp.Compare(a.Calls, b.Calls), cmp.Compare(a.Rows, b.Rows))
	})
}
