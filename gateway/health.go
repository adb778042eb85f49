package gateway

import (
	"io"
	"net/http"
)

// serveHealth answers 200 as long as the process can answer at all.
func (g *Gateway) serveHealth(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, "ok\n")
}

// serveReadiness answers 503 while draining. It does not look at mStudio: an outage there must not take all
// replicas out of service, because they are what tells the callers about it.
func (g *Gateway) serveReadiness(w http.ResponseWriter, _ *http.Request) {
	if g.draining.Load() {
		writeText(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	writeText(w, http.StatusOK, "ready\n")
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
