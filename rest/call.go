package rest

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// call is one logical call of the API on its way through the chain.
type call struct {
	client *Client
	method string
	route  string // path template, used in logs and errors
	path   string // the real path
	query  string // encoded
	body   []byte // of a write, in JSON
	// sent says of a write whether a connection was there to send it on: then nobody knows what became of it unless it
	// is answered.
	sent atomic.Bool
	// upload is what is sent along, if it is a file.
	upload *fileBody

	attempts int // requests made so far
}

func (c *call) isWrite() bool { return c.method != http.MethodGet }

func (c *call) op() string { return c.method + " " + c.route }

func (c *call) fail(code Code, cause error) *Error {
	return &Error{Code: code, Op: c.op(), cause: cause}
}

// answer is what the API said to a call with a 2xx status.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// handler is one link of the request chain. An error that it returns is an [*Error].
type handler func(ctx context.Context, c *call) (*answer, error)

// route is a path template such as "/conversations/{conversationId}".
type route string

// fill puts ids, in order, into the template's placeholders. An id that is not a UUID is a BadInput error.
func (r route) fill(ids ...string) (string, error) {
	path := string(r)
	for _, id := range ids {
		canonical, err := ParseID(id)
		if err != nil {
			return "", err
		}
		start, end := strings.IndexByte(path, '{'), strings.IndexByte(path, '}')
		path = path[:start] + canonical + path[end+1:]
	}
	return path, nil
}

// get reads one document: it builds the path, walks the chain and decodes the answer.
func get[T any](ctx context.Context, c *Client, r route, ids []string, query url.Values, read func(*decoder) T) (T, http.Header, error) {
	var none T
	target := &call{client: c, method: http.MethodGet, route: string(r)}
	path, err := r.fill(ids...)
	if err != nil {
		return none, nil, target.fail(BadInput, err)
	}
	target.path, target.query = path, query.Encode()
	got, err := c.do(ctx, target)
	if err != nil {
		return none, nil, err
	}
	value, err := decode(got.body, c.fileURL, noting(ctx, read))
	if err != nil {
		return none, nil, target.fail(BadResponse, err)
	}
	return value, got.header, nil
}

// sleep waits for d, or until ctx ends, and reports whether the whole time has passed.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
