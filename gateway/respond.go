package gateway

import (
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/render"
)

// writeError presents an error and writes it.
func (g *Gateway) writeError(w http.ResponseWriter, r *http.Request, mediaType string, rejected *httpapi.Error) {
	presented := g.presentError(r.Context(), rejected)
	recordOf(r.Context()).noteErrors(gqlerror.List{presented})
	httpapi.WriteError(w, mediaType, rejected, presented)
}

// writeResponse writes the result of an operation and reuses its memory.
func writeResponse(w http.ResponseWriter, r *http.Request, mediaType string, status int, response *graphql.Response) {
	recordOf(r.Context()).noteErrors(response.Errors)
	if spent := httpapi.Write(w, mediaType, status, response); spent != nil {
		render.Recycle(spent)
	}
}

// surviving answers a request whose handler has panicked. What the executor calls is guarded already; this is for what
// is around it.
func (g *Gateway) surviving(w *statusWriter, r *http.Request) {
	panicked := recover()
	if panicked == nil {
		return
	}
	if panicked == http.ErrAbortHandler { //nolint:errorlint // the server compares it so, too
		panic(panicked)
	}
	broken := g.presentError(r.Context(), &loader.PanicError{Stack: debug.Stack()})
	if w.status == 0 {
		writeResponse(w, r, httpapi.MediaJSON, http.StatusInternalServerError, &graphql.Response{Errors: gqlerror.List{broken}})
	}
}
