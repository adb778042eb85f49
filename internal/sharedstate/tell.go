package sharedstate

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// maxQueue is the maximum number of writes that wait to be sent. Further ones are dropped.
	maxQueue = 1_000
	// senders is the number of writes that are sent at the same time.
	senders = 4
	// maxLate is the maximum number of writes that wait for the server. Further ones are dropped.
	maxLate = 1_000
)

// told is a command that runs in the background.
type told struct {
	use   Use
	run   command
	until time.Time // when it is of no more use; zero if it is sent only once
}

// late holds writes that the server has not answered.
type late struct {
	mu    sync.Mutex
	tolds []told
}

// tell sends a command in the background.
func (s *Store) tell(use Use, run command) {
	if !s.tryTell(told{use: use, run: run}) {
		s.dropped()
	}
}

// tellSurely sends a command in the background, and again when the server answers after a failure, for some time.
func (s *Store) tellSurely(use Use, life time.Duration, run command) {
	next := told{use: use, run: run, until: time.Now().Add(life)}
	if !s.tryTell(next) {
		s.keep(next)
	}
}

// tryTell returns false if a command cannot be sent now.
func (s *Store) tryTell(next told) bool {
	if s.client.Load() == nil {
		return false
	}
	again := int64(0)
	if !next.until.IsZero() {
		again = 1
	}
	s.waiting.Add(again)
	select {
	case s.queue <- next:
		return true
	default:
		s.waiting.Add(-again)
		return false
	}
}

// send sends the writes that wait.
func (s *Store) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case next := <-s.queue:
			_, ok := s.do(ctx, tellTimeout, next.use, next.run)
			if next.until.IsZero() {
				continue
			}
			if !ok {
				s.keep(next)
			}
			s.waiting.Add(-1)
		}
	}
}

// keep keeps a write that has failed, if it is still of use.
func (s *Store) keep(failed told) {
	s.late.mu.Lock()
	defer s.late.mu.Unlock()
	if len(s.late.tolds) >= maxLate {
		s.late.tolds = s.withoutUseless(s.late.tolds)
	}
	if time.Now().Before(failed.until) && len(s.late.tolds) < maxLate {
		s.late.tolds = append(s.late.tolds, failed)
		return
	}
	s.dropped()
}

// withoutUseless drops the writes that are of no more use.
func (s *Store) withoutUseless(tolds []told) []told {
	now := time.Now()
	return slices.DeleteFunc(tolds, func(next told) bool {
		isUseless := !now.Before(next.until)
		if isUseless {
			s.dropped()
		}
		return isUseless
	})
}

// tellLate sends the writes that have failed.
func (s *Store) tellLate() {
	s.late.mu.Lock()
	tolds := s.withoutUseless(s.late.tolds)
	s.late.tolds = nil
	s.late.mu.Unlock()
	for _, next := range tolds {
		if !s.tryTell(next) {
			s.keep(next)
		}
	}
}

func (s *Store) dropped() {
	if s.config.Observer.Dropped != nil {
		s.config.Observer.Dropped()
	}
}
