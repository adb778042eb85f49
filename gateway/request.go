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

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/scan"
)

// refusal is an answer to a request that is not executed.
type refusal struct {
	status     int
	err        error
	allow      string // methods, for 405
	retryAfter int    // seconds, for 429 and 503
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
	params, refused := readMaps([]byte(values.Get("variables")), []byte(values.Get("extensions")))
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
	return &refusal{status: http.StatusRequestEntityTooLarge, err: &limits.Refusal{Limit: limits.LimitBody, Max: most, Actual: actual}}
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
	document := scan.Scanner{Data: body}
	if document.Next() == scan.Array {
		return nil, badRequest("Batches are not supported: send one operation per request.")
	}
	sent, ok := readMembers(&document)
	if !ok {
		return nil, badRequest("The request body is not a JSON object.")
	}
	params, refused := readMaps(sent.variables, sent.extensions)
	if refused != nil {
		return nil, refused
	}
	if params.Query, ok = readString(sent.query); !ok {
		return nil, badRequest("query must be a string.")
	}
	if params.OperationName, ok = readString(sent.operationName); !ok {
		return nil, badRequest("operationName must be a string.")
	}
	return requireQuery(params, func(name string) (id string, ok bool) { return readString(*sent.named(name)) })
}

// members are those of a request's object that mean something, as they were sent; nil if they were not.
type members struct{ query, operationName, variables, extensions, documentID, id, docID []byte }

// named returns where a member belongs, nil if it means nothing. Names are exact: "QUERY" is none.
func (m *members) named(name string) *[]byte {
	switch name {
	case "query":
		return &m.query
	case "operationName":
		return &m.operationName
	case "variables":
		return &m.variables
	case "extensions":
		return &m.extensions
	case documentIDMember:
		return &m.documentID
	case idMember:
		return &m.id
	case docIDMember:
		return &m.docID
	}
	return nil
}

// readMembers reads a document that is an object, and reports whether it is. Of two members of one name, the last counts.
func readMembers(document *scan.Scanner) (sent members, ok bool) {
	if document.Next() != scan.Object {
		return sent, false
	}
	document.Enter()
	for first := true; document.More(first, '}'); first = false {
		name := document.Name()
		value := document.Raw()
		if into := sent.named(string(name)); into != nil {
			*into = value
		}
	}
	return sent, document.Err == nil && document.Peek() == 0 && document.At == len(document.Data)
}

// readString reads a member that is a string, null or not there; ok is false for anything else.
func readString(sent []byte) (text string, ok bool) {
	value := scan.Scanner{Data: sent}
	switch value.Next() {
	case scan.String:
		return strings.ToValidUTF8(string(value.Token().Bytes()), "\uFFFD"), true
	case scan.Null:
		return "", true
	default:
		return "", len(sent) == 0
	}
}

// readMaps reads the two members that are objects. An empty one is one that was not sent.
func readMaps(variables, extensions []byte) (*graphql.RawParams, *refusal) {
	params := &graphql.RawParams{}
	if len(variables) > 0 && decodeMap(variables, &params.Variables) != nil {
		return nil, badRequest("variables must be a JSON object.")
	}
	if len(extensions) > 0 && decodeMap(extensions, &params.Extensions) != nil {
		return nil, badRequest("extensions must be a JSON object.")
	}
	return params, nil
}

// decodeMap keeps numbers as they were written, so that an id or a large integer loses nothing.
func decodeMap(value []byte, into *map[string]any) error {
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

// Where clients put the id of a document: the draft of GraphQL over HTTP has the first, Relay's guide the others.
const (
	documentIDMember = "documentId"
	idMember         = "id"
	docIDMember      = "doc_id"
)

// requireQuery looks for the id of a document in all the places where clients put it, if the document itself is missing:
// in members of its own, and in the extension of Apollo's.
func requireQuery(params *graphql.RawParams, read func(name string) (id string, ok bool)) (*graphql.RawParams, *refusal) {
	if params.Query != "" {
		return params, nil
	}
	for _, name := range []string{documentIDMember, idMember, docIDMember} {
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
