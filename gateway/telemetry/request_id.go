package telemetry

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"mstudio-graphql/gateway/httpapi"
)

// requestID returns the X-Request-Id of the proxy in front if it is short and plain, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get(httpapi.RequestIDHeader); isPlainID(id) {
		return id
	}
	return uuid.NewString()
}

const (
	maxRequestID = 64
	plainLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
)

func isPlainID(id string) bool {
	return id != "" && len(id) <= maxRequestID && strings.Trim(id, plainLetters) == ""
}
