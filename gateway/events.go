package gateway

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/eventid"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/loader"
)

// Whoever has changed something and asks in a later request, maybe another replica, names what it has caused: the id is
// in extensions.eventId of the answer, and in a header beside it, for clients that do not hand on extensions.
const eventIDExtension = "eventId"

// writeTime is how much longer a mutation may take: mStudio lets reads wait for what was written.
const writeTime = 5 * time.Second

// timeout is how long an operation may take.
func (g *Gateway) timeout(ctx context.Context, operation *graphql.OperationContext) time.Duration {
	if operation.Operation.Operation == ast.Mutation {
		return g.operationTimeout(ctx) + writeTime
	}
	return g.operationTimeout(ctx)
}

type eventsKey struct{}

// awaiting returns a context with the events that the operation must have reached. A client may name several ids, in
// one header or in many.
func awaiting(ctx context.Context, r *http.Request) (context.Context, *httpapi.Error) {
	var events []loader.Event
	for _, header := range r.Header.Values(httpapi.EventReachedHeader) {
		if header == "" {
			continue // of a client that has changed nothing yet
		}
		for id := range strings.SplitSeq(header, ",") {
			named, err := eventid.Parse(strings.TrimSpace(id))
			if err != nil || len(events)+len(named) > eventid.Max {
				return ctx, httpapi.BadRequest("X-If-Event-Reached must be what extensions.eventId was, or at most 100 conversations' worth of them with commas in between.")
			}
			events = append(events, named...)
		}
	}
	return context.WithValue(ctx, eventsKey{}, events), nil
}

// awaitEvents tells the loaders of the operation.
func awaitEvents(ctx context.Context, loaders *loader.Loaders) {
	events, _ := ctx.Value(eventsKey{}).([]loader.Event)
	for _, event := range events {
		loaders.Await(event)
	}
}

// addConsistency tells the client what it has to name from now on to see its changes, and when an answer may not show
// them yet.
func addConsistency(response *graphql.Response, loaders *loader.Loaders) {
	extend := func(name, value string) {
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
		response.Extensions[name] = value
	}
	if written := loaders.Written(); len(written) > 0 {
		extend(eventIDExtension, eventid.Format(written))
	}
	if loaders.Stale() {
		extend("consistency", "stale")
	}
}

// nameEvents repeats the id of the events in a header.
func nameEvents(w http.ResponseWriter, response *graphql.Response) {
	if id, ok := response.Extensions[eventIDExtension].(string); ok {
		w.Header().Set(httpapi.EventIDHeader, id)
	}
}
