package gateway

import (
	"net/http"

	"mstudio-graphql/gateway/httpapi"
)

// serveHealth answers 200 as long as the process can answer at all.
func (g *Gateway) serveHealth(w http.ResponseWriter, _ *http.Request) {
	httpapi.WriteText(w, http.StatusOK, "ok\n")
}

// serveReadiness answers 503 while draining. It does not look at mStudio: an outage there must not take all
// replicas out of service, because they are what tells the callers about it.
func (g *Gateway) serveReadiness(w http.ResponseWriter, _ *http.Request) {
	if g.draining.Load() {
		httpapi.WriteText(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	httpapi.WriteText(w, http.StatusOK, "ready\n")
}
