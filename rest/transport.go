package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxBody is the largest document that is read, in bytes after decompression. Messages come as one unpaged array,
// so the bound is real.
const maxBody = 8 << 20

// newPool returns a transport whose pool fits many small calls to one host. It is used without an [http.Client], which
// would follow redirects, and send X-Access-Token along to whichever host the API, or someone in between, names.
func newPool() *http.Transport {
	dialer := &net.Dialer{Timeout: 3 * time.Second, KeepAlive: 15 * time.Second, Control: refuseLinkLocal}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		IdleConnTimeout:        60 * time.Second,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		MaxConnsPerHost:        128,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
		// Without pings, every call piles up on a connection that has died silently.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
	}
}

// transport sends one attempt. It is the last link.
func transport(pool *http.Transport, attemptTimeout time.Duration) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
		c.attempts++
		attempt, cancel := c.attempt(ctx, attemptTimeout)
		defer cancel()
		response, err := pool.RoundTrip(newRequest(attempt, c))
		if err != nil {
			return nil, c.brokenOff(transportCode(ctx, attempt), err)
		}
		unzip(response)
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode/100 != 2 {
			return nil, c.refused(response)
		}
		got, failure := c.received(ctx, attempt, response)
		if failure != nil {
			failure.Event = c.eventOf(response.Header)
			return nil, failure
		}
		return got, nil
	}
}

// received reads an answer with a 2xx status.
func (c *call) received(ctx, attempt context.Context, response *http.Response) (*answer, *Error) {
	if !isJSON(response.Header) {
		return nil, &Error{Code: BadResponse, Op: c.op(), Status: response.StatusCode}
	}
	body, err := readBody(response)
	if err != nil {
		return nil, c.brokenOff(bodyCode(ctx, attempt, err), err)
	}
	return &answer{status: response.StatusCode, header: response.Header, body: body}, nil
}

// attempt bounds one attempt: a file may take its time, as long as it moves. A read needs nothing of its own context.
func (c *call) attempt(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	switch {
	case c.upload != nil:
		return c.upload.begin(ctx, timeout)
	case c.isWrite() || c.client.deadlines == nil: // nothing of a call outside of operations is kept
		return context.WithTimeout(ctx, timeout)
	}
	return c.client.deadlines.bounded(ctx, timeout), func() {}
}

// newRequest builds one attempt. It parses nothing: the base was parsed once, and ids and queries need no escapes.
func newRequest(ctx context.Context, c *call) *http.Request {
	address := *c.client.base
	address.Path += c.path
	address.RawQuery = c.query
	request := &http.Request{
		Method: c.method, URL: &address, Host: address.Host, Header: c.client.header(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	switch {
	case c.upload != nil:
		c.upload.addTo(request)
	case c.isWrite():
		ctx = c.carry(ctx, request)
	}
	return request.WithContext(ctx)
}

// brokenOff turns an attempt without a whole answer into an error. A file that could not be read to its end has broken the
// attempt itself, and says nothing about the API.
func (c *call) brokenOff(code Code, cause error) *Error {
	if c.upload != nil && c.upload.failure() != nil && (code == Unavailable || code == TimedOut) {
		return c.fail(BadInput, c.upload.failure())
	}
	return c.fail(code, cause)
}

// refused turns a status other than 2xx into an error. The body is drained a little, so that the connection can be
// used again. Nothing in it may reach a client or a log, so it is not looked at, but for which fields of a write are
// not accepted.
func (c *call) refused(response *http.Response) *Error {
	failure := &Error{Code: statusCode(response.StatusCode), Op: c.op(), Status: response.StatusCode}
	if c.isWrite() && failure.Code == BadInput {
		failure.Invalid = readInvalid(response)
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return failure // its body is the bare connection, which no context ends and nobody uses again
	}
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
	if failure.Code == RateLimited {
		failure.RetryAfter = retryAfter(response.Header, time.Now())
	}
	return failure
}

func statusCode(status int) Code {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return BadInput
	case http.StatusUnauthorized:
		return Unauthorized
	case http.StatusForbidden:
		return Forbidden
	case http.StatusNotFound:
		return NotFound
	case http.StatusConflict:
		return Conflict
	case http.StatusPreconditionFailed:
		return TimedOut
	case http.StatusTooManyRequests:
		return RateLimited
	}
	if status >= 500 {
		return Unavailable
	}
	return BadResponse
}

// retryAfter reads how long to wait. mStudio documents X-RateLimit-Reset, in seconds that remain; Retry-After, in
// seconds or as a date, is what a proxy in between would send.
func retryAfter(header http.Header, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After", "X-RateLimit-Reset"} {
		text := header.Get(name)
		if seconds, err := strconv.ParseInt(text, 10, 32); err == nil && seconds >= 0 {
			return time.Duration(seconds) * time.Second
		}
		if date, err := http.ParseTime(text); err == nil && date.After(now) {
			return date.Sub(now).Round(time.Second)
		}
	}
	return 0
}

func isJSON(header http.Header) bool {
	contentType := header.Get("Content-Type")
	if contentType == "application/json" { // nearly always, and then there is nothing to parse
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == "application/json"
}

// bodies are kept between reads, because an answer without a length would otherwise grow its buffer ten times over.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // a pool is shared by nature

// maxPooledBody keeps one huge answer from occupying memory for ever.
const maxPooledBody = 1 << 20

// readBody reads the whole body, or fails with a *http.MaxBytesError: a body that is cut off silently could still be
// a whole document. What it returns belongs to the caller alone.
func readBody(response *http.Response) ([]byte, error) {
	if length := response.ContentLength; length > 0 && length <= maxBody {
		// One byte more, to meet the end: over HTTP/2 it comes in a frame of its own, and Close resets a stream without it.
		body := make([]byte, length+1)
		if n, err := io.ReadFull(response.Body, body); int64(n) < length {
			return nil, err
		}
		return body[:length], nil
	}
	buffer, _ := bodies.Get().(*bytes.Buffer)
	buffer.Reset()
	defer func() {
		if buffer.Cap() <= maxPooledBody {
			bodies.Put(buffer)
		}
	}()
	if _, err := buffer.ReadFrom(http.MaxBytesReader(nil, response.Body, maxBody)); err != nil {
		return nil, err
	}
	return bytes.Clone(buffer.Bytes()), nil
}

func bodyCode(ctx, attempt context.Context, err error) Code {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return BadResponse
	}
	return transportCode(ctx, attempt)
}

// transportCode tells a caller who has gone or whose time is up from an API that is slow or away.
func transportCode(ctx, attempt context.Context) Code {
	if ctx.Err() != nil || timeLeft(ctx) <= 0 {
		return contextCode(ctx)
	}
	if attempt.Err() != nil {
		return TimedOut
	}
	return Unavailable
}

func contextCode(ctx context.Context) Code {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Canceled
	}
	return Expired
}
