package rest

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"time"
)

// timeouts limit one attempt of a call, including the body.
type timeouts struct {
	read time.Duration
	// other is for writes, files and calls that wait for an event.
	other time.Duration
}

// of returns the timeout for a call.
func (t timeouts) of(c *call) time.Duration {
	if c.isWrite() || c.session.event != "" {
		return t.other
	}
	return min(t.read, t.other)
}

// attempt returns the context of one attempt. An upload may take any time as long as it makes progress.
func (c *call) attempt(ctx context.Context, limits timeouts) (context.Context, context.CancelFunc) {
	if c.upload != nil {
		ctx, cancel := c.upload.begin(ctx, limits.other)
		return c.sendOnce(ctx, cancel), cancel
	}
	ctx, cancel := context.WithTimeout(ctx, limits.of(c))
	return c.sendOnce(ctx, cancel), cancel
}

// sendOnce returns a context that counts the requests of an attempt and permits only one. net/http repeats a read on each
// pooled connection that breaks, and over HTTP/2 any call that the server says it has not processed: by GOAWAY, or by a
// stream error that servers use for streams over their limit. Such a request would be in no budget, log or metric, but in
// the caller's rate limit. A write that ends so was not sent. Over HTTP/1.1, net/http starts a write over only if it has
// sent nothing of it.
func (c *call) sendOnce(ctx context.Context, cancel context.CancelFunc) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
		switch {
		case !c.sent:
			c.sent, c.conn = true, got.Conn
			c.attempts++
		case !c.isWrite() || isHTTP2(got):
			c.sent, c.replayed = !c.isWrite(), true
			cancel()
			if !isHTTP2(got) { // which writes the request without a look at the context
				_ = got.Conn.Close()
			}
		}
	}})
}

func isHTTP2(got httptrace.GotConnInfo) bool {
	conn, ok := got.Conn.(*tls.Conn)
	return ok && conn.ConnectionState().NegotiatedProtocol == "h2"
}
