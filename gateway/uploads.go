package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

type uploadFormKey struct{}

// uploadFormOf returns the form that an operation has come in, nil if it has come as JSON.
func uploadFormOf(ctx context.Context) *uploadForm {
	form, _ := ctx.Value(uploadFormKey{}).(*uploadForm)
	return form
}

func isMultipart(r *http.Request) bool {
	contentType := r.Header.Get("Content-Type")
	if contentType == httpapi.MediaJSON { // nearly always, and then there is nothing to parse
		return false
	}
	mediaType, _, _ := mime.ParseMediaType(contentType) // newUploadForm looks at the error
	return r.Method == http.MethodPost && mediaType == "multipart/form-data"
}

// serveUpload answers an operation that comes with files. Any page can make a browser send a form, so a header must be
// there that makes the browser ask first, even beside a token.
func (g *endpoint) serveUpload(w http.ResponseWriter, r *http.Request, mediaType string, token rest.Token) {
	if refused := httpapi.RequirePreflight(r); refused != nil {
		g.writeError(w, r, mediaType, refused)
		return
	}
	form, refused := g.newUploadForm(w, r)
	if refused != nil {
		g.writeError(w, r, mediaType, refused)
		return
	}
	w = &drainedFirst{ResponseWriter: w, form: form, request: r}
	params, refused := form.params()
	if refused != nil {
		g.writeError(w, r, mediaType, refused)
		return
	}
	g.run(w, r.WithContext(context.WithValue(r.Context(), uploadFormKey{}, form)), mediaType, token, params)
}

// params reads the operation, and puts its files where they belong.
func (f *uploadForm) params() (*graphql.RawParams, *httpapi.Error) {
	operations, refused := f.field("operations", f.maxOperations)
	if refused != nil {
		return nil, refused
	}
	params, refused := httpapi.ParseBody(operations)
	if refused != nil {
		return nil, refused
	}
	text, refused := f.field("map", maxFileMap)
	if refused != nil {
		return nil, refused
	}
	mapped, err := parseFileMap(text)
	switch {
	case err != nil:
		return nil, httpapi.BadRequest("map must be a JSON object that gives each file a list of one place.")
	case len(mapped) > f.limits.Files:
		return nil, httpapi.TooLarge(&limits.ExceededError{Limit: limits.LimitUploadFiles, Max: f.limits.Files, Actual: len(mapped)})
	}
	for i, file := range mapped {
		if len(file.places) != 1 {
			return nil, httpapi.BadRequest("A file belongs to one place: it is passed on while it arrives.")
		}
		incoming := &incomingFile{form: f, index: i, name: file.name}
		if !place(params.Variables, file.places[0], model.Upload{File: incoming}) {
			return nil, httpapi.BadRequest(`map must name places in variables that are null, such as "variables.input.files.0".`)
		}
		f.files = append(f.files, incoming)
	}
	return params, nil
}

// mappedFile is what the map says of a file.
type mappedFile struct {
	name   string
	places []string
}

// parseFileMap reads the map in its order, which a Go map would lose.
func parseFileMap(text []byte) ([]mappedFile, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errNotAMap
	}
	var mapped []mappedFile
	seen := map[string]bool{}
	for decoder.More() {
		var file mappedFile
		key, err := decoder.Token()
		if err != nil {
			return nil, errNotAMap
		}
		file.name, _ = key.(string) // it always is one
		if err := decoder.Decode(&file.places); err != nil || seen[file.name] {
			return nil, errNotAMap
		}
		seen[file.name] = true
		mapped = append(mapped, file)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errNotAMap
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotAMap
	}
	return mapped, nil
}

var errNotAMap = errors.New("not a map of files")

// place puts a file where a path such as "variables.input.files.0" leads to, if there is a null.
func place(variables map[string]any, path string, file model.Upload) bool {
	names := strings.Split(path, ".")
	if len(names) < 2 || names[0] != "variables" {
		return false
	}
	var at any = variables
	for _, name := range names[1 : len(names)-1] {
		at, _ = member(at, name)
	}
	last := names[len(names)-1]
	if value, found := member(at, last); !found || value != nil {
		return false
	}
	switch parent := at.(type) {
	case map[string]any:
		parent[last] = file
	case []any:
		position, _ := strconv.Atoi(last)
		parent[position] = file
	}
	return true
}

// member returns an element of an object or a list.
func member(parent any, name string) (value any, found bool) {
	switch parent := parent.(type) {
	case map[string]any:
		value, found = parent[name]
	case []any:
		if position, err := strconv.Atoi(name); err == nil && position >= 0 && position < len(parent) {
			return parent[position], true
		}
	}
	return value, found
}

// drainedFirst is for the answer to a request whose body may not be at its end.
type drainedFirst struct {
	http.ResponseWriter
	form    *uploadForm // nil when it is drained
	request *http.Request
}

// WriteHeader sends the answer once the client has sent all. The server's own deadline is from when the request began.
func (w *drainedFirst) WriteHeader(status int) {
	if w.form != nil {
		w.form.drain(w.request.Context())
		w.form = nil
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writePatience))
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *drainedFirst) Unwrap() http.ResponseWriter { return w.ResponseWriter }
