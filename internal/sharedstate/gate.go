package sharedstate

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/valkey-io/valkey-go"
)

// State is the state of the store, a label of metrics.
type State string

// The states.
const (
	// StateClosed means that commands are sent.
	StateClosed State = "closed"
	// StateOpen means that the server does not answer. No command is sent.
	StateOpen State = "open"
	// StateReadonly means that the server rejects writes, because it is full or a replica. Commands are sent.
	StateReadonly State = "readonly"
	// StateRefused means that the server rejects the password, or one side the other's certificate. No command is sent.
	StateRefused State = "refused"
)

// maxBusy is how often in a row the server may answer that it cannot answer now.
const maxBusy = 3

// gate lets no command through while the server does not answer. Each client passes it once: the first timeout or lost connection
// opens the gate, and only a new client, which has proved that the server answers, closes it. So no request ever waits for a
// connection.
type gate struct {
	log    *slog.Logger
	client atomic.Pointer[valkey.Client] // nil while the gate is open
	busy   atomic.Int32                  // answers in a row
	lost   chan result                   // why the client was taken away

	mu       sync.Mutex // of changes
	state    State      // empty until the first attempt to connect has ended
	isClosed bool       // for good: nothing changes any longer
}

// State returns the state.
func (g *gate) State() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state == "" {
		return StateOpen
	}
	return g.state
}

// judge draws the conclusions from the result of a client's command.
func (g *gate) judge(client *valkey.Client, use Use, got result) {
	switch got {
	case resultOK, resultError:
		g.busy.Store(0)
		if use == UseReplicas { // which writes, and knows therefore that writes are possible
			g.enter(client, StateClosed, got)
		}
	case resultReadonly, resultFull:
		g.enter(client, StateReadonly, got)
	case resultBusy:
		if g.busy.Add(1) >= maxBusy {
			g.open(client, got)
		}
	default:
		g.open(client, got)
	}
}

// enter changes the state, unless the client has been taken away meanwhile.
func (g *gate) enter(client *valkey.Client, state State, reason result) {
	if g.client.Load() != client {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.client.Load() == client && g.state != state && !g.isClosed {
		g.state = state
		g.record(state, reason)
	}
}

// open takes the client away, which is nil if there has been none.
func (g *gate) open(client *valkey.Client, reason result) {
	g.mu.Lock()
	changes := client == nil
	if client != nil && g.client.Load() == client {
		g.lost <- reason // has room, see pass
		g.client.Store(nil)
		changes = reason != resultTimeout // then the next attempt shows whether the server or this process was slow
	}
	g.mu.Unlock()
	if changes {
		g.enter(nil, stateAfter(reason), reason)
	}
}

// pass lets a new client through. The state changes with the result of its first command.
func (g *gate) pass(client *valkey.Client) {
	g.busy.Store(0)
	select {
	case <-g.lost: // of the last client
	default:
	}
	g.client.Store(client)
}

// silence keeps the end of the last connection out of the log.
func (g *gate) silence() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.isClosed = true
}

// stateAfter returns the state without a client.
func stateAfter(reason result) State {
	if reason == resultPassword || reason == resultTLS {
		return StateRefused
	}
	return StateOpen
}

// record writes no error, which may contain an address.
func (g *gate) record(state State, reason result) {
	if state == StateClosed {
		g.log.Info("valkey", slog.String("state", string(state)))
		return
	}
	g.log.Warn("valkey", slog.String("state", string(state)), slog.String("reason", string(reason)))
}
