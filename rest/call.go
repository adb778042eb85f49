package rest

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"mstudio-graphql/rest/budget"
)

// call is one logical call of the API on its way through the chain.
type call struct {
	session *session
	method  string
	route   string // path template, for logs and errors
	path    string // path with its IDs
	query   string // encoded
	body    []byte // JSON; nil for a read
	// sent reports whether the current attempt had a connection to send its request on. From then on, only a response
	// proves what happened to a write.
	sent bool
	conn net.Conn // that connection
	// replayed reports whether net/http was about to send the request of the current attempt again.
	replayed bool
	// upload is the file to send, nil for other calls.
	upload *fileBody
	// fileToken is the permission to read a file, zero for other calls.
	fileToken FileToken

	turn turn
	// hasRoom reports whether the rate limit has granted an attempt that was not made yet.
	hasRoom bool
	// mayWait reports whether the last 429 has announced a wait.
	mayWait bool
	status  int // of the last response; 0 without one
	rate    *budget.Rate
	exempt  bool

	writes   uint64 // of the caller, when a read began
	isShared bool   // other calls have the same response
	attempts int    // requests sent so far
}

// newCall returns a call of a route with these IDs, or a BadInput error.
func (s *session) newCall(method string, r route, ids []string) (*call, error) {
	c := &call{session: s, method: method, route: string(r)}
	path, err := r.fill(ids...)
	if err != nil {
		return nil, c.fail(BadInput, err)
	}
	c.path = path
	return c, nil
}

// hasOwnToken reports whether the call has a token for one file, so that its result says nothing about the caller's.
func (c *call) hasOwnToken() bool { return c.upload != nil || c.fileToken.text != nil }

func (c *call) isWrite() bool { return c.method != http.MethodGet }

func (c *call) op() string { return c.method + " " + c.route }

func (c *call) fail(code Code, cause error) *Error {
	return &Error{Code: code, Op: c.op(), cause: cause}
}

// response is a 2xx response.
type response struct {
	status int
	header http.Header
	body   []byte
}

// handler is one link of the chain. Its errors have the type [*Error].
type handler func(ctx context.Context, c *call) (*response, error)

// route is a path template such as "/conversations/{conversationId}".
type route string

// conversationsRoute is the only route whose reads have a caller's input.
const conversationsRoute route = "/conversations"

// fill replaces the placeholders of the template by ids, in order. It returns a BadInput error for an ID that is not a
// UUID.
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

// sleep waits for d or until ctx ends, and reports whether it waited for d.
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
