package loader

import (
	"cmp"
	"slices"
	"sync"
)

// Scan says what was read for fields that look at every row of a list.
type Scan struct {
	// Rows is how many rows were looked at.
	Rows int `json:"rows"`
	// Calls is how many calls it took.
	Calls int `json:"calls"`
	// Moved says that the list did not keep still; see [Walk].
	Moved bool `json:"moved,omitempty"`
}

// scans are the walks of one operation.
type scans struct {
	mu    sync.Mutex
	walks []*Walk
}

// add makes a walk known. It does not matter if it is already.
func (s *scans) add(walk *Walk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.walks, walk) {
		s.walks = append(s.walks, walk)
	}
}

// Scans returns what was read by walks that somebody has waited for, in an order that does not depend on chance.
func (l *Loaders) Scans() []Scan {
	l.scans.mu.Lock()
	defer l.scans.mu.Unlock()
	slices.SortStableFunc(l.scans.walks, func(a, b *Walk) int { return cmp.Compare(a.list, b.list) })
	var list []Scan
	for _, walk := range l.scans.walks {
		list = append(list, Scan{Rows: len(walk.Conversations) + walk.Unreadable, Calls: walk.Calls, Moved: walk.Moved})
	}
	return list
}
