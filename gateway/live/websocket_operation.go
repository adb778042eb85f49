package live

import (
	"context"
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/watcher"
)

// operation is one operation of a socket.
type operation struct {
	id     string
	rawID  []byte
	cancel context.CancelFunc // nil when it has started
	source Source             // nil until it has started
	queued bool               // whether it is in socket.ready
}

// subscribe starts an operation.
func (s *socket) subscribe(m message) {
	if s.session == nil {
		s.end(closeUnauthorized, "Send connection_init first.", ReasonProtocol)
		return
	}
	switch taken, full := s.add(m); {
	case taken:
		s.end(closeDuplicateID, "An operation with this ID is running.", ReasonProtocol)
	case full:
		text := fmt.Sprintf("A WebSocket may run at most %d operations at once.", s.config.MaxSocketOperations)
		s.send(encode(typeError, m.rawID, errorsOf(model.CodeOverloaded, text)), nil)
	}
}

// add starts an operation unless its ID is taken, the socket is full or has ended.
//
//nolint:contextcheck,nolintlint // an operation lasts as long as its socket
func (s *socket) add(m message) (taken, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken = s.find(m.id) != nil
	full = s.slots >= s.config.MaxSocketOperations
	if taken || full || s.ended != "" {
		return taken, full
	}
	ctx, cancel := context.WithCancel(s.context)
	added := &operation{id: m.id, rawID: m.rawID, cancel: cancel}
	s.running = append(s.running, added)
	s.slots++
	s.tasks.Go(func() {
		defer cancel()
		s.start(ctx, added, m.params)
	})
	return false, false
}

// find returns the operation with an ID, or nil. The mutex must be locked.
func (s *socket) find(id string) *operation {
	for _, op := range s.running {
		if op.id == id {
			return op
		}
	}
	return nil
}

// start waits until a query has been executed or a subscription has started.
func (s *socket) start(ctx context.Context, op *operation, params *graphql.RawParams) {
	source := s.session.Start(ctx, params)
	if s.started(op, source) {
		source.Notify(func() { s.notify(op) })
	} else {
		source.Close()
	}
}

// started reports false if the operation has ended meanwhile.
func (s *socket) started(op *operation, source Source) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.running, op) {
		s.slots--
		return false
	}
	op.source, op.cancel = source, nil
	return true
}

// complete ends an operation for the client. None of its messages follows.
func (s *socket) complete(id string) {
	s.mu.Lock()
	op := s.find(id)
	s.mu.Unlock()
	if op != nil {
		s.remove(op)
	}
}

// remove ends an operation. It reports false if the operation has already ended.
func (s *socket) remove(op *operation) bool {
	s.mu.Lock()
	at := slices.Index(s.running, op)
	if at >= 0 {
		s.running = slices.Delete(s.running, at, at+1)
		if op.source != nil {
			s.slots-- // else when it has started
		}
	}
	s.mu.Unlock()
	if at >= 0 {
		op.close()
	}
	return at >= 0
}

// close releases what the operation holds. It must have been removed.
func (o *operation) close() {
	if o.source != nil {
		o.source.Close()
	} else {
		o.cancel()
	}
}

// notify has the results of an operation written. It does not block.
func (s *socket) notify(op *operation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op.queued || !slices.Contains(s.running, op) {
		return
	}
	op.queued = true
	s.ready = append(s.ready, op)
	if !s.writes {
		s.writes = true
		s.tasks.Go(s.write)
	}
}

// next returns the operation whose results are written next, or nil.
func (s *socket) next() *operation {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ready) == 0 {
		s.ready, s.writes = nil, false
		return nil
	}
	op := s.ready[0]
	s.ready = s.ready[1:]
	op.queued = false
	return op
}

// write writes results until none waits.
func (s *socket) write() {
	for op := s.next(); op != nil; op = s.next() {
		for s.writeResults(op) { // so that the source can release those that are written
		}
	}
}

// writeResults reports whether more may wait.
func (s *socket) writeResults(op *operation) bool {
	results, end := op.source.Take()
	for _, result := range results {
		if s.send(encode(typeNext, op.rawID, result), func() bool { return s.runs(op) }) {
			s.written.Events++
		}
	}
	if end != nil {
		s.finish(op, end)
	}
	return len(results) > 0 && end == nil
}

func (s *socket) runs(op *operation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.running, op)
}

// finish writes how an operation has ended.
func (s *socket) finish(op *operation, end *watcher.End) {
	kind := typeComplete
	if end.Errors != nil {
		kind = typeError
	}
	s.send(encode(kind, op.rawID, end.Errors), func() bool { return s.remove(op) })
	if end.Unauthenticated {
		s.end(closeUnauthorized, model.CodeUnauthenticated.Message(), ReasonUnauthenticated)
	}
}
