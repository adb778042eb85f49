package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"sync"
)

// router routes requests to operations and does what all operations share: authentication, rate limits,
// If-Event-Reached, locking and encoding.
type router struct {
	mux     *http.ServeMux
	callers map[string]*caller // by token
	limiter *limiter
	events  *eventLog
	mu      sync.RWMutex // held by every operation while it reads or changes conversations
}

// endpoint handles one operation. The caller is nil on public routes.
type endpoint func(c *caller, r *http.Request) (response, error)

// response is a successful response.
type response struct {
	status int // zero means 200
	header http.Header
	body   any
}

func newRouter(callers []*caller, l *limiter, events *eventLog) *router {
	rt := &router{mux: http.NewServeMux(), callers: make(map[string]*caller), limiter: l, events: events}
	for _, c := range callers {
		rt.callers[c.Token] = c
	}
	rt.optional("/", rt.notFound)
	return rt
}

// private registers an operation that requires a token and counts against its rate limit.
func (rt *router) private(pattern string, serve endpoint) {
	rt.authenticated(pattern, func(w http.ResponseWriter, r *http.Request, c *caller) {
		respond(w, rt.mu.RLocker(), func() (response, error) { return serve(c, r) })
	})
}

// public registers an operation that requires no token and has no rate limit.
func (rt *router) public(pattern string, serve endpoint) {
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Exempt", "yes")
		respond(w, rt.mu.RLocker(), func() (response, error) { return serve(nil, r) })
	})
}

// write registers an operation that changes conversations. It requires a token.
func (rt *router) write(pattern string, serve func(c *caller, b *body) (response, error)) {
	rt.authenticated(pattern, func(w http.ResponseWriter, r *http.Request, c *caller) {
		b, err := readBody(r)
		if err != nil {
			writeFailure(w, err)
			return
		}
		respond(w, &rt.mu, func() (response, error) { return serve(c, b) })
	})
}

// optional registers a handler that requires no token. A request with a valid token counts against its rate limit.
func (rt *router) optional(pattern string, serve http.HandlerFunc) {
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if c := rt.callers[tokenOf(r)]; c != nil && !rt.limiter.admit(w, c) {
			writeFailure(w, errTooManyRequests)
			return
		}
		serve(w, r)
	})
}

// authenticated registers a handler behind authentication, rate limit and If-Event-Reached.
func (rt *router) authenticated(pattern string, serve func(w http.ResponseWriter, r *http.Request, c *caller)) {
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := rt.callers[tokenOf(r)]
		if c == nil {
			writeFailure(w, errUnauthorized)
			return
		}
		if !rt.limiter.admit(w, c) {
			writeFailure(w, errTooManyRequests)
			return
		}
		if err := rt.events.await(r); err != nil {
			writeFailure(w, err)
			return
		}
		serve(w, r, c)
	})
}

// notFound handles requests that match no operation.
func (rt *router) notFound(w http.ResponseWriter, r *http.Request) {
	if rt.servesOtherMethod(r) {
		writeFailure(w, errMethodNotAllowed)
		return
	}
	writeFailure(w, errNoRoute)
}

// servesOtherMethod reports whether the path exists with another method. The mux itself cannot answer 405, because its
// catch-all pattern matches every method.
func (rt *router) servesOtherMethod(r *http.Request) bool {
	probe := r.Clone(r.Context())
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe.Method = method
		if _, pattern := rt.mux.Handler(probe); pattern != "/" {
			return true
		}
	}
	return false
}

// respond runs an operation under a lock and writes its response.
func respond(w http.ResponseWriter, lock sync.Locker, operation func() (response, error)) {
	res, text, err := run(lock, operation)
	if err != nil {
		writeFailure(w, err)
		return
	}
	maps.Copy(w.Header(), res.header)
	writeJSON(w, cmp.Or(res.status, http.StatusOK), text)
}

// run encodes the response before it releases the lock, because the body may point to conversations.
func run(lock sync.Locker, operation func() (response, error)) (response, []byte, error) {
	lock.Lock()
	defer lock.Unlock()
	res, err := operation()
	if err != nil {
		return response{}, nil, err
	}
	text, err := encode(res.body)
	return res, text, err
}
