package httpapi

import (
	"mime"
	"net/http"
)

// RequirePreflight rejects requests that any web page can make a browser send without a CORS preflight, by a link, an
// image or a form. It must be called for operations without a token and for forms.
func RequirePreflight(r *http.Request) *Error {
	for _, name := range []string{"GraphQL-Preflight", "Apollo-Require-Preflight", "X-Requested-With"} {
		if r.Header.Get(name) != "" {
			return nil
		}
	}
	if !isSimple(r.Header.Get("Content-Type")) {
		return nil
	}
	return BadRequest("Send Content-Type: application/json, or the header GraphQL-Preflight, Apollo-Require-Preflight " +
		"or X-Requested-With, so that browsers send a preflight request first.")
}

// isSimple reports whether a browser sends the content type without a preflight. An invalid type is simple.
func isSimple(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return true
	}
	switch mediaType {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}
