package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

// pieceTimeout is how long a client may take for each 64 KiB of a response: at least 6.5 kB/s.
const pieceTimeout = 10 * time.Second

// vary lists the request headers that a response may depend on.
const vary = "Accept, Authorization, X-Access-Token, Origin"

// WriteError writes a response with the status and headers of rejected, as plain JSON if mediaType is that of a stream.
// presented is the error for the client.
func WriteError(w http.ResponseWriter, mediaType string, rejected *Error, presented *gqlerror.Error) {
	if rejected.Allow != "" {
		w.Header().Set("Allow", rejected.Allow)
	}
	if rejected.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(rejected.RetryAfter))
	}
	Write(w, mediaType, rejected.Status, &graphql.Response{Errors: gqlerror.List{presented}})
}

// Write writes response. If status is zero, the response decides. With the media type of a stream, the response is its only
// result if the status is 200, and otherwise plain JSON. The data is copied to the wire as is, because it is finished JSON and encoding/json would validate, compact and copy
// it. Write takes ownership of the data and returns its buffer for reuse, or nil if a write failed: an HTTP/2 stream that ends
// early may still be reading the buffer.
func Write(w http.ResponseWriter, mediaType string, status int, response *graphql.Response) (spent []byte) {
	before, after, err := envelope(response)
	if err != nil {
		status, response.Data = http.StatusInternalServerError, nil
		before, after = []byte(internalError()), nil
	}
	if status == 0 {
		status = statusOf(mediaType, response)
	}
	header := w.Header()
	if seconds := retryAfter(response); seconds > 0 {
		header.Set("Retry-After", strconv.Itoa(seconds))
	}
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	switch framing, isStream := FramingOf(mediaType); {
	case !isStream:
		header.Set("Content-Type", mediaType+"; charset=utf-8")
	case status != http.StatusOK:
		header.Set("Content-Type", MediaJSON+"; charset=utf-8")
	default:
		header.Set("Content-Type", framing.ContentType)
		before, after = framing.only(before, after)
	}
	rest := response.Data
	if len(rest) <= pieceSize || len(after) <= cap(rest)-len(rest) { // a third write costs more, but less than a copy
		rest, after = append(rest, after...), nil
	}
	header.Set("Content-Length", strconv.Itoa(len(before)+len(rest)+len(after)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", vary)
	w.WriteHeader(status)
	client := NewIdleTimeoutWriter(w, pieceTimeout)
	for _, part := range [][]byte{before, rest, after} {
		if len(part) == 0 {
			break
		}
		if _, err := client.Write(part); err != nil {
			return nil
		}
	}
	return rest
}

// internalError returns the response if another cannot be encoded. Only our own extensions can fail to encode.
func internalError() string { return `{"errors":` + internalErrors() + `}` }

func internalErrors() string {
	return `[{"message":"` + model.CodeInternal.Message() + `","extensions":{"code":"` + string(model.CodeInternal) + `"}}]`
}

// EncodeErrors returns errors as JSON.
func EncodeErrors(errs gqlerror.List) json.RawMessage {
	encoded, err := json.Marshal(errs)
	if err != nil {
		return json.RawMessage(internalErrors())
	}
	return encoded
}

// Encode returns a response as JSON.
func Encode(response *graphql.Response) []byte {
	before, after, err := envelope(response)
	if err != nil {
		return []byte(internalError())
	}
	return slices.Concat(before, response.Data, after)
}

// retryAfter returns the wait in seconds after an operation that was not executed, or 0.
func retryAfter(response *graphql.Response) int {
	if response.Data != nil || len(response.Errors) == 0 {
		return 0
	}
	if codeOf(response) == model.CodeOverloaded {
		return overloadRetryAfter
	}
	seconds, _ := response.Errors[0].Extensions["retryAfter"].(int)
	return seconds
}

// statusOf returns the status of a response. Without data it is an error, except for clients of plain JSON: they could not
// distinguish our 400 from one of a proxy. Clients do not repeat a stream that is complete, so it has a status only for errors
// after which they should.
func statusOf(mediaType string, response *graphql.Response) int {
	if response.Data != nil || mediaType == MediaJSON || len(response.Errors) == 0 {
		return http.StatusOK
	}
	status := statusOfCode(codeOf(response), http.StatusBadRequest)
	if isTemporary := status == http.StatusTooManyRequests || status > http.StatusInternalServerError; mediaType != MediaResponse && !isTemporary {
		return http.StatusOK
	}
	return status
}

// codeOf returns the code of the first error.
func codeOf(response *graphql.Response) model.Code {
	return model.Code(fmt.Sprint(response.Errors[0].Extensions["code"]))
}

// SeeOther redirects a browser to a location relative to the request's URL, which works below any path prefix. Other
// clients of the URL get no redirect, so it must not be cached.
func SeeOther(w http.ResponseWriter, location string) {
	w.Header().Set("Location", location) // http.Redirect would make it absolute
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", vary)
	w.WriteHeader(http.StatusSeeOther)
}

// envelope returns the JSON before and after the data. Errors come first, as the specification recommends, and data is
// absent if nothing was executed.
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

// separate appends a comma unless buffer holds only the opening brace.
func separate(buffer []byte) []byte {
	if len(buffer) > 1 {
		return append(buffer, ',')
	}
	return buffer
}
