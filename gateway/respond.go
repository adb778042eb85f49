package gateway

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// writeRefusal answers a request that is not executed.
func (g *Gateway) writeRefusal(w http.ResponseWriter, r *http.Request, mediaType string, refused *refusal) {
	if refused.allow != "" {
		w.Header().Set("Allow", refused.allow)
	}
	if refused.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	errs := gqlerror.List{g.presentError(r.Context(), refused.err)}
	writeResponse(w, r, mediaType, refused.status, &graphql.Response{Errors: errs})
}

// writeResponse writes the answer once. The data is finished JSON already, and is copied through: the standard
// encoder would check and compact all of it again.
func writeResponse(w http.ResponseWriter, r *http.Request, mediaType string, status int, response *graphql.Response) {
	recordOf(r.Context()).errors = len(response.Errors)
	body, err := encodeResponse(response)
	if err != nil {
		// Only the extensions can fail to encode, and they are ours.
		status, body = http.StatusInternalServerError, []byte(`{"errors":[{"message":"`+internalMessage+`","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	}
	header := w.Header()
	header.Set("Content-Type", mediaType+"; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept, Authorization, X-Access-Token, Origin")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// encodeResponse puts errors first, as the specification advises, and leaves data out if nothing was executed.
func encodeResponse(response *graphql.Response) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(len(response.Data) + 64)
	separator := byte('{')
	for _, member := range []struct {
		name  string
		value any
		skip  bool
	}{
		{"errors", response.Errors, len(response.Errors) == 0},
		{"data", response.Data, response.Data == nil},
		{"extensions", response.Extensions, len(response.Extensions) == 0},
	} {
		if member.skip {
			continue
		}
		body.WriteByte(separator)
		separator = ','
		body.WriteString(strconv.Quote(member.name))
		body.WriteByte(':')
		if raw, ok := member.value.(json.RawMessage); ok {
			body.Write(raw)
			continue
		}
		encoded, err := json.Marshal(member.value)
		if err != nil {
			return nil, err
		}
		body.Write(encoded)
	}
	body.WriteByte('}')
	return body.Bytes(), nil
}
