package live

import (
	"container/list"
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"mstudio-graphql/gateway/httpapi"
)

// Reason is why a stream has ended, for the access log.
type Reason string

// The reasons.
const (
	ReasonComplete        Reason = "complete"
	ReasonClient          Reason = "client" // it has left
	ReasonSlow            Reason = "write_timeout"
	ReasonLife            Reason = "life"
	ReasonDrain           Reason = "drain"
	ReasonUnauthenticated Reason = "unauthenticated"
	ReasonProtocol        Reason = "protocol" // a WebSocket client has broken a rule
)

// Streams are the open streams of a gateway. They are safe for concurrent use.
type Streams struct {
	config Config

	mu       sync.Mutex
	open     map[*Place]struct{}
	waiting  list.List      // of *Place without a caller, longest first
	callers  map[string]int // open streams; only callers with some
	draining bool
	empty    chan struct{} // closed by drained when the last stream has ended in a drain
	drained  func()
}

// New returns Streams without a stream.
func New(config Config) *Streams {
	empty := make(chan struct{})
	return &Streams{
		config: config, open: map[*Place]struct{}{}, callers: map[string]int{},
		empty: empty, drained: sync.OnceFunc(func() { close(empty) }),
	}
}

// Place is the place of one stream.
type Place struct {
	streams *Streams

	// The mutex of streams guards these fields.
	caller  string
	waits   *list.Element // in streams.waiting; nil after Claim
	evicted bool
	life    *time.Timer
	end     func(Reason)
}

// Enter takes a place for a stream, or returns status 503. The caller must call [Place.Leave]. If all places are taken, it
// ends the stream that has waited longest for its Claim, so that clients without a token cannot shut out others.
func (s *Streams) Enter() (*Place, *httpapi.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return nil, httpapi.Overloaded("The gateway is shutting down. Try again.")
	}
	if len(s.open) >= s.config.MaxStreams && !s.evict() {
		return nil, httpapi.Overloaded("Too many streams are open. Try again.")
	}
	place := &Place{streams: s}
	place.waits = s.waiting.PushBack(place)
	s.open[place] = struct{}{}
	return place, nil
}

// evict ends the stream that has waited longest for its Claim, or returns false if none waits. The caller must hold the lock.
func (s *Streams) evict() bool {
	longest := s.waiting.Front()
	if longest == nil {
		return false
	}
	place, _ := longest.Value.(*Place)
	s.remove(place)
	place.evicted = true
	if place.end != nil { // else OnEnd calls it
		go place.end(ReasonOverloaded)
	}
	return true
}

// remove removes a place that is open. The caller must hold the lock.
func (s *Streams) remove(p *Place) {
	delete(s.open, p)
	if p.life != nil {
		p.life.Stop()
	}
	if p.waits != nil {
		s.waiting.Remove(p.waits)
		return
	}
	s.callers[p.caller]--
	if s.callers[p.caller] == 0 {
		delete(s.callers, p.caller)
	}
}

// Claim counts the place as one of the caller's, or returns status 503. It must be called once.
func (p *Place) Claim(caller string) *httpapi.Error {
	s := p.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.open[p]; !open {
		return httpapi.Overloaded("Too many streams are open. Try again.")
	}
	if s.callers[caller] >= s.config.MaxStreamsPerCaller {
		return httpapi.Overloaded("Too many streams of this caller are open. Close one.")
	}
	s.callers[caller]++
	s.waiting.Remove(p.waits)
	p.caller, p.waits = caller, nil
	return nil
}

// OnEnd sets the function that ends the stream when its life is over, when another takes its place, or in a drain. The function
// must not block.
func (p *Place) OnEnd(end func(Reason)) {
	s := p.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.evicted {
		go end(ReasonOverloaded)
	}
	if _, open := s.open[p]; !open {
		return
	}
	p.end = end
	p.life = time.AfterFunc(spread(s.config.StreamLife), func() { end(ReasonLife) })
	if s.draining {
		go end(ReasonDrain) // the drain has passed it
	}
}

// spread returns a duration plus or minus 10 percent, so that streams that began together do not end together.
func spread(around time.Duration) time.Duration {
	return around*9/10 + rand.N(around/5+1) //nolint:gosec // no secret
}

// Leave gives the place back. It may be called twice.
func (p *Place) Leave() {
	s := p.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.open[p]; !open {
		return
	}
	s.remove(p)
	if s.draining && len(s.open) == 0 {
		s.drained()
	}
}

// Open returns the number of places that are taken.
func (s *Streams) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Drain rejects further streams and ends those that are open, spread over a time, so that their clients do not reconnect all
// at once. It returns when all have ended, or when ctx ends.
func (s *Streams) Drain(ctx context.Context, over time.Duration) {
	ends, start := s.close(), time.Now()
	for i, end := range ends {
		s.wait(ctx, time.Until(start.Add(over*time.Duration(i)/time.Duration(len(ends)))))
		end(ReasonDrain)
	}
	select {
	case <-s.empty:
	case <-ctx.Done():
	}
}

// close starts the drain and returns the functions that end the open streams, in a random order.
func (s *Streams) close() (ends []func(Reason)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
	if len(s.open) == 0 {
		s.drained()
	}
	for place := range s.open {
		if place.end != nil {
			ends = append(ends, place.end)
		}
	}
	return ends
}

// wait returns after a pause, when no stream is left, or when ctx ends.
func (s *Streams) wait(ctx context.Context, pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.empty:
	case <-ctx.Done():
	}
}
