package mcp

import (
	"context"
	"sync"

	"mstudio-graphql/rest"
)

// session is the state that the calls of a connection share: a request over HTTP, or standard input and output.
type session struct {
	token   rest.Token
	context context.Context //nolint:containedctx // the SDK does not cancel calls when the client hangs up

	mu      sync.Mutex
	ended   bool
	running sync.WaitGroup
}

type sessionKey struct{}

func withSession(ctx context.Context, token rest.Token) (context.Context, *session) {
	s := &session{token: token, context: ctx}
	return context.WithValue(ctx, sessionKey{}, s), s
}

// sessionOf returns the session of a call, which Serve or ServeIO has added.
func sessionOf(ctx context.Context) *session {
	found, _ := ctx.Value(sessionKey{}).(*session)
	return found
}

// begin starts a call, which ends with the connection. It returns false if that has ended.
func (s *session) begin(ctx context.Context) (canceled context.Context, end func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return ctx, func() {}, false
	}
	s.running.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.context, cancel)
	return ctx, func() {
		stop()
		cancel()
		s.running.Done()
	}, true
}

// end waits for running calls and rejects others. Their resources end with the request.
func (s *session) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.running.Wait()
}
