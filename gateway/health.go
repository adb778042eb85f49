package gateway

import (
	"net/http"
	"sync/atomic"

	"mstudio-graphql/gateway/httpapi"
)

// health is the readiness of the gateway.
type health struct{ draining atomic.Bool }

// serveHealth responds with 200 as long as the process handles requests.
func serveHealth(w http.ResponseWriter, _ *http.Request) {
	httpapi.WriteText(w, http.StatusOK, "ok\n")
}

// serveReadiness responds with 503 while draining. It does not depend on mStudio, because an outage there must not take
// all replicas out of service: they report the outage to clients.
func (h *health) serveReadiness(w http.ResponseWriter, _ *http.Request) {
	if h.draining.Load() {
		httpapi.WriteText(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	httpapi.WriteText(w, http.StatusOK, "ready\n")
}
