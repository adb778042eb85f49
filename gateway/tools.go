package gateway

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/eventid"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// toolEndpoint serves the documents of the tools for AI assistants. It reveals no secrets.
func (p *parts) toolEndpoint() (*endpoint, error) {
	root := p.resolvers()
	root.OnReveal = nil
	allowed := p.config.Limits
	allowed.Cost = min(allowed.Cost, p.config.MCP.MaxCalls)
	made, err := p.newEndpoint(root, view.Public, allowed)
	if err != nil {
		return nil, err
	}
	made.maxCalls = p.config.MCP.MaxCalls
	return made, nil
}

// newTools returns the tools for AI assistants. Their endpoint runs no other documents.
func (p *parts) newTools(made *endpoint) (*mcp.Server, error) {
	tools, err := mcp.New(mcp.Options{
		Config: p.config.MCP, Schema: made.renderer.Schema(), Checker: made.limits, Version: p.config.Version,
		Execute: made.callTool, Called: p.telemetry.ToolCalled, Caller: func(token rest.Token) string { return token.Fingerprint(p.logKey) },
		MaxBody: p.config.MaxBody, Origins: p.config.CORSOrigins, PublicURL: p.config.PublicURL,
	})
	if err != nil {
		return nil, err
	}
	return tools, made.documents.Trust(documents.Manifests{All: tools.Documents()}, true, func(string) error { return nil })
}

// toolRoutes adds the route of the tools.
func (p *parts) toolRoutes(mux *http.ServeMux, tools *mcp.Server) {
	mux.Handle("POST /mcp", withCORS(p.config, p.limitAddresses(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, rejected := httpapi.Token(r); rejected == nil {
			telemetry.RecordOf(r.Context()).Caller = token.Fingerprint(p.logKey)
			r = r.WithContext(downloads.WithRequest(r.Context(), r, token))
		}
		if rejected := tools.Serve(w, r); rejected != nil {
			p.writeError(w, r, httpapi.MediaJSON, rejected)
		}
	}))))
	p.describe(mux, "/mcp", "POST, OPTIONS")
}

// callTool runs the document of a tool.
func (e *endpoint) callTool(ctx context.Context, call mcp.Call) mcp.Outcome {
	ctx = e.telemetry.Call(ctx)
	record := telemetry.RecordOf(ctx)
	record.Caller = call.Token.Fingerprint(e.logKey)
	account := e.memory.Open(record.Caller)
	req := &request{
		token: call.Token, params: &graphql.RawParams{Query: call.Document, Variables: call.Variables},
		header: http.Header{httpapi.PriorityHeader: {priorityBatch}, httpapi.EventReachedHeader: {e.newestEvents(call.After)}},
	}
	response := e.runTool(memory.With(ctx, account), req)
	record.SetOperation(call.Tool)
	record.AddErrors(response.Errors)
	return mcp.Outcome{Response: response, Calls: record.Usage.Calls, Release: func() {
		render.Recycle(response.Data)
		account.Close()
	}}
}

// runTool runs the operation of a tool. It recovers from panics, which would end the process in the goroutine of a tool.
func (e *endpoint) runTool(ctx context.Context, req *request) (response *graphql.Response) {
	defer func() {
		if recover() != nil {
			response = &graphql.Response{Errors: gqlerror.List{e.present(ctx, &loader.PanicError{Stack: debug.Stack()})}}
		}
	}()
	response, rejected := e.admit(ctx, nil, req)
	if rejected != nil {
		return &graphql.Response{Errors: gqlerror.List{e.present(ctx, rejected)}}
	}
	return response
}

// newestEvents returns as many events as an operation may wait for.
func (p *parts) newestEvents(ids []string) string {
	total := 0
	for i, id := range ids {
		events, err := p.eventIDs.Parse(id)
		if total += len(events); err != nil || total > eventid.Max {
			return strings.Join(ids[:i], ",")
		}
	}
	return strings.Join(ids, ",")
}
