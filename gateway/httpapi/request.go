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
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// ReadParams reads the parameters of an operation from a GET or a POST. The body may have at most maxBody bytes.
func ReadParams(w http.ResponseWriter, r *http.Request, maxBody int) (*graphql.RawParams, *Error) {
	switch r.Method {
	case http.MethodGet:
		return readQueryString(r)
	case http.MethodPost:
		return readBody(w, r, maxBody)
	}
	rejected := NewError(http.StatusMethodNotAllowed, model.CodeBadUserInput, "Use POST, or GET for queries.")
	rejected.Allow = "GET, POST"
	return nil, rejected
}

func readQueryString(r *http.Request) (*graphql.RawParams, *Error) {
	values := r.URL.Query()
	for _, name := range []string{"query", "variables", "extensions", "operationName"} {
		if !utf8.ValidString(values.Get(name)) || name != "query" && !isUnicode([]byte(values.Get(name))) {
			return nil, BadRequest(notUnicode)
		}
	}
	params, rejected := readMaps([]byte(values.Get("variables")), []byte(values.Get("extensions")))
	if rejected != nil {
		return nil, rejected
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
	// The body is decompressed after it was received, so that a client cannot occupy memory by sending a few bytes.
	received, rejected := readAll(http.MaxBytesReader(w, r.Body, int64(maxBody)), maxBody)
	if rejected != nil {
		return nil, rejected
	}
	body, rejected := decompress(w, r, received, maxBody)
	if rejected != nil {
		return nil, rejected
	}
	return ParseBody(body)
}

// readAll reads a body of at most maxBody bytes.
func readAll(from io.Reader, maxBody int) ([]byte, *Error) {
	body, err := io.ReadAll(io.LimitReader(from, int64(maxBody)+1)) //nolint:forbidigo // bounded
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || len(body) > maxBody {
		return nil, BodyTooLarge(maxBody, maxBody+1)
	}
	if err != nil {
		return nil, BadRequest("The request body could not be read.")
	}
	return body, nil
}

func isJSON(contentType string) bool {
	if contentType == MediaJSON {
		return true
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err == nil && mediaType == MediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// ParseBody parses the JSON of an operation. gqlgen's own parser accepts trailing data and repeats input in its errors.
func ParseBody(body []byte) (*graphql.RawParams, *Error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // RFC 8259 allows parsers to ignore a byte order mark
	if !isUnicode(body) {
		return nil, BadRequest(notUnicode)
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return nil, BadRequest("Batches are not supported. Send one operation per request.")
	}
	// A struct would match names in any case.
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return nil, BadRequest("The request body is not a JSON object.")
	}
	params, rejected := readMaps(members["variables"], members["extensions"])
	if rejected != nil {
		return nil, rejected
	}
	var ok bool
	if params.Query, ok = readString(members["query"]); !ok {
		return nil, BadRequest("`query` must be a string.")
	}
	if params.OperationName, ok = readString(members["operationName"]); !ok {
		return nil, BadRequest("`operationName` must be a string.")
	}
	return requireQuery(params, func(name string) (id string, ok bool) { return readString(members[name]) })
}

// readString parses a member that is a string, null or missing. It reports false for anything else.
func readString(member json.RawMessage) (text string, ok bool) {
	ok = len(member) == 0 || json.Unmarshal(member, &text) == nil
	return text, ok
}

// readMaps parses the members that are objects. Empty means missing.
func readMaps(variables, extensions []byte) (*graphql.RawParams, *Error) {
	params := &graphql.RawParams{}
	if len(variables) > 0 && decodeMap(variables, &params.Variables) != nil {
		return nil, BadRequest("`variables` must be a JSON object.")
	}
	if len(extensions) > 0 && decodeMap(extensions, &params.Extensions) != nil {
		return nil, BadRequest("`extensions` must be a JSON object.")
	}
	return params, nil
}

// decodeMap parses an object and keeps numbers as text, so that large integers lose nothing.
func decodeMap(value []byte, into *map[string]any) error {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("trailing data")
	}
	return nil
}
