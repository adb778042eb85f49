package gateway

import (
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/render"
)

// writeError presents an error and writes it.
func (p presenter) writeError(w http.ResponseWriter, r *http.Request, mediaType string, rejected *httpapi.Error) {
	presented := p.present(r.Context(), rejected)
	telemetry.RecordOf(r.Context()).AddErrors(gqlerror.List{presented})
	httpapi.WriteError(w, mediaType, rejected, presented)
}

// writeResponse writes the result of an operation and reuses its memory.
func writeResponse(w http.ResponseWriter, r *http.Request, mediaType string, status int, response *graphql.Response) {
	telemetry.RecordOf(r.Context()).AddErrors(response.Errors)
	if spent := httpapi.Write(w, mediaType, status, response); spent != nil {
		render.Recycle(spent)
	}
}

// recoverHandler writes an error if a handler panics. The executor recovers panics of resolvers itself.
func (p presenter) recoverHandler(w *telemetry.ResponseWriter, r *http.Request) {
	panicked := recover()
	if panicked == nil {
		return
	}
	if panicked == http.ErrAbortHandler { //nolint:errorlint // as in net/http
		panic(panicked)
	}
	broken := p.present(r.Context(), &loader.PanicError{Stack: debug.Stack()})
	if !w.HasStatus() {
		writeResponse(w, r, httpapi.MediaJSON, http.StatusInternalServerError, &graphql.Response{Errors: gqlerror.List{broken}})
	}
}
