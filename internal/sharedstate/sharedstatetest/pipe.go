package sharedstatetest

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// Pipe is a server in this process that connections reach without a network. In a bubble of testing/synctest, its entries expire
// in the bubble's time.
type Pipe struct {
	// Redis has the data, for tests that read or change it.
	Redis *miniredis.Miniredis

	mu          sync.Mutex
	commands    map[string]int
	hanging     chan struct{} // closed when the server goes on; nil if it does not hang
	failure     string        // the answer to all commands, if not empty
	delay       time.Duration // of each answer
	isDown      bool
	connections map[net.Conn]struct{}
	clients     map[*server.Peer]struct{} // those that have said HELLO
}

// NewPipe returns a Pipe that ends with the test. In a bubble, stores must be closed before the bubble ends.
func NewPipe(t testing.TB) *Pipe {
	t.Helper()
	p := &Pipe{Redis: miniredis.NewMiniRedis(), commands: map[string]int{}, connections: map[net.Conn]struct{}{}, clients: map[*server.Peer]struct{}{}}
	p.Redis.ClockTTL(true)
	first, err := p.Redis.Dial() // starts the server
	if err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	p.Redis.Server().SetPreHook(p.before)
	t.Cleanup(func() {
		p.Continue()
		p.Redis.Close()
	})
	return p
}

// URL returns the address as a setting.
func (*Pipe) URL() string { return "redis://pipe:6379" }

// Dial connects to the server. It is a sharedstate.Config.Dial.
func (p *Pipe) Dial(context.Context, string, string) (net.Conn, error) {
	connection, err := p.Redis.Dial() // not with the lock, which a script waits for while it has Redis's
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isDown {
		return nil, errors.Join(errors.New("connection refused"), connection.Close())
	}
	p.connections[connection] = struct{}{}
	return connection, nil
}

// before counts a command, and waits while the server hangs. As in a single server, there is no cluster. Nothing waits within a
// script, which holds the lock of all data: a connection that ends needs it, and time stands still in a bubble until it has it.
func (p *Pipe) before(peer *server.Peer, command string, _ ...string) (done bool) {
	p.mu.Lock()
	p.commands[command]++
	hanging, failure, delay := p.hanging, p.failure, p.delay
	if command == "HELLO" {
		p.clients[peer] = struct{}{}
	}
	_, isClient := p.clients[peer]
	p.mu.Unlock()
	if !isClient {
		return false
	}
	if hanging != nil {
		<-hanging
	}
	time.Sleep(delay)
	if failure == "" && command == "CLUSTER" {
		failure = "ERR This instance has cluster support disabled"
	}
	if failure != "" {
		peer.WriteError(failure)
	}
	return failure != ""
}

// Commands returns how many commands of this name, in capitals, the server has received.
func (p *Pipe) Commands(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.commands[name]
}

// Keys returns the names of all entries but the one that counts replicas.
func (p *Pipe) Keys() []string {
	return slices.DeleteFunc(p.Redis.Keys(), func(key string) bool { return key == "mg1:n" })
}

// Stop makes the server hang until Continue.
func (p *Pipe) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hanging == nil {
		p.hanging = make(chan struct{})
	}
}

// Continue lets the server go on after Stop.
func (p *Pipe) Continue() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hanging != nil {
		close(p.hanging)
		p.hanging = nil
	}
}

// Fail makes the server answer all commands with this error, or no longer if it is empty.
func (p *Pipe) Fail(message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = message
}

// Delay makes the server take this time for each command.
func (p *Pipe) Delay(delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = delay
}

// Kill ends all connections, and accepts no others until Run. All data is lost.
func (p *Pipe) Kill() {
	p.mu.Lock()
	p.isDown = true
	for connection := range p.connections {
		_ = connection.Close()
	}
	clear(p.connections)
	p.mu.Unlock()
	p.Redis.FlushAll()
}

// Run accepts connections again after Kill.
func (p *Pipe) Run() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isDown = false
}
