package faults_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// canary is in everything that only a fault sends: bodies, headers, names of hosts and certificates.
const canary = "canary-upstream"

// upstream serves healthy responses, and a fault to some requests.
type upstream struct {
	url     string
	address string // to listen on; any if empty

	fault   fault
	meets   func(r *http.Request) bool // selects the requests that meet the fault
	once    bool                       // only the first of them, or the first connection, fails
	healthy http.Handler
	server  *http.Server
	release chan struct{} // closed by close; ends what waits

	connections, requests atomic.Int64
	open                  sync.WaitGroup

	mu    sync.Mutex
	taken map[net.Conn]bool // by faults
}

type connectionKey struct{}

// start serves the upstream, over HTTP/2 if protocol is http2.
func (u *upstream) start(protocol string) error {
	u.release, u.taken = make(chan struct{}), map[net.Conn]bool{}
	if u.fault.base != "" {
		u.url = u.fault.base
		return nil
	}
	listener, err := net.Listen("tcp", cmp.Or(u.address, "127.0.0.1:0"))
	if err != nil {
		return err
	}
	u.server = &http.Server{
		Handler:           u,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, c)
		},
	}
	serve, scheme := u.server.Serve, "http"
	if settings := u.fault.settings(protocol); settings != nil {
		u.server.TLSConfig = settings
		serve = func(l net.Listener) error { return u.server.ServeTLS(l, "", "") }
	}
	if u.server.TLSConfig != nil || u.fault.https {
		scheme = "https"
	}
	u.address = listener.Addr().String()
	u.url = scheme + "://" + u.address
	u.open.Go(func() { _ = serve(faultyListener{listener, u}) })
	return nil
}

// settings returns the TLS settings, nil for HTTP without TLS.
func (f fault) settings(protocol string) *tls.Config {
	switch {
	case f.tls != nil:
		return f.tls()
	case protocol == http2:
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{authority.issue(nil)}, NextProtos: []string{"h2"}}
	}
	return nil
}

// faultyListener accepts connections, and keeps those that a fault takes over.
type faultyListener struct {
	net.Listener
	upstream *upstream
}

func (l faultyListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		u := l.upstream
		if number := u.connections.Add(1); u.fault.accept == nil || u.once && number > 1 {
			return c, nil
		}
		u.keep(c)
		u.open.Go(func() { u.fault.accept(u, c); u.drop(c) })
	}
}

// keep closes a connection with the upstream, unless drop closes it before.
func (u *upstream) keep(c net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.taken[c] = true
}

func (u *upstream) drop(c net.Conn) {
	_ = c.Close()
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.taken, c)
}

// ServeHTTP serves the fault to the requests that meet it.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !u.meets(r) {
		u.healthy.ServeHTTP(w, r)
		return
	}
	number := u.requests.Add(1)
	if u.fault.answer == nil || u.once && number > 1 {
		u.healthy.ServeHTTP(w, r)
		return
	}
	u.fault.answer(&exchange{ResponseWriter: w, request: r, upstream: u, healthy: u.healthy})
}

// close ends everything that waits, and the server.
func (u *upstream) close() {
	close(u.release)
	if u.server != nil {
		_ = u.server.Close()
	}
	u.mu.Lock()
	for c := range u.taken {
		_ = c.Close()
	}
	u.mu.Unlock()
	u.open.Wait()
}

// exchange is a request that a fault responds to.
type exchange struct {
	http.ResponseWriter

	request  *http.Request
	upstream *upstream
	healthy  http.Handler
}

// healthyResponse returns the correct response.
func (e *exchange) healthyResponse() *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	e.healthy.ServeHTTP(recorder, e.request)
	return recorder
}

// text responds with a status and a body that claims to be JSON.
func (e *exchange) text(status int, body string) {
	e.typed("application/json", status, body)
}

// typed responds with a media type, a status and a body.
func (e *exchange) typed(mediaType string, status int, body string) {
	e.Header().Set("Content-Type", mediaType)
	e.Header().Set("X-Said", canary)
	e.WriteHeader(status)
	_, _ = io.WriteString(e, body)
}

// takeOver writes to the bare connection and then closes it.
func (e *exchange) takeOver(write func(c net.Conn)) {
	_, _ = io.Copy(io.Discard, e.request.Body)
	c, _, err := e.ResponseWriter.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	e.upstream.keep(c)
	defer e.upstream.drop(c)
	write(c)
}

// raw writes text in place of a response and closes the connection.
func (e *exchange) raw(text string) {
	e.takeOver(func(c net.Conn) { _, _ = io.WriteString(c, text) })
}

// rawAndHold writes text in place of a response and leaves the connection to the client.
func (e *exchange) rawAndHold(text string) {
	e.takeOver(func(c net.Conn) {
		_, _ = io.WriteString(c, text)
		_, _ = io.Copy(io.Discard, c)
	})
}

// hold waits until the client or the upstream has gone.
func (e *exchange) hold() {
	select {
	case <-e.upstream.release:
	case <-e.request.Context().Done():
	}
}

// drip sends a text byte by byte until the client or the upstream has gone.
func (u *upstream) drip(w io.Writer, text string, flush func()) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i = (i + 1) % len(text) {
		if _, err := w.Write([]byte{text[i]}); err != nil {
			return
		}
		if flush != nil {
			flush()
		}
		select {
		case <-u.release:
			return
		case <-tick.C:
		}
	}
}

// reset closes a connection with a RST packet.
func reset(c net.Conn) {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// http2Connection returns the connection of a request over HTTP/2, which can carry further frames.
func (e *exchange) http2Connection() *tls.Conn {
	return e.request.Context().Value(connectionKey{}).(*tls.Conn)
}

// startedConnection returns the connection once the server's SETTINGS are sent: clients accept no other frame before it. The
// headers of a preliminary response are written behind it. The request has been read by then: if the server closed the connection
// while a client still writes, the client might meet that before the frames of the fault.
func (e *exchange) startedConnection() *tls.Conn {
	_, _ = io.Copy(io.Discard, e.request.Body)
	e.WriteHeader(http.StatusEarlyHints)
	return e.http2Connection()
}

// frame returns an HTTP/2 frame without flags.
func frame(kind byte, stream uint32, payload []byte) []byte {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, 0, byte(stream >> 24), byte(stream >> 16), byte(stream >> 8), byte(stream)}
	return append(head, payload...)
}

// response returns an HTTP/1.1 response with a length and a body.
func response(length int, body string) string {
	return responseWith("", length, body)
}

// lastResponse returns a correct response that announces the end of the connection, so that no other call uses it.
func lastResponse(body string) string {
	return responseWith("Connection: close\r\n", len(body), body)
}

func responseWith(header string, length int, body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Said: " + canary + "\r\n" + header + "Content-Length: " + strconv.Itoa(length) + "\r\n\r\n" + body
}

// chunked returns an HTTP/1.1 response in chunks.
func chunked(chunks string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
}
