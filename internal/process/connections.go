package process

import (
	"container/list"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/internal/address"
)

// maxReceiving is the maximum size of all request bodies that are being received, in bytes: 256 of the maximum size.
const maxReceiving = 32 << 20

// The limits of [Connections], as labels of a metric.
const (
	limitConnections = "connections"
	limitAddress     = "address"
	limitBytes       = "bytes"
)

// Connections limits the connections of a server, those of one client address, and the bytes of bodies that are being
// received. At a limit, it closes the connection that has waited longest for the rest of a request, or that holds most
// bytes. Clients that send slowly or nothing therefore cannot shut out others.
type Connections struct {
	max     int
	proxies []netip.Prefix   // trusted ones
	metrics *metrics.Metrics // nil without metrics

	mu        sync.Mutex
	open      map[net.Conn]*connection
	waiting   list.List // of *connection, longest first
	addresses map[netip.Addr]int
	receiving int // bytes
}

// connection is an open connection.
type connection struct {
	net.Conn

	accepted net.Conn // the key in Connections.open: Conn, or TLS on it
	address  netip.Addr
	waits    *list.Element // nil while the server handles requests that were received
	isIdle   bool          // no request has begun
	bodies   int           // being received; HTTP/2 may have several
	bytes    int           // of these bodies
}

// NewConnections returns limits for at most maximum connections. Those of proxies have no limit per address. counted may be nil.
func NewConnections(maximum int, proxies []netip.Prefix, counted *metrics.Metrics) *Connections {
	return &Connections{max: maximum, proxies: proxies, metrics: counted, open: map[net.Conn]*connection{}, addresses: map[netip.Addr]int{}}
}

// attach makes the server report the progress of its requests.
func (c *Connections) attach(server *http.Server) {
	handler := server.Handler
	server.ConnState = c.changed
	server.ConnContext = func(ctx context.Context, of net.Conn) context.Context { return context.WithValue(ctx, c, of) }
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		of, _ := r.Context().Value(c).(net.Conn)
		if r.Body == http.NoBody {
			c.received(of)
		} else {
			body := c.receive(of, r.Body)
			r.Body = body
			if r.ProtoMajor > 1 { // before that, the server reads what is left of the body
				defer body.Received()
			}
		}
		handler.ServeHTTP(w, r)
	})
}

// listener returns a listener that accepts connections within the limits.
func (c *Connections) listener(from net.Listener) net.Listener { return limitedListener{from, c} }

type limitedListener struct {
	net.Listener

	limits *Connections
}

// Accept waits for a connection within the limits.
func (l limitedListener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil || l.limits.add(accepted) {
			return accepted, err
		}
		_ = accepted.Close()
	}
}

// add reports whether there is room for a connection, for which it may close another.
func (c *Connections) add(accepted net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	added := &connection{Conn: plainConn(accepted), accepted: accepted, address: c.limitedAddress(accepted)}
	fromSame := func(other *connection) bool { return other.address == added.address }
	if added.address.IsValid() && c.addresses[added.address] >= max(c.max/4, 1) && !c.closeLongest(limitAddress, fromSame) {
		return false
	}
	if len(c.open) >= c.max && !c.closeLongest(limitConnections, func(*connection) bool { return true }) {
		return false
	}
	added.waits = c.waiting.PushBack(added)
	c.open[accepted] = added
	c.addresses[added.address]++
	return true
}

// plainConn returns the connection below TLS. Closing it does not wait for a client that does not read.
func plainConn(accepted net.Conn) net.Conn {
	if secured, ok := accepted.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return accepted
}

// limitedAddress returns the address for the limit per address, or the zero Addr for a connection without that limit.
func (c *Connections) limitedAddress(accepted net.Conn) netip.Addr {
	remote, _ := netip.ParseAddrPort(accepted.RemoteAddr().String()) // a Unix socket has none
	return address.Limited(remote.Addr(), c.proxies)
}

