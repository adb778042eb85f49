package live

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"mstudio-graphql/gateway/telemetry"
)

// socket is the connection of a WebSocket. While it is idle, only the goroutine of serve exists.
type socket struct {
	config     *Config
	conn       *websocket.Conn
	place      *Place
	operations Operations
	request    *http.Request   // the upgrade; nil after connection_init
	session    Session         // nil before connection_init
	context    context.Context // never ends, because the library would close the connection
	tasks      sync.WaitGroup  // goroutines except that of serve

	writing sync.Mutex       // held during a write, so that no result follows the end of its operation
	written telemetry.Stream // Bytes is guarded by writing, Events belongs to the goroutine of write

	mu      sync.Mutex
	ended   Reason       // "" while the socket is open
	timer   *time.Timer  // for connection_init, then for the next ping
	running []*operation // few, so a map would take more memory
	slots   int          // operations that run or start
	ready   []*operation // those that have results, in order
	writes  bool         // whether a goroutine writes them
}

// newSocket returns a socket that waits for connection_init.
func (s *Streams) newSocket(conn *websocket.Conn, r *http.Request, place *Place, operations Operations) *socket {
	conn.SetReadLimit(int64(min(maxInitBytes, s.config.MaxMessageBytes)))
	made := &socket{
		config: &s.config, conn: conn, place: place, operations: operations, request: r, context: context.WithoutCancel(r.Context()),
	}
	made.setTimer(time.AfterFunc(s.config.StreamInitTimeout, func() {
		made.end(closeInitTimeout, "Initialization timeout.", ReasonProtocol)
	}))
	place.OnEnd(func(reason Reason) { made.spawn(func() { made.leave(reason) }) })
	return made
}

// leave ends the socket for the gateway.
func (s *socket) leave(reason Reason) {
	if reason == ReasonOverloaded { // a response would take time
		s.abandon(reason)
		return
	}
	s.end(websocket.StatusServiceRestart, "Connect again.", reason)
}

// initialize handles messages until the caller is known or the socket has ended.
func (s *socket) initialize() {
	if s.conn.Subprotocol() == "" {
		s.end(closeSubprotocol, "Use the subprotocol "+Protocol+".", ReasonProtocol)
	}
	for s.session == nil && s.handleNext() {
	}
}

// serve handles messages until the socket has ended.
func (s *socket) serve(logEnd func(telemetry.Stream)) {
	if s.handleNext() {
		go s.serve(logEnd) // a new goroutine has a small stack, unlike one that has handled a message
		return
	}
	s.tasks.Wait()
	s.written.Reason = string(s.ended)
	logEnd(s.written)
	s.place.Leave() // last, because a drain waits for it
}

// handleNext reads a message and handles it. It reports false if the socket has ended.
func (s *socket) handleNext() bool {
	kind, text, err := s.read()
	if err == nil {
		s.handle(kind, text)
	}
	return err == nil
}

// read returns the next message. An error has ended the socket.
func (s *socket) read() (kind websocket.MessageType, text []byte, err error) {
	kind, from, err := s.conn.Reader(s.context)
	if err == nil {
		// A client that sends a message slowly occupies memory.
		defer s.deadline().Stop()
		text, err = io.ReadAll(from) //nolint:forbidigo // the connection has a limit
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		s.end(websocket.StatusMessageTooBig, "", ReasonProtocol)
	} else if err != nil {
		s.end(websocket.StatusProtocolError, "", ReasonClient) // it hears nothing if it has left
	}
	return kind, text, err
}

func (s *socket) handle(kind websocket.MessageType, text []byte) {
	parsed, ok := parseMessage(text)
	switch {
	case !ok || kind != websocket.MessageText:
		s.end(closeInvalid, "Invalid message.", ReasonProtocol)
	case parsed.kind == typeInit:
		s.connect(parsed.object)
	case parsed.kind == typePing:
		s.send(encode(typePong, nil, parsed.payload), nil)
	case parsed.kind == typeSubscribe:
		s.subscribe(parsed)
	case parsed.kind == typeComplete:
		s.complete(parsed.id)
	}
}

// connect handles connection_init.
func (s *socket) connect(payload map[string]any) {
	request := s.request
	if request == nil {
		s.end(closeSecondInit, "Too many initialization requests.", ReasonProtocol)
		return
	}
	s.request = nil
	s.setTimer(nil)
	session, code, reason := s.operations.Connect(request, payload)
	if session == nil {
		s.end(websocket.StatusCode(code), reason, ReasonUnauthenticated)
		return
	}
	if rejected := s.place.Claim(session.Caller()); rejected != nil {
		s.end(websocket.StatusTryAgainLater, rejected.Error(), ReasonOverloaded)
		return
	}
	s.session = session
	s.conn.SetReadLimit(int64(s.config.MaxMessageBytes))
	s.send(encode(typeAck, nil, nil), nil)
	s.setTimer(time.AfterFunc(s.config.StreamPing, func() { s.spawn(s.ping) }))
}

// ping ends the socket unless the client responds.
func (s *socket) ping() {
	ctx, cancel := context.WithTimeout(s.context, 2*s.config.StreamPing)
	defer cancel()
	_ = s.conn.Ping(ctx)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		s.abandon(ReasonSilent)
		return
	}
	// Any other error is that of a write, which has its own timeout.
	s.setTimer(time.AfterFunc(s.config.StreamPing, func() { s.spawn(s.ping) }))
}

// setTimer replaces the timer.
func (s *socket) setTimer(timer *time.Timer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = timer
	if timer != nil && s.ended != "" {
		timer.Stop()
	}
}

// spawn runs a task in a goroutine unless the socket has ended.
func (s *socket) spawn(task func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended == "" {
		s.tasks.Go(task)
	}
}

// send writes a message if allowed is nil or returns true, during which no other message is written.
func (s *socket) send(text []byte, allowed func() bool) bool {
	s.writing.Lock()
	defer s.writing.Unlock()
	if allowed != nil && !allowed() {
		return false
	}
	defer s.deadline().Stop()
	if err := s.conn.Write(s.context, websocket.MessageText, text); err != nil {
		s.abandon(ReasonClient)
		return false
	}
	s.written.Bytes += int64(len(text))
	return true
}

// deadline returns the timer of a write, or of a message that arrives.
func (s *socket) deadline() *time.Timer {
	return time.AfterFunc(s.config.StreamWriteTimeout, func() { s.abandon(ReasonSlow) })
}

// end closes the connection with a code and a text for the client. It waits some seconds for the client to respond.
func (s *socket) end(code websocket.StatusCode, text string, reason Reason) {
	if s.stop(reason) {
		_ = s.conn.Close(code, text[:min(len(text), maxCloseText)])
	}
}

// abandon closes the connection at once, because the client is slow or has left.
func (s *socket) abandon(reason Reason) {
	s.stop(reason)
	_ = s.conn.CloseNow()
}

// stop ends all operations. It reports false if the socket has already ended.
func (s *socket) stop(reason Reason) bool {
	s.mu.Lock()
	if s.ended != "" {
		s.mu.Unlock()
		return false
	}
	s.ended = reason
	running := s.running
	s.running, s.ready = nil, nil
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	for _, op := range running {
		op.close()
	}
	return true
}
