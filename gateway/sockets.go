package gateway

import (
	"context"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// sockets runs the operations of WebSockets.
type sockets struct{ endpoint *endpoint }

// Close codes of WebSockets: the client must not, or may, try again with the same token.
const (
	closeBadToken = 4400
	closeRejected = 4401
	closeLater    = int(websocket.StatusTryAgainLater)
)

// socketOrigins returns the origins whose pages may open a WebSocket, besides the gateway's own.
func (e *endpoint) socketOrigins() []string {
	if e.open { // no page of another origin may call it
		return nil
	}
	return e.config.CORSOrigins
}

// Connect implements [live.Operations].
func (s sockets) Connect(r *http.Request, payload map[string]any) (session live.Session, code int, reason string) {
	header := withPayload(r.Header, payload)
	token, rejected := httpapi.Token(&http.Request{Header: header})
	switch {
	case rejected != nil && rejected.Status != http.StatusUnauthorized:
		return nil, closeBadToken, rejected.Error()
	case rejected != nil && !s.endpoint.allowsAnonymous(rejected):
		return nil, closeRejected, rejected.Error()
	}
	caller := token.Fingerprint(s.endpoint.logKey)
	if _, known := s.endpoint.accepted.Get(caller); !known && rejected == nil {
		if rejected := s.endpoint.verify(r.Context(), token); rejected != nil {
			return nil, codeOf(rejected), s.endpoint.present(r.Context(), rejected).Message
		}
		s.endpoint.accepted.Add(caller, struct{}{}, nil)
	}
	client, _ := httpapi.Client(header)
	return &socketSession{endpoint: s.endpoint, token: token, client: client, caller: caller, request: downloads.RequestOf(downloads.WithRequest(r.Context(), r, token))}, 0, ""
}

// withPayload returns the headers of the upgrade request, and those in the payload of connection_init, where pages send what they
// cannot send with the upgrade.
func withPayload(given http.Header, payload map[string]any) http.Header {
	merged := given.Clone()
	for name, value := range payload {
		if text, ok := value.(string); ok {
			merged.Add(name, text)
		}
	}
	return merged
}

func codeOf(rejected *httpapi.Error) int {
	if rejected.Status == http.StatusUnauthorized || rejected.Status == http.StatusForbidden {
		return closeRejected
	}
	return closeLater
}

// socketSession runs the operations of one caller.
type socketSession struct {
	endpoint *endpoint
	token    rest.Token
	client   string // its name for itself
	caller   string
	request  downloads.Request
}

// Caller implements [live.Session].
func (s *socketSession) Caller() string { return s.caller }

// Start implements [live.Session].
func (s *socketSession) Start(ctx context.Context, params *graphql.RawParams) (started live.Source) {
	e := s.endpoint
	ctx = s.request.In(telemetry.Share(ctx))
	telemetry.RecordOf(ctx).Caller = s.caller
	account := e.memory.Open(s.caller)
	req := &request{token: s.token, client: s.client, params: params, ofSocket: true}
	defer func() {
		if recover() != nil { // nobody else does in this goroutine
			account.Close()
			started = e.failed(ctx, &loader.PanicError{Stack: debug.Stack()})
		}
	}()
	response, rejected := e.admit(memory.With(ctx, account), nil, req)
	switch {
	case rejected != nil:
		account.Close()
		return e.failed(ctx, rejected)
	case req.source != nil:
		account.Close()
		return req.source
	case response.Data == nil: // it has not been executed
		account.Close()
		return &result{end: watcher.End{Errors: httpapi.EncodeErrors(response.Errors)}}
	}
	return &result{results: [][]byte{encode(response)}, release: sync.OnceFunc(account.Close)}
}

// failed returns the source of an operation that has not been executed.
func (p *parts) failed(ctx context.Context, err error) live.Source {
	return &result{end: watcher.End{Errors: httpapi.EncodeErrors(gqlerror.List{p.present(ctx, err)})}}
}

// result is the source of an operation that has been executed or rejected.
type result struct {
	results [][]byte
	end     watcher.End
	release func()
}

// Notify implements [live.Source].
func (r *result) Notify(ready func()) { ready() }

// Take implements [live.Source].
func (r *result) Take() ([][]byte, *watcher.End) {
	results := r.results
	r.results = nil
	return results, &r.end
}

// Close implements [live.Source].
func (r *result) Close() {
	if r.release != nil {
		r.release()
	}
}
