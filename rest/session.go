package rest

import (
	"net/http"
	"net/url"
	"sync"

	"mstudio-graphql/rest/budget"
)

// session is the part of a [Client] that the links of the chain use. It differs between callers and operations.
type session struct {
	base      *url.URL // with the version, without a trailing slash
	userAgent string
	token     Token
	// caller returns the key of the token's owner.
	caller func() callerKey
	// budget returns the rate limit of the token's owner. Without a token, calls are not counted.
	budget    func() *budget.Budget
	operation *budget.Operation
	requestID string
	// header returns the shared header of all calls, which must not be modified. It contains the token: behind a
	// function, no formatting verb prints it.
	header func() http.Header
	// event is the event that reads wait for; see Client.AfterEvent.
	event   EventID
	onStale func()
	limits  *limiter
}

// newHeader builds the header from scratch, so that nothing a caller sent to the gateway is forwarded by accident.
func (s *session) newHeader() http.Header {
	header := http.Header{"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {s.userAgent}}
	if !s.token.IsZero() {
		header.Set("X-Access-Token", s.token.reveal())
	}
	if s.requestID != "" {
		header.Set("X-Request-Id", s.requestID)
	}
	if s.event != "" {
		header.Set("If-Event-Reached", string(s.event))
	}
	return header
}

// withoutEvent returns a copy whose calls do not wait for an event.
func (s *session) withoutEvent() *session {
	derived := *s
	derived.event, derived.onStale = "", nil
	derived.header = sync.OnceValue(derived.newHeader)
	return &derived
}
