package process

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeConn is a connection from an address that notes whether it was closed.
type fakeConn struct {
	net.Conn

	remote string
	closed bool
}

func (f *fakeConn) RemoteAddr() net.Addr { return fakeAddr(f.remote) }

func (f *fakeConn) Close() error { f.closed = true; return nil }

type fakeAddr string

func (fakeAddr) Network() string  { return "tcp" }
func (a fakeAddr) String() string { return string(a) }

// fakeListener accepts prepared connections.
type fakeListener struct {
	net.Listener

	waiting []net.Conn
}

func (f *fakeListener) Accept() (net.Conn, error) {
	if len(f.waiting) == 0 {
		return nil, io.EOF
	}
	next := f.waiting[0]
	f.waiting = f.waiting[1:]
	return next, nil
}

// client is a set of limits with connections to it.
type client struct {
	*Connections

	incoming *fakeListener
	all      []*fakeConn
}

func newClient(maximum int) *client {
	return &client{Connections: NewConnections(maximum, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, nil), incoming: &fakeListener{}}
}

// connect opens a connection and reports whether it was accepted.
func (c *client) connect(from string) (accepted bool) {
	opened := &fakeConn{remote: from}
	c.all = append(c.all, opened)
	c.incoming.waiting = append(c.incoming.waiting, opened)
	got, err := c.listener(c.incoming).Accept()
	if errors.Is(err, io.EOF) {
		return false
	}
	return got == net.Conn(opened)
}

// closedNumbers returns the numbers of the closed connections.
func (c *client) closedNumbers() string {
	var closed []string
	for i, opened := range c.all {
		if opened.closed {
			closed = append(closed, fmt.Sprint(i))
		}
	}
	return strings.Join(closed, " ")
}

func (c *client) want(t *testing.T, closed string) {
	t.Helper()
	if d := cmp.Diff(closed, c.closedNumbers()); d != "" {
		t.Errorf("closed connections (-want +got)\n%s", d)
	}
}

// At the limit, the connection is closed that has waited longest. Connections with a running request are not closed.
func TestConnections_Maximum(t *testing.T) {
	t.Parallel()
	c := newClient(3)
	for range 3 {
		c.connect("10.0.0.1:1")
	}
	c.received(c.all[0])
	c.connect("10.0.0.1:1")
	c.want(t, "1")
	c.changed(c.all[1], http.StateClosed) // what the server reports later changes nothing
	c.changed(c.all[0], http.StateIdle)
	c.connect("10.0.0.1:1")
	c.connect("10.0.0.1:1")
	c.want(t, "1 2 3")
	for _, i := range []int{0, 4, 5} {
		c.received(c.all[i])
	}
	if c.connect("10.0.0.1:1") {
		t.Error("accepted although all connections have running requests")
	}
	c.want(t, "1 2 3 6")
	for _, i := range []int{0, 4, 5} {
		c.changed(c.all[i], http.StateClosed)
	}
	if len(c.open)+len(c.addresses)+c.waiting.Len() > 0 {
		t.Errorf("remaining: %v, %v", c.open, c.addresses)
	}
}

// A public address may have a quarter of the connections; a trusted proxy may have all, and so may a loopback or private address,
// which may be a proxy's.
func TestConnections_PerAddress(t *testing.T) {
	t.Parallel()
	c := newClient(12)
	for _, from := range []string{"192.0.2.1:1", "[2001:db8::1]:1", "[::ffff:192.0.2.1]:2", "192.0.2.1:3", "192.0.2.2:1"} {
		c.connect(from)
	}
	c.want(t, "")
	c.received(c.all[0])
	c.connect("192.0.2.1:4")
	c.want(t, "2")
	for _, i := range []int{3, 5} {
		c.received(c.all[i])
	}
	if c.connect("192.0.2.1:5") {
		t.Error("accepted a fourth connection of a quarter of twelve")
	}
	c = newClient(12)
	for _, from := range []string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8:0:1::1]:1", "[2001:db8::3:4]:1", "[2001:db8::5]:1"} {
		c.connect(from) // four of the same network
	}
	c.want(t, "0")
	for _, from := range []string{"127.0.0.1:1", "[::1]:1", "10.1.1.1:1", "[fd00::1]:1", "198.51.100.1:1", "[::ffff:198.51.100.1]:1"} {
		c := newClient(12)
		for range 12 {
			c.connect(from)
		}
		c.want(t, "")
	}
}

// The connection that holds most bytes of unfinished bodies is closed.
func TestConnections_Bytes(t *testing.T) {
	t.Parallel()
	c := newClient(10)
	bodies := map[int]io.Reader{}
	receive := func(i, size int) {
		t.Helper()
		if _, err := io.ReadFull(bodies[i], make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		c.connect("10.0.0.1:1")
		bodies[i] = c.receive(c.all[i], io.NopCloser(endless{}))
	}
	receive(0, maxReceiving/2)
	receive(1, maxReceiving/4)
	receive(2, maxReceiving/4)
	c.want(t, "")
	receive(3, 1)
	c.want(t, "0")
	streamed, ok := bodies[1].(interface{ Received() })
	if !ok {
		t.Fatal("a body cannot be taken over")
	}
	streamed.Received()
	receive(1, maxReceiving) // in the slot of an upload
	receive(3, maxReceiving/2)
	c.want(t, "0")
	whole := c.receive(c.all[3], io.NopCloser(strings.NewReader("{}")))
	if _, err := io.Copy(io.Discard, whole); err != nil {
		t.Fatal(err)
	}
	if ended, ok := bodies[3].(*receivingBody); ok {
		ended.Received()
	}
	if c.receiving != maxReceiving/4 {
		t.Errorf("%d bytes are counted", c.receiving)
	}
	c.changed(c.all[2], http.StateClosed)
	if c.receiving != 0 {
		t.Errorf("%d bytes are counted after all", c.receiving)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// HTTP/2 has several requests on a connection. It waits while one of their bodies is being received.
func TestConnections_SeveralBodies(t *testing.T) {
	t.Parallel()
	c := newClient(2)
	c.connect("10.0.0.1:1")
	first := c.receive(c.all[0], io.NopCloser(endless{}))
	second := c.receive(c.all[0], io.NopCloser(endless{}))
	for _, body := range []*receivingBody{first, second} {
		if _, err := io.ReadFull(body, make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	c.received(c.all[0]) // a request without a body
	first.Received()
	first.Received()
	if c.receiving != 100 || c.waiting.Len() != 1 {
		t.Errorf("%d bytes, %d connections wait", c.receiving, c.waiting.Len())
	}
	second.Received()
	if c.receiving != 0 || c.waiting.Len() != 0 {
		t.Errorf("%d bytes, %d connections wait after all", c.receiving, c.waiting.Len())
	}
	cancelled := c.receive(c.all[0], io.NopCloser(endless{}))
	c.changed(c.all[0], http.StateIdle)
	cancelled.Received()
	c.connect("10.0.0.1:1")
	c.connect("10.0.0.1:1")
	c.want(t, "0")
}
