package sandbox

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxFileName is the maximum length of a file name, in characters.
const maxFileName = 255

// fileType is a type of file and its usual extensions.
type fileType struct {
	MimeType   string   `json:"mimeType"`
	Extensions []string `json:"extensions"`
}

// fileTypes returns the types that a conversation accepts.
func fileTypes() []fileType {
	return []fileType{
		{"image/png", []string{".png"}},
		{"image/jpeg", []string{".jpe", ".jpeg", ".jpg"}},
		{"image/gif", []string{".gif"}},
		{"image/webp", []string{".webp"}},
		{"application/pdf", []string{".pdf"}},
		{"application/zip", []string{".zip"}},
		{"application/gzip", []string{".gz"}},
		{"application/octet-stream", []string{".bin"}},
		{"text/plain", []string{".log", ".txt"}},
		{"text/csv", []string{".csv"}},
		{"text/html", []string{".htm", ".html"}},
		{"image/svg+xml", []string{".svg"}},
		{"message/rfc822", []string{".eml"}},
		{"video/mp4", []string{".mp4"}},
	}
}

// mimeTypes returns the media types of fileTypes.
func mimeTypes() (types []string) {
	for _, t := range fileTypes() {
		types = append(types, t.MimeType)
	}
	return types
}

// fileRules are the limits of an upload.
type fileRules struct {
	MimeTypes   []string `json:"mimeTypes"`
	MaxSizeInKB int      `json:"maxSizeInKB"`
}

// receivedFile is a file that satisfies its rules.
type receivedFile struct {
	name, mimeType string
	content        *content
}

// receive streams the file of a request. It keeps nothing of a file that violates a rule.
func (rules fileRules) receive(r *http.Request) (*receivedFile, error) {
	part, err := filePart(r)
	if err != nil {
		return nil, err
	}
	name, mimeType := part.FileName(), part.Header.Get("Content-Type")
	if err := rules.check(name, mimeType); err != nil {
		return nil, err
	}
	content, err := spool(part, int64(rules.MaxSizeInKB)<<10)
	if errors.Is(err, errTooMuch) {
		return nil, invalidAs(http.StatusUnprocessableEntity, invalidField{
			Message: "should be at most " + strconv.Itoa(rules.MaxSizeInKB) + " KB", Path: ".file", Type: "maxSize",
		})
	}
	if err != nil {
		return nil, invalid(invalidField{Message: "the file is not complete", Path: ".file", Type: "format"})
	}
	return &receivedFile{name, mimeType, content}, nil
}

// filePart returns the part of the form that holds the file. It must be the first.
func filePart(r *http.Request) (*multipart.Part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, invalid(invalidField{Message: "should be multipart/form-data", Path: "", Type: "type"})
	}
	part, err := form.NextPart()
	if errors.Is(err, io.EOF) || err == nil && (part.FormName() != "file" || part.FileName() == "") {
		return nil, invalid(invalidField{Message: "should have required property 'file'", Path: ".file", Type: "required"})
	}
	if err != nil {
		return nil, invalid(invalidField{Message: "the form is malformed", Path: "", Type: "format"})
	}
	return part, nil
}

// check validates the name and the type of a file.
func (rules fileRules) check(name, contentType string) error {
	if utf8.RuneCountInString(name) > maxFileName {
		return invalidAs(http.StatusUnprocessableEntity, invalidField{Message: "the name is too long", Path: ".file.name", Type: "maxLength"})
	}
	mimeType, _, err := mime.ParseMediaType(contentType)
	if err != nil || !slices.Contains(rules.MimeTypes, mimeType) {
		return invalidAs(http.StatusNotAcceptable, invalidField{Message: "the type is not allowed", Path: ".file.type", Type: "enum"})
	}
	return nil
}
