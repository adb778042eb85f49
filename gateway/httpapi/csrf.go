package httpapi

import (
	"mime"
	"net/http"
)

// RequirePreflight refuses a request that a page of any origin can make a browser send without asking us first: one
// whose headers are all simple, as those of a link, an image or a form are. Whatever executes an operation without a
// token in a header must come through here; multipart must, because a form can send it.
func RequirePreflight(r *http.Request) *Error {
	for _, name := range []string{"GraphQL-Preflight", "Apollo-Require-Preflight", "X-Requested-With"} {
		if r.Header.Get(name) != "" {
			return nil
		}
	}
	if !isSimple(r.Header.Get("Content-Type")) {
		return nil
	}
	return BadRequest("Send Content-Type: application/json, or one of the headers GraphQL-Preflight, Apollo-Require-Preflight " +
		"or X-Requested-With: a browser sends neither for another site's page before it has asked.")
}

// isSimple reports whether a browser sends this content type without asking. One that cannot be read counts as such.
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
