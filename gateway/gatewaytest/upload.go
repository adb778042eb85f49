package gatewaytest

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"testing"
)

// File is a file of an operation.
type File struct {
	// Place is its path in the operation, such as "variables.input.files.0".
	Place    string
	Name     string
	MimeType string
	// Disposition replaces the header that has Name. The name of the part is the position of the file.
	Disposition string
	Content     io.Reader
}

// NewUpload returns a multipart request with an operation and its files. The body is streamed. It breaks off if reading a file
// fails.
func (s *Server) NewUpload(t testing.TB, token, query string, variables map[string]any, files ...File) *http.Request {
	t.Helper()
	reading, writing := io.Pipe()
	form := multipart.NewWriter(writing)
	go func() { _ = writing.CloseWithError(writeUpload(form, query, variables, files)) }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, reading)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("GraphQL-Preflight", "1")
	return request
}

func writeUpload(form *multipart.Writer, query string, variables map[string]any, files []File) error {
	operations, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	mapped := map[string][]string{}
	for i, file := range files {
		mapped[strconv.Itoa(i)] = []string{file.Place}
	}
	text, err := json.Marshal(mapped)
	if err != nil {
		return err
	}
	if err := errors.Join(form.WriteField("operations", string(operations)), form.WriteField("map", string(text))); err != nil {
		return err
	}
	for i, file := range files {
		disposition := cmp.Or(file.Disposition, multipart.FileContentDisposition(strconv.Itoa(i), file.Name))
		header := textproto.MIMEHeader{"Content-Disposition": {disposition}}
		if file.MimeType != "" {
			header.Set("Content-Type", file.MimeType)
		}
		part, err := form.CreatePart(header)
		if err != nil {
			return err
		}
		if _, err := io.Copy(part, file.Content); err != nil {
			return err
		}
	}
	return form.Close()
}
