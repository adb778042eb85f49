package live

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/watcher"
)

// operation is one operation of a socket.
type operation struct {
	id     string
	rawID  []byte
	cancel context.CancelFunc
	source Source // nil until it has started
	queued bool   // whether it is in socket.ready
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
	_, taken = s.running[m.id]
	full = s.slots >= s.config.MaxSocketOperations
	if taken || full || s.ended != "" {
		return taken, full
	}
	ctx, cancel := context.WithCancel(s.context)
	added := &operation{id: m.id, rawID: m.rawID, cancel: cancel}
	s.running[m.id] = added
	s.slots++
	s.tasks.Go(func() { s.start(ctx, added, m.params) })
	return false, false
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
	if s.running[op.id] != op {
		s.slots--
		return false
	}
	op.source = source
	return true
}

// complete ends an operation for the client. None of its messages follows.
func (s *socket) complete(id string) {
	s.mu.Lock()
	op := s.running[id]
	s.mu.Unlock()
	if op == nil {
		return
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.remove(op)
}

// remove ends an operation. It reports false if the operation has already ended.
func (s *socket) remove(op *operation) bool {
	s.mu.Lock()
	found := s.running[op.id] == op
	if found {
		delete(s.running, op.id)
		if op.source != nil {
			s.slots-- // else when it has started
		}
	}
	s.mu.Unlock()
	if found {
		op.close()
	}
	return found
}

// close releases what the operation holds. It must have been removed.
func (o *operation) close() {
	o.cancel()
	if o.source != nil {
		o.source.Close()
	}
}

// notify has the results of an operation written. It does not block.
func (s *socket) notify(op *operation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if op.queued || s.running[op.id] != op {
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
		results, end := op.source.Take()
		for _, result := range results {
			if s.send(encode(typeNext, op.rawID, result), func() bool { return s.runs(op) }) {
				s.written.Events++
			}
		}
		if end != nil {
			s.finish(op, end)
		}
	}
}

func (s *socket) runs(op *operation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[op.id] == op
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
