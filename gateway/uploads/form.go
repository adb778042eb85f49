// Package uploads reads operations with files, as the GraphQL multipart request specification defines them. Files are
// streamed: each is read while the operation uses it, and none is buffered.
package uploads

import (
	"bufio"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
)

const (
	// maxFileMap is the maximum size of the part "map", in bytes.
	maxFileMap = 16 << 10
	// bufferSize is the size of a read from the body, in bytes.
	bufferSize = 64 << 10
	// drainIdleTimeout and drainTimeout limit reading the unused rest of a body: the next bytes, and all of it.
	drainIdleTimeout = 5 * time.Second
	drainTimeout     = 30 * time.Second
	// writeTimeout is how long the client may take to read the response, counted from the end of the body.
	writeTimeout = 30 * time.Second
)

// Form is a multipart request: an operation, a map from files to variables, and the files.
type Form struct {
	body     *idleTimeoutReader
	buffered *bufio.Reader
	bounded  *boundedReader
	parts    *multipart.Reader
	// files are in the order of use after Check, which must be the order of their parts.
	files   []*file
	begun   int // number of files whose part has begun
	passed  int // number of files that can no longer be opened
	current *multipart.Part

	limits        Limits
	maxOperations int
}

// IsForm reports whether a request is a multipart form.
func IsForm(r *http.Request) bool {
	contentType := r.Header.Get("Content-Type")
	if contentType == httpapi.MediaJSON { // the usual case, which needs no parsing
		return false
	}
	mediaType, _, _ := mime.ParseMediaType(contentType) // New reports the error
	return r.Method == http.MethodPost && mediaType == "multipart/form-data"
}

// New returns the form of a request. It reads nothing yet. The operation may have at most maxOperations bytes.
func New(w http.ResponseWriter, r *http.Request, allowed Limits, maxOperations int) (*Form, *httpapi.Error) {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || parameters["boundary"] == "" {
		return nil, httpapi.BadRequest("Send multipart/form-data with a boundary.")
	}
	if rejected := httpapi.RejectCoding(w, r, "identity"); rejected != nil {
		return nil, rejected
	}
	body := &idleTimeoutReader{
		body: r.Body, controller: http.NewResponseController(w), ctx: r.Context(),
		limit: allowed.TotalBytes, left: allowed.TotalBytes + int64(maxOperations) + maxFileMap,
	}
	if r.ContentLength > body.left {
		return nil, httpapi.TooLarge(body.tooLarge())
	}
	buffered := bufio.NewReaderSize(body, bufferSize)
	bounded := &boundedReader{from: buffered, left: -1}
	parts := multipart.NewReader(bounded, parameters["boundary"])
	return &Form{body: body, buffered: buffered, bounded: bounded, parts: parts, limits: allowed, maxOperations: maxOperations}, nil
}

// Params reads the operation and puts its files into the variables.
func (f *Form) Params() (*graphql.RawParams, *httpapi.Error) {
	operations, rejected := f.field("operations", f.maxOperations)
	if rejected != nil {
		return nil, rejected
	}
	params, rejected := httpapi.ParseBody(operations)
	if rejected != nil {
		return nil, rejected
	}
	text, rejected := f.field("map", maxFileMap)
	if rejected != nil {
		return nil, rejected
	}
	mapped, err := parseFileMap(text)
	switch {
	case err != nil:
		return nil, httpapi.BadRequest("`map` must be a JSON object that maps each file to a list of one path.")
	case len(mapped) > f.limits.Files:
		return nil, httpapi.TooLarge(&limits.ExceededError{Limit: limits.LimitUploadFiles, Max: f.limits.Files, Actual: len(mapped)})
	}
	return params, f.place(mapped, params.Variables)
}

// place puts the mapped files into variables.
func (f *Form) place(mapped []mappedFile, variables map[string]any) *httpapi.Error {
	for _, entry := range mapped {
		if len(entry.paths) != 1 {
			return httpapi.BadRequest("Each file in `map` must have exactly one path, because files are streamed.")
		}
		incoming := &file{form: f, name: entry.name}
		if !place(variables, entry.paths[0], model.Upload{File: incoming}) {
			return httpapi.BadRequest("Each path in `map` must lead to a null in the variables, such as variables.input.files.0.")
		}
		f.files = append(f.files, incoming)
	}
	return nil
}

// DrainFirst returns a response writer that reads the rest of the body before it writes: a client that is still sending
// would not read the response.
func (f *Form) DrainFirst(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	return &drainingWriter{ResponseWriter: w, form: f, request: r}
}

// drain reads the unused rest of the body, within limits.
func (f *Form) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	f.body.ctx, f.body.idleTimeout = ctx, drainIdleTimeout
	_, _ = io.Copy(io.Discard, f.body)
}

// drainingWriter drains the form before the response starts.
type drainingWriter struct {
	http.ResponseWriter
	form    *Form // nil after draining
	request *http.Request
}

// WriteHeader drains the form and starts the response. It renews the write deadline, because the server's own deadline
// starts with the request.
func (w *drainingWriter) WriteHeader(status int) {
	if w.form != nil {
		w.form.drain(w.request.Context())
		w.form = nil
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the underlying writer for http.ResponseController.
func (w *drainingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
