package model

import "time"

// FileDownload is a link to the content of a file.
type FileDownload struct {
	URL string
	// ExpiresAt is until when the link works.
	ExpiresAt time.Time
}
