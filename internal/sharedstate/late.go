package sharedstate

import (
	"sync"
	"time"
)

// maxLate is the maximum number of writes that wait for the server. Further ones are dropped.
const maxLate = 1_000

// late holds writes that the server has not answered.
type late struct {
	mu    sync.Mutex
	tolds []told
}

// tellSurely sends a command in the background, and again when the server answers after a failure, for some time.
func (s *Store) tellSurely(use Use, life time.Duration, run command) {
	next := told{use: use, run: run, until: time.Now().Add(life)}
	if !s.tryTell(next) {
		s.keep(next)
	}
}

// keep keeps a write that has failed, if it is still of use.
func (s *Store) keep(failed told) {
	s.late.mu.Lock()
	defer s.late.mu.Unlock()
	if time.Now().Before(failed.until) && len(s.late.tolds) < maxLate {
		s.late.tolds = append(s.late.tolds, failed)
		return
	}
	s.dropped()
}

// tellLate sends the writes that have failed.
func (s *Store) tellLate() {
	s.late.mu.Lock()
	tolds := s.late.tolds
	s.late.tolds = nil
	s.late.mu.Unlock()
	for _, next := range tolds {
		if !s.tryTell(next) {
			s.keep(next)
		}
	}
}
