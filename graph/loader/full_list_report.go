package loader

import (
	"cmp"
	"slices"
	"sync"
)

// ScanReport says what was read for fields that look at every row of a list.
type ScanReport struct {
	// Rows is how many rows were looked at.
	Rows int `json:"rows"`
	// Calls is how many calls it took.
	Calls int `json:"calls"`
	// Moved says that the list did not keep still; see [Scan].
	Moved bool `json:"moved,omitempty"`
}

// scanReports are the scans of one operation.
type scanReports struct {
	mu    sync.Mutex
	scans []*Scan
}

// add makes a scan known. It does not matter if it is already.
func (s *scanReports) add(scan *Scan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.scans, scan) {
		s.scans = append(s.scans, scan)
	}
}

// Scans returns what was read by scans that somebody has waited for, in an order that does not depend on chance.
func (l *Loaders) Scans() []ScanReport {
	l.reports.mu.Lock()
	defer l.reports.mu.Unlock()
	slices.SortStableFunc(l.reports.scans, func(a, b *Scan) int { return cmp.Compare(a.list, b.list) })
	var list []ScanReport
	for _, scan := range l.reports.scans {
		list = append(list, ScanReport{Rows: len(scan.Conversations) + scan.Unreadable, Calls: scan.Calls, Moved: scan.Moved})
	}
	return list
}
