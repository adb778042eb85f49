package model

import (
	"time"

	"mstudio-graphql/rest"
)

// FileDownload is a link to the content of a file.
type FileDownload struct {
	URL string
	// ExpiresAt is the time at which the link stops working.
	ExpiresAt time.Time
}

// RequestFileUploadPayload is the result of requestFileUpload.
type RequestFileUploadPayload struct {
	Upload     *FileUploadTicket // nil if there are user errors
	UserErrors []*UserError
}

// FileUploadTicket describes how to upload a file directly to mStudio.
type FileUploadTicket struct {
	URL       string
	Headers   []FileUploadHeader
	FormField string
	Rules     *rest.FileRules
}

// FileUploadHeader is a header of an HTTP request.
type FileUploadHeader struct{ Name, Value string }