// closeLongest closes the connection that has waited longest among those that match. It returns false if none waits, and the
// new connection must be closed instead.
func (c *Connections) closeLongest(limit string, matches func(*connection) bool) bool {
	c.count(limit)
	for element := c.waiting.Front(); element != nil; element = element.Next() {
		if waiting, ok := element.Value.(*connection); ok && matches(waiting) {
			c.close(waiting)
			return true
		}
	}
	return false
}

func (c *Connections) count(limit string) {
	if c.metrics != nil {
		c.metrics.ConnectionClosed(limit)
	}
}

func (c *Connections) close(closed *connection) {
	c.remove(closed)
	_ = closed.Close() // the server notices while it reads
}

func (c *Connections) remove(closed *connection) {
	c.settle(closed)
	delete(c.open, closed.accepted)
	c.addresses[closed.address]--
	if c.addresses[closed.address] == 0 {
		delete(c.addresses, closed.address)
	}
}

// settle ends waiting for requests.
func (c *Connections) settle(of *connection) {
	c.receiving -= of.bytes
	of.bytes = 0
	if of.waits != nil {
		c.waiting.Remove(of.waits)
		of.waits = nil
	}
}

// changed follows the states of the server's connections.
func (c *Connections) changed(of net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.open[of]
	switch {
	case known == nil: // already closed by a limit
	case state == http.StateClosed, state == http.StateHijacked:
		c.remove(known)
	case state == http.StateIdle:
		c.settle(known)
		known.isIdle = true
		known.waits = c.waiting.PushBack(known)
	case state == http.StateActive:
		known.isIdle = false
	}
}

// receive begins waiting for the body of a request.
func (c *Connections) receive(of net.Conn, body io.ReadCloser) *receivingBody {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.open[of]; known != nil {
		known.bodies++
		if known.waits == nil {
			known.waits = c.waiting.PushBack(known)
		}
	}
	return &receivingBody{ReadCloser: body, limits: c, of: of}
}

// received ends waiting for the rest of a request, unless another request of the connection has a body.
func (c *Connections) received(of net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.open[of]; known != nil && known.bodies == 0 {
		c.settle(known)
	}
}

// grow counts bytes of a body. Over the limit, it closes the connections that hold most.
func (c *Connections) grow(body *receivingBody, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.open[body.of]
	if known == nil || known.waits == nil || body.isReceived {
		return
	}
	body.bytes += bytes
	known.bytes += bytes
	for c.receiving += bytes; c.receiving > maxReceiving; {
		c.count(limitBytes)
		c.close(c.largest())
	}
}

// end ends waiting for a body. A client may have cancelled its request, so that the connection is idle already.
func (c *Connections) end(body *receivingBody) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.open[body.of]
	if known == nil || body.isReceived {
		return
	}
	body.isReceived = true
	known.bodies--
	switch {
	case known.bodies == 0 && !known.isIdle:
		c.settle(known)
	case known.waits != nil:
		freed := min(body.bytes, known.bytes)
		known.bytes -= freed
		c.receiving -= freed
	}
}

// largest returns the waiting connection that holds most bytes.
func (c *Connections) largest() *connection {
	var found *connection
	for element := c.waiting.Front(); element != nil; element = element.Next() {
		if waiting, ok := element.Value.(*connection); ok && (found == nil || waiting.bytes > found.bytes) {
			found = waiting
		}
	}
	return found
}

// receivingBody is the body of a request that is being received.
type receivingBody struct {
	io.ReadCloser

	limits *Connections
	of     net.Conn

	// Guarded by the lock of limits.
	bytes      int
	isReceived bool
}

// Read reads from the body and counts.
func (b *receivingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.limits.grow(b, n)
	if err == io.EOF {
		b.Received()
	}
	return n, err
}

// Received ends the limits for a body that is streamed: the reader has a slot for it.
func (b *receivingBody) Received() { b.limits.end(b) }
