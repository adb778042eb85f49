package gateway

import (
	"net/http"
	"strings"

	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/internal/memory"
)

// serve handles a request to the endpoint.
func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	if e.hub != nil && live.IsWebSocket(r) {
		if rejected := e.streams.ServeWebSocket(w, r, e.socketOrigins(), sockets{e}); rejected != nil {
			e.writeError(w, r, httpapi.MediaJSON, rejected)
		}
		return
	}
	if httpapi.WantsPage(r) {
		httpapi.SeeOther(w, "./"+strings.Repeat("../", strings.Count(r.URL.Path, "/")-1)) // /graphql/ is one level deeper
		return
	}
	accepted, ok := httpapi.Negotiate(r)
	mediaType := accepted.Response
	if !ok {
		e.writeError(w, r, mediaType, httpapi.NotAcceptable())
		return
	}
	req, w, rejected := e.read(w, r)
	if rejected != nil {
		e.writeError(w, r, mediaType, rejected)
		return
	}
	req.stream, req.respond = accepted.Stream, mediaType
	e.answer(w, r, req)
	if req.source != nil {
		e.streams.Serve(w, r, accepted.Stream, req.place, req.source)
	}
}

// answer runs the operation and writes the response, except for a subscription that has started.
func (e *endpoint) answer(w http.ResponseWriter, r *http.Request, req *request) {
	account := e.memory.Open(telemetry.RecordOf(r.Context()).Caller)
	defer account.Close() // when the client has read the response
	response, rejected := e.admit(downloads.WithRequest(memory.With(r.Context(), account), r, req.token), r.Body, req)
	if rejected != nil {
		e.writeError(w, r, req.respond, rejected)
		return
	}
	if req.source != nil {
		return
	}
	setEventID(w, response)
	httpapi.SetRateLimit(w, req.rate)
	writeResponse(w, r, req.respond, 0, response)
}

// read reads the token and the parameters of an operation. It returns the writer for the response, also with an error.
func (e *endpoint) read(w http.ResponseWriter, r *http.Request) (*request, http.ResponseWriter, *httpapi.Error) {
	token, rejected := httpapi.Token(r)
	if rejected != nil && !e.allowsAnonymous(rejected) {
		return nil, w, rejected
	}
	telemetry.RecordOf(r.Context()).Caller = token.Fingerprint(e.logKey)
	client, _ := httpapi.Client(r.Header)
	read := &request{token: token, client: client, header: r.Header, isGet: r.Method == http.MethodGet}
	isForm := uploads.IsForm(r)
	// A browser does not send a token's header for another site without a preflight. A page of any site can send a form,
	// which therefore needs a second header even with a token.
	if token.IsZero() || isForm {
		if rejected := httpapi.RequirePreflight(r); rejected != nil {
			return nil, w, rejected
		}
	}
	if !isForm {
		read.params, rejected = httpapi.ReadParams(w, r, e.config.MaxBody)
		return read, w, rejected
	}
	read.form, rejected = uploads.New(w, r, e.config.Uploads, e.config.MaxBody)
	if rejected != nil {
		return nil, w, rejected
	}
	w = read.form.DrainFirst(w, r)
	read.params, rejected = read.form.Params()
	return read, w, rejected
}
