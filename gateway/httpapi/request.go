// Package httpapi translates between net/http and GraphQL: a request becomes a token and the parameters of an operation,
// or an [Error]; a result becomes a response.
package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/jsonscan"
)

// ReadParams reads the parameters of an operation from a GET or a POST. The body may have at most maxBody bytes.
func ReadParams(w http.ResponseWriter, r *http.Request, maxBody int) (*graphql.RawParams, *Error) {
	switch r.Method {
	case http.MethodGet:
		return readQueryString(r)
	case http.MethodPost:
		return readBody(w, r, maxBody)
	}
	refused := NewError(http.StatusMethodNotAllowed, model.CodeBadUserInput, "Use POST, or GET for queries.")
	refused.Allow = "GET, POST"
	return nil, refused
}

func readQueryString(r *http.Request) (*graphql.RawParams, *Error) {
	values := r.URL.Query()
	params, refused := readMaps([]byte(values.Get("variables")), []byte(values.Get("extensions")))
	if refused != nil {
		return nil, refused
	}
	params.Query, params.OperationName = values.Get("query"), values.Get("operationName")
	return requireQuery(params, func(name string) (string, bool) { return values.Get(name), true })
}

func readBody(w http.ResponseWriter, r *http.Request, maxBody int) (*graphql.RawParams, *Error) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, NewError(http.StatusUnsupportedMediaType, model.CodeBadUserInput, "Send application/json in UTF-8.")
	}
	if length := r.ContentLength; length > int64(maxBody) {
		return nil, BodyTooLarge(maxBody, int(length))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(maxBody))) //nolint:forbidigo // bounded
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, BodyTooLarge(maxBody, maxBody+1)
	}
	if err != nil {
		return nil, BadRequest("The request body could not be read.")
	}
	return ParseBody(body)
}

func isJSON(contentType string) bool {
	if contentType == MediaJSON {
		return true
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err == nil && mediaType == MediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// ParseBody reads the body ourselves, before the executor's library could: it accepts what follows the document and
// repeats a malformed one in its error.
func ParseBody(body []byte) (*graphql.RawParams, *Error) {
	document := jsonscan.Scanner{Data: body}
	if document.Next() == jsonscan.Array {
		return nil, BadRequest("Batches are not supported: send one operation per request.")
	}
	sent, ok := readMembers(&document)
	if !ok {
		return nil, BadRequest("The request body is not a JSON object.")
	}
	params, refused := readMaps(sent.variables, sent.extensions)
	if refused != nil {
		return nil, refused
	}
	if params.Query, ok = readString(sent.query); !ok {
		return nil, BadRequest("query must be a string.")
	}
	if params.OperationName, ok = readString(sent.operationName); !ok {
		return nil, BadRequest("operationName must be a string.")
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
func readMembers(document *jsonscan.Scanner) (sent members, ok bool) {
	if document.Next() != jsonscan.Object {
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
	value := jsonscan.Scanner{Data: sent}
	switch value.Next() {
	case jsonscan.String:
		return strings.ToValidUTF8(string(value.Token().Bytes()), "\uFFFD"), true
	case jsonscan.Null:
		return "", true
	default:
		return "", len(sent) == 0
	}
}

// readMaps reads the two members that are objects. An empty one is one that was not sent.
func readMaps(variables, extensions []byte) (*graphql.RawParams, *Error) {
	params := &graphql.RawParams{}
	if len(variables) > 0 && decodeMap(variables, &params.Variables) != nil {
		return nil, BadRequest("variables must be a JSON object.")
	}
	if len(extensions) > 0 && decodeMap(extensions, &params.Extensions) != nil {
		return nil, BadRequest("extensions must be a JSON object.")
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
