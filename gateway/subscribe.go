package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/memory"
)

// subscribe starts a subscription, which sets req.source, or returns a response with errors.
func (e *endpoint) subscribe(ctx context.Context, operation *graphql.OperationContext, req *request) (response *graphql.Response, rejected *httpapi.Error) {
	place, rejected := e.enterStream(ctx, req)
	if rejected != nil {
		return nil, rejected
	}
	req.respond = req.stream // with errors, too: some clients read nothing else
	ctx, _, end := e.telemetry.Operation(ctx, operation)
	defer func() {
		if req.source == nil && place != nil {
			place.Leave()
		}
		end(response)
	}()
	ctx, cancel := context.WithTimeout(ctx, e.timeout(operation, nil))
	defer cancel()
	var target watcher.Target
	// The executor reads the arguments and checks them. Its channel is not used.
	respond, ctx := e.executor.DispatchOperation(resolvers.WithTarget(ctx, &target), operation)
	if target.Filter == nil && target.ConversationID == "" {
		return respond(ctx), nil
	}
	subscriber, err := e.hub.Subscribe(ctx, e.subscription(ctx, operation, req, target))
	if err != nil {
		return &graphql.Response{Errors: gqlerror.List{e.present(ctx, err)}}, nil
	}
	telemetry.RecordOf(ctx).Accept()
	req.source, req.place = subscriber, place
	return &graphql.Response{}, nil
}

// enterStream takes a place for a stream over HTTP.
func (e *endpoint) enterStream(ctx context.Context, req *request) (*live.Place, *httpapi.Error) {
	if req.ofSocket {
		return nil, nil
	}
	place, rejected := e.streams.Enter()
	if rejected != nil {
		return nil, rejected
	}
	if rejected := place.Claim(telemetry.RecordOf(ctx).Caller); rejected != nil {
		place.Leave()
		return nil, rejected
	}
	return place, nil
}

// subscription returns the subscription of an operation.
func (e *endpoint) subscription(ctx context.Context, operation *graphql.OperationContext, req *request, target watcher.Target) watcher.Subscription {
	client := e.client(ctx, req.token)
	events := &events{endpoint: e, operation: newOperation(operation), request: downloads.RequestOf(ctx)}
	return watcher.Subscription{
		Caller: watcher.Caller{Key: watchKey(telemetry.RecordOf(ctx).Caller, client), Client: client},
		Target: target, Key: events.key(), Render: events.render, Fail: events.fail,
	}
}

// newOperation returns a copy without what the executor has added and what only the request needed: a subscription would hold it.
func newOperation(operation *graphql.OperationContext) *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery: operation.RawQuery, Variables: operation.Variables, OperationName: operation.OperationName, Doc: operation.Doc,
		Operation: operation.Operation, DisableIntrospection: operation.DisableIntrospection, RecoverFunc: operation.RecoverFunc,
		ResolverMiddleware: operation.ResolverMiddleware, RootResolverMiddleware: operation.RootResolverMiddleware,
	}
}

// events renders the events of a subscription.
type events struct {
	endpoint  *endpoint
	operation *graphql.OperationContext
	request   downloads.Request
}

// key is equal for subscriptions of a caller with the same responses.
func (s *events) key() string {
	hash := sha256.New()
	parts := []any{s.request.Address(), s.operation.RawQuery, s.operation.Operation.Name, s.operation.Variables}
	_ = json.NewEncoder(hash).Encode(parts) //nolint:errchkjson // variables were JSON, and a hash does not fail
	return string(hash.Sum(nil))
}

// render returns the response for a change. The context is that of a poll.
func (s *events) render(ctx context.Context, change any) []byte {
	e := s.endpoint
	ctx = graphql.WithOperationContext(s.request.In(ctx), newOperation(s.operation))
	ctx = graphql.WithResponseContext(ctx, e.present, recoverPanic)
	response := &graphql.Response{Data: e.renderer.Event(ctx, resolvers.Event(change)), Errors: graphql.GetErrors(ctx)}
	if err := memory.From(ctx).Err(); err != nil {
		response = &graphql.Response{Errors: gqlerror.List{e.present(ctx, noMemory(err))}}
	}
	slices.SortStableFunc(response.Errors, byPath)
	return encode(response)
}

// encode returns a response as JSON and reuses its memory.
func encode(response *graphql.Response) []byte {
	encoded := httpapi.Encode(response)
	render.Recycle(response.Data)
	return encoded
}

// fail returns the errors of a subscription that ends with err.
func (s *events) fail(err error) json.RawMessage {
	return httpapi.EncodeErrors(gqlerror.List{s.endpoint.present(context.Background(), err)})
}
