package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/guard"
	"mstudio-graphql/graph/model"
)

// refusal is an answer to a request that is not executed.
type refusal struct {
	status     int
	err        error
	allow      string // methods, for 405
	retryAfter int    // seconds, for 503
	// tokenless means that there is no token, rather than a wrong one.
	tokenless bool
}

func refuse(status int, code model.Code, message string) *refusal {
	return &refusal{status: status, err: &model.Error{Code: code, Message: message}}
}

func badRequest(message string) *refusal {
	return refuse(http.StatusBadRequest, model.CodeBadUserInput, message)
}

// readParams reads the parameters of an operation from a GET or a POST.
func (g *Gateway) readParams(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	switch r.Method {
	case http.MethodGet:
		return readQueryString(r)
	case http.MethodPost:
		return g.readBody(w, r)
	}
	refused := refuse(http.StatusMethodNotAllowed, model.CodeBadUserInput, "Use POST, or GET for queries.")
	refused.allow = "GET, POST"
	return nil, refused
}

func readQueryString(r *http.Request) (*graphql.RawParams, *refusal) {
	values := r.URL.Query()
	fields := map[string]json.RawMessage{}
	for _, name := range []string{"variables", "extensions"} {
		if text := values.Get(name); text != "" {
			fields[name] = json.RawMessage(text)
		}
	}
	params, refused := readMaps(fields)
	if refused != nil {
		return nil, refused
	}
	params.Query, params.OperationName = values.Get("query"), values.Get("operationName")
	return requireQuery(params, func(name string) (string, bool) { return values.Get(name), true })
}

func (g *Gateway) readBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, refuse(http.StatusUnsupportedMediaType, model.CodeBadUserInput, "Send application/json in UTF-8.")
	}
	most := g.config.MaxBody
	if length := r.ContentLength; length > int64(most) {
		return nil, tooLarge(most, int(length))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(most))) //nolint:forbidigo // bounded
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge(most, most+1)
	}
	if err != nil {
		return nil, badRequest("The request body could not be read.")
	}
	return parseBody(body)
}

// tooLarge refuses a body of at least actual bytes: nobody counts what is not read.
func tooLarge(most, actual int) *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, err: &guard.Refusal{Limit: guard.LimitBody, Max: most, Actual: actual}}
}

func isJSON(contentType string) bool {
	if contentType == mediaJSON {
		return true
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err == nil && mediaType == mediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// parseBody reads the body ourselves, before the executor's library could: it accepts what follows the document and
// repeats a malformed one in its error.
func parseBody(body []byte) (*graphql.RawParams, *refusal) {
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return nil, badRequest("Batches are not supported: send one operation per request.")
	}
	// A map keeps names exact, where a struct would take "QUERY" for "query".
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return nil, badRequest("The request body is not a JSON object.")
	}
	params, refused := readMaps(fields)
	if refused != nil {
		return nil, refused
	}
	if value, given := fields["query"]; given && json.Unmarshal(value, &params.Query) != nil {
		return nil, badRequest("query must be a string.")
	}
	if value, given := fields["operationName"]; given && json.Unmarshal(value, &params.OperationName) != nil {
		return nil, badRequest("operationName must be a string.")
	}
	return requireQuery(params, func(name string) (id string, ok bool) {
		value, given := fields[name]
		return id, !given || json.Unmarshal(value, &id) == nil
	})
}

func readMaps(fields map[string]json.RawMessage) (*graphql.RawParams, *refusal) {
	params := &graphql.RawParams{}
	if value, given := fields["variables"]; given && decodeMap(value, &params.Variables) != nil {
		return nil, badRequest("variables must be a JSON object.")
	}
	if value, given := fields["extensions"]; given && decodeMap(value, &params.Extensions) != nil {
		return nil, badRequest("extensions must be a JSON object.")
	}
	return params, nil
}

// decodeMap keeps numbers as they were written, so that an id or a large integer loses nothing.
func decodeMap(value json.RawMessage, into *map[string]any) error {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

// requireQuery looks for the id of a document in all the places where clients put it, if the document itself is missing:
// documentId of the draft of GraphQL over HTTP, id and doc_id of Relay's guide, and the extension of Apollo's.
func requireQuery(params *graphql.RawParams, read func(name string) (id string, ok bool)) (*graphql.RawParams, *refusal) {
	if params.Query != "" {
		return params, nil
	}
	for _, name := range []string{"documentId", "id", "doc_id"} {
		id, ok := read(name)
		if !ok {
			return nil, badRequest("An id in place of query must be a string.")
		}
		if id != "" {
			keepDocumentID(params, id)
			return params, nil
		}
	}
	if documentID(params) == "" {
		return nil, badRequest("query is missing.")
	}
	return params, nil
}
