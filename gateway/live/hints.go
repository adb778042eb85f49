package live

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"golang.org/x/time/rate"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/rest"
)

const (
	// maxHints is the maximum number of conversations in a request.
	maxHints = 100
	// maxHintBytes is enough for maxHints IDs with white space.
	maxHintBytes = 8 << 10
	// hintsPerSecond is the maximum number of requests with a valid signature.
	hintsPerSecond = 10
)

// hints serves POST /hints.
type hints struct {
	keys []*webhooks.Webhook
	rate *rate.Limiter
	hint func(conversationIDs []string)
}

// NewHints returns the handler of POST /hints, which calls hint for the conversations of each request that is signed with one of
// the keys. A hint carries no data, so that a forged one costs at most a poll.
func NewHints(keys [][]byte, hint func(conversationIDs []string)) http.Handler {
	h := &hints{rate: rate.NewLimiter(hintsPerSecond, hintsPerSecond), hint: hint}
	for _, key := range keys {
		webhook, _ := webhooks.NewWebhookRaw(key) // never fails
		h.keys = append(h.keys, webhook)
	}
	return h
}

// ServeHTTP handles a request.
func (h *hints) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHintBytes)) //nolint:forbidigo // bounded
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
			status = http.StatusRequestEntityTooLarge
		}
		httpapi.WriteText(w, status, "The body must be read completely and have at most 8 KiB.\n")
		return
	}
	// Only then does the rate count, so that requests without a key cannot use it up.
	if !h.isSigned(body, r.Header) {
		httpapi.WriteText(w, http.StatusUnauthorized, "The signature is missing, invalid or older than 5 minutes.\n")
		return
	}
	if !h.rate.Allow() {
		w.Header().Set("Retry-After", "1")
		httpapi.WriteText(w, http.StatusTooManyRequests, "At most 10 requests per second are accepted.\n")
		return
	}
	ids, ok := readHints(body)
	if !ok {
		httpapi.WriteText(w, http.StatusBadRequest, "The body must be a JSON object with 1 to 100 UUIDs in conversationIds.\n")
		return
	}
	h.hint(ids)
	w.WriteHeader(http.StatusNoContent)
}

// isSigned reports whether one of the keys has signed the body as a Standard Webhook within the last 5 minutes.
func (h *hints) isSigned(body []byte, header http.Header) bool {
	return slices.ContainsFunc(h.keys, func(key *webhooks.Webhook) bool { return key.Verify(body, header) == nil })
}

// readHints returns the IDs in a body, in lower case.
func readHints(body []byte) (ids []string, ok bool) {
	var hinted struct {
		ConversationIDs []string `json:"conversationIds"`
	}
	if json.Unmarshal(body, &hinted) != nil || len(hinted.ConversationIDs) == 0 || len(hinted.ConversationIDs) > maxHints {
		return nil, false
	}
	for _, text := range hinted.ConversationIDs {
		id, err := rest.ParseID(text)
		if err != nil {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}
