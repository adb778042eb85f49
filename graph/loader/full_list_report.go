package loader

import (
	"cmp"
	"slices"
	"sync"
)

// FullListReport says what was read for fields that look at every row of a list.
type FullListReport struct {
	// Rows is how many rows were looked at.
	Rows int `json:"rows"`
	// Calls is how many calls it took.
	Calls int `json:"calls"`
	// Moved says that the list did not keep still; see [FullList].
	Moved bool `json:"moved,omitempty"`
}

// fullListReports are the scans of one operation.
type fullListReports struct {
	mu    sync.Mutex
	lists []*FullList
}

// add makes a scan known. It does not matter if it is already.
func (s *fullListReports) add(scan *FullList) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.lists, scan) {
		s.lists = append(s.lists, scan)
	}
}

// Scans returns what was read by scans that somebody has waited for, in an order that does not depend on chance.
func (l *Loaders) FullLists() []FullListReport {
	l.reports.mu.Lock()
	defer l.reports.mu.Unlock()
	slices.SortStableFunc(l.reports.lists, func(a, b *FullList) int { return cmp.Compare(a.list, b.list) })
	var list []FullListReport
	for _, scan := range l.reports.lists {
		list = append(list, FullListReport{Rows: len(scan.Conversations) + scan.Unreadable, Calls: scan.Calls, Moved: scan.Moved})
	}
	return list
}
