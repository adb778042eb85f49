package loader

import (
	"maps"
	"slices"
	"sync"

	"mstudio-graphql/rest"
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

// scans are those of one operation, by the list.
type scans struct {
	mu   sync.Mutex
	made map[string]Scan
}

func (s *scans) add(list rest.ConversationList, walk *Walk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil {
		s.made = map[string]Scan{}
	}
	s.made[whole(list).Query().Encode()] = Scan{Rows: len(walk.Conversations) + walk.Unreadable, Calls: walk.Calls, Moved: walk.Moved}
}

// Scans returns what was read by walks that somebody has waited for, in an order that does not depend on chance.
func (l *Loaders) Scans() []Scan {
	l.scans.mu.Lock()
	defer l.scans.mu.Unlock()
	var list []Scan
	for _, key := range slices.Sorted(maps.Keys(l.scans.made)) {
		list = append(list, l.scans.made[key])
	}
	return list
}
