package telemetry

import (
	"encoding/binary"
	"math/rand/v2"
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
	return newRequestID()
}

// newRequestID returns a random UUID. It need not be unpredictable, and crypto/rand takes longer than reading a
// request's headers.
func newRequestID() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], rand.Uint64()) //nolint:gosec // see above
	binary.BigEndian.PutUint64(id[8:], rand.Uint64()) //nolint:gosec // see above
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80   // version 4, variant of RFC 9562
	return id.String()
}

const (
	maxRequestID = 64
	plainLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
)

func isPlainID(id string) bool {
	return id != "" && len(id) <= maxRequestID && strings.Trim(id, plainLetters) == ""
}
