package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
)

// newPool returns a transport that keeps a connection for each call in flight. It does not limit connections, because it
// would serve the calls that wait for one in their order, whoever makes them. It is used without an [http.Client], which
// would follow redirects and send X-Access-Token to any host that the API, or a proxy, names.
func newPool(config Config) *http.Transport {
	dialer := &net.Dialer{Timeout: 3 * time.Second, KeepAlive: 15 * time.Second, Control: rejectMetadata}
	pool := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		IdleConnTimeout:        60 * time.Second,
		MaxIdleConnsPerHost:    config.MaxInFlight,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
		// Without pings, calls pile up on a connection that died silently. It is found before the third attempt of a read.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 5 * time.Second, PingTimeout: 3 * time.Second},
	}
	if config.Dial != nil {
		pool.DialContext = config.Dial
	}
	return pool
}

// transport sends one attempt. It is the last link.
func transport(pool *http.Transport, limits timeouts) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		c.sent, c.replayed = false, false
		attempt, cancel := c.attempt(ctx, limits)
		defer cancel()
		response, err := pool.RoundTrip(newRequest(attempt, c))
		if err != nil {
			return nil, c.attemptError(c.transportCode(ctx, attempt), err)
		}
		c.status, c.rate, c.exempt = response.StatusCode, rateOf(response.Header), isExempt(response.Header)
		unzip(response)
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode/100 != 2 {
			return nil, c.statusError(response)
		}
		got, failure := c.readResponse(ctx, attempt, response)
		if failure != nil {
			return nil, c.accepted(failure, response.Header)
		}
		return got, nil
	}
}

// readResponse reads a 2xx response. Without a media type, only decoding can show that the body is not JSON.
func (c *call) readResponse(ctx, attempt context.Context, received *http.Response) (*response, *Error) {
	if !isJSON(received.Header) && received.Header.Get("Content-Type") != "" {
		c.drifted(ctx, DriftMedia, "")
		return nil, &Error{Code: BadResponse, Op: c.op(), Status: received.StatusCode}
	}
	body, err := readBody(received, c.session.limits.limits.Memory)
	if err != nil {
		return nil, c.attemptError(c.bodyCode(ctx, attempt, err), err)
	}
	return &response{status: received.StatusCode, header: received.Header, body: body}, nil
}

// newRequest builds the request of one attempt. It parses nothing: the base URL is parsed already, and IDs and queries
// need no escaping.
func newRequest(ctx context.Context, c *call) *http.Request {
	address := *c.session.base
	address.Path += c.path
	address.RawQuery = c.query
	request := &http.Request{
		Method: c.method, URL: &address, Host: address.Host, Header: c.session.header(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	switch {
	case c.fileToken.text != nil:
		request.Header = request.Header.Clone()
		request.Header.Set("Token", c.fileToken.reveal())
	case c.upload != nil:
		c.upload.addTo(request)
	case c.isWrite():
		c.carry(request)
	}
	return request.WithContext(ctx)
}

// attemptError returns the error of an attempt without a complete response. An upload whose content could not be read
// failed for that reason; the API is not to blame.
func (c *call) attemptError(code Code, cause error) *Error {
	if c.upload != nil && c.upload.failure() != nil && (code == Unavailable || code == TimedOut) {
		return c.fail(BadInput, c.upload.failure())
	}
	return c.fail(code, cause)
}

// statusError returns the error for a status other than 2xx. It reads a little of the body so that the connection can be
// reused, but ignores its content, which must not reach clients or logs. The exception are the names of a write's
// invalid fields.
func (c *call) statusError(response *http.Response) *Error {
	failure := &Error{Code: statusCode(response.StatusCode), Op: c.op(), Status: response.StatusCode}
	if failure.Code == BadInput {
		c.explainInvalid(failure, response)
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return failure // the body is the bare connection, which no context ends
	}
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10)
	if failure.Code == RateLimited {
		failure.RetryAfter, c.mayWait = rateWait(response.Header, time.Now())
	}
	return failure
}

// explainInvalid blames a 400 or 422 on the API unless the call carries a caller's input: a write, or the list of
// conversations. Other reads contain only valid IDs. A 400 that is not JSON is from a proxy, or a server at a wrong URL.
func (c *call) explainInvalid(failure *Error, response *http.Response) {
	readable := isJSON(response.Header)
	switch {
	case !readable && failure.Status == http.StatusBadRequest, !c.isWrite() && c.route != string(conversationsRoute):
		failure.Code = BadResponse
	case readable && c.isWrite():
		failure.Invalid = readInvalid(response)
	}
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

// isJSON reports whether the media type is JSON, also as the suffix of another type, such as application/hal+json.
func isJSON(header http.Header) bool {
	contentType := header.Get("Content-Type")
	if contentType == "application/json" { // nearly always, and then there is nothing to parse
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || mediaType == "text/json" || strings.HasSuffix(mediaType, "+json"))
}

func (c *call) bodyCode(ctx, attempt context.Context, err error) Code {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return BadResponse
	}
	if errors.Is(err, errNoMemory) {
		return Canceled
	}
	return c.transportCode(ctx, attempt)
}

// transportCode distinguishes a canceled or expired operation from a slow or unreachable API.
func (c *call) transportCode(ctx, attempt context.Context) Code {
	if ctx.Err() != nil || timeLeft(ctx) <= 0 {
		return contextCode(ctx)
	}
	if attempt.Err() != nil && !c.replayed {
		return TimedOut
	}
	return Unavailable
}
