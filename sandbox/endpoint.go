package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
)

// endpoint answers one operation. It runs while the store cannot change, and its answer is encoded before the store
// may change again, so it can hand out pointers into the store. The caller is nil on public routes.
type endpoint func(c *caller, r *http.Request) (answer, error)

// answer is a successful reply: either a JSON document or, with a contentType, raw bytes.
type answer struct {
	status      int // 200 if not set
	body        any
	header      http.Header
	raw         []byte
	contentType string
}

// private makes a handler for an operation that needs a token and counts against the token's rate limit.
func (s *Sandbox) private(answerCall endpoint) http.Handler {
	return s.admitted(func(w http.ResponseWriter, r *http.Request, c *caller) { s.reply(w, r, c, answerCall) })
}

// admitted lets those pass who have a token and are within its rate limit, when what they wait for has happened.
func (s *Sandbox) admitted(serve func(w http.ResponseWriter, r *http.Request, c *caller)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.store.caller(tokenOf(r))
		if c == nil {
			writeFailure(w, errUnauthorized)
			return
		}
		if !s.admit(w, c) {
			writeFailure(w, errTooManyRequests)
			return
		}
		if err := s.events.await(r); err != nil {
			writeFailure(w, err)
			return
		}
		serve(w, r, c)
	})
}

// public makes a handler for an operation that needs no token and knows no rate limit.
func (s *Sandbox) public(answerCall endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Exempt", "yes")
		s.reply(w, r, nil, answerCall)
	})
}

// unrouted answers what no operation matches. A token is not required, but one that is sent pays for the request.
func (s *Sandbox) unrouted() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := s.store.caller(tokenOf(r)); c != nil && !s.admit(w, c) {
			writeFailure(w, errTooManyRequests)
			return
		}
		if s.servesOtherMethod(r) {
			writeFailure(w, errMethodNotAllowed)
			return
		}
		writeFailure(w, errNoRoute)
	})
}

// servesOtherMethod tells a wrong method from a wrong path. The mux cannot, because its catch-all pattern takes both.
func (s *Sandbox) servesOtherMethod(r *http.Request) bool {
	probe := r.Clone(r.Context())
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); pattern != "/" {
			return true
		}
	}
	return false
}

func (s *Sandbox) reply(w http.ResponseWriter, r *http.Request, c *caller, answerCall endpoint) {
	a, err := s.encoded(r, c, answerCall)
	if err != nil {
		writeFailure(w, err)
		return
	}
	maps.Copy(w.Header(), a.header)
	write(w, cmp.Or(a.status, http.StatusOK), a.contentType, a.raw)
}

// encoded runs an endpoint and encodes its answer under one read lock.
func (s *Sandbox) encoded(r *http.Request, c *caller, answerCall endpoint) (answer, error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	a, err := answerCall(c, r)
	if err != nil || a.contentType != "" {
		return a, err
	}
	a.contentType = "application/json"
	a.raw, err = encode(a.body)
	return a, err
}

// encode leaves <, > and & as they are: the original is not written in Go and does not escape them.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // JSON or a picture, declared as such; it fails only when the client is gone
}
