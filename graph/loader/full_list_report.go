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
}

// fullListReports collects the full lists that fields of an operation have used.
type fullListReports struct {
	mu    sync.Mutex
	lists []*FullList
}

// add adds a list. It ignores a list that it already has.
func (r *fullListReports) add(list *FullList) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.lists, list) {
		r.lists = append(r.lists, list)
	}
}

// FullLists reports the full lists that fields have used, in a stable order.
func (l *Loaders) FullLists() []FullListReport {
	l.reports.mu.Lock()
	defer l.reports.mu.Unlock()
	slices.SortStableFunc(l.reports.lists, func(a, b *FullList) int { return cmp.Compare(a.query, b.query) })
	var reports []FullListReport
	for _, list := range l.reports.lists {
		reports = append(reports, FullListReport{Rows: len(list.Conversations) + list.Unreadable, Calls: list.Calls, Moved: list.Moved})
	}
	return reports
}
