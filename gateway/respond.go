package gateway

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/render"
)

// writeRefusal answers a request that is not executed.
func (g *Gateway) writeRefusal(w http.ResponseWriter, r *http.Request, mediaType string, refused *refusal) {
	if refused.allow != "" {
		w.Header().Set("Allow", refused.allow)
	}
	if refused.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(refused.retryAfter))
	}
	if refused.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	errs := gqlerror.List{g.presentError(r.Context(), refused.err)}
	writeResponse(w, r, mediaType, refused.status, &graphql.Response{Errors: errs})
}

// writeResponse writes the answer, whose memory then serves another one. The data is finished JSON already and is not
// touched again: the standard encoder would check and compact all of it, and copy it twice.
func writeResponse(w http.ResponseWriter, r *http.Request, mediaType string, status int, response *graphql.Response) {
	recordOf(r.Context()).noteErrors(response.Errors)
	before, after, err := envelope(response)
	if err != nil {
		// Only the extensions can fail to encode, and they are ours.
		status, response.Data = http.StatusInternalServerError, nil
		before, after = []byte(`{"errors":[{"message":"`+internalMessage+`","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]`), []byte("}")
	}
	header := w.Header()
	header.Set("Content-Type", mediaType+"; charset=utf-8")
	rest := append(response.Data, after...) //nolint:gocritic // nobody uses the data again; a write of its own costs more
	header.Set("Content-Length", strconv.Itoa(len(before)+len(rest)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept, Authorization, X-Access-Token, Origin")
	w.WriteHeader(status)
	_, err = w.Write(before) //nolint:gosec // JSON, declared as such, with nosniff
	if err == nil {
		_, err = w.Write(rest) //nolint:gosec // as above
	}
	if err == nil {
		render.Recycle(rest) // when a stream of HTTP/2 ends early, Write returns while it is still being read
	}
}

// envelope returns what stands before and after the data. Errors come first, as the specification advises, and there
// is no data if nothing was executed.
func envelope(response *graphql.Response) (before, after []byte, err error) {
	before = []byte{'{'}
	if len(response.Errors) > 0 {
		if before, err = appendMember(before, "errors", response.Errors); err != nil {
			return nil, nil, err
		}
	}
	if response.Data != nil {
		before = append(separate(before), `"data":`...)
	}
	if len(response.Extensions) > 0 {
		if after, err = appendMember([]byte{','}, "extensions", response.Extensions); err != nil {
			return nil, nil, err
		}
	}
	return before, append(after, '}'), nil
}

func appendMember(buffer []byte, name string, value any) ([]byte, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	buffer = append(strconv.AppendQuote(buffer, name), ':')
	return append(buffer, encoded...), nil
}

// separate puts a comma between two members.
func separate(buffer []byte) []byte {
	if len(buffer) > 1 {
		return append(buffer, ',')
	}
	return buffer
}
