// Package live writes the results of subscriptions to clients: server-sent events, multipart responses and WebSockets.
package live

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/watcher"
)

// Source holds the results of one operation until they are written. *[watcher.Subscriber] is one.
type Source interface {
	// Notify sets the function that is called whenever Take has something to return. It is called at once if that is already
	// the case, and must not block.
	Notify(ready func())
	// Take returns the results that wait, oldest first, each a JSON response on one line. They use memory of the source until
	// the next Take or Close: after they are written, it must be called until it returns none. If end is not nil, none will
	// follow.
	Take() (results [][]byte, end *watcher.End)
	// Close ends the operation. It may be called twice.
	Close()
}

// Operations runs the operations of WebSockets.
type Operations interface {
	// Connect reads the token of a socket from the upgrade request and from the payload of connection_init, which may be nil.
	// It returns a close code and its reason instead if the tokens differ or mStudio rejects the token. It must verify a token
	// that is new to the gateway, because a socket keeps its place after it.
	Connect(r *http.Request, payload map[string]any) (session Session, code int, reason string)
}

// Session runs the operations of one caller.
type Session interface {
	// Caller identifies the caller: the fingerprint of the token.
	Caller() string
	// Start runs an operation. It returns when a query has been executed, or when a subscription has started. A rejected
	// operation is a Source whose End has errors. ctx ends when Start has returned. Start recovers from panics, because it runs
	// in a goroutine of its own.
	Start(ctx context.Context, params *graphql.RawParams) Source
}
