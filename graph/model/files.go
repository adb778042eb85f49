package model

import (
	"time"

	"mstudio-graphql/rest"
)

// FileDownload is a link to the content of a file.
type FileDownload struct {
	URL string
	// ExpiresAt is until when the link works.
	ExpiresAt time.Time
}

// RequestFileUploadPayload is what became of a request for an upload.
type RequestFileUploadPayload struct {
	Upload     *FileUploadTicket // nil if there are user errors
	UserErrors []*UserError
}

// FileUploadTicket is how a file can be uploaded without the gateway.
type FileUploadTicket struct {
	URL       string
	Headers   []FileUploadHeader
	FormField string
	Rules     *rest.FileRules
}

// FileUploadHeader is a header of an HTTP request.
type FileUploadHeader struct{ Name, Value string }
