package mcp_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/sandbox"
)

// An assistant in a loop leaves room for the requests of its user, and mStudio rejects no call.
func TestTools_LeaveRoomForPeople(t *testing.T) {
	t.Parallel()
	server, upstream := startWith(t, gateway.Config{}, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: 300, Window: 5 * time.Minute}})
	var rejected atomic.Int32
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorded := httptest.NewRecorder()
			next.ServeHTTP(recorded, r)
			if recorded.Code == http.StatusTooManyRequests {
				rejected.Add(1)
			}
			maps.Copy(w.Header(), recorded.Header())
			w.WriteHeader(recorded.Code)
			_, _ = w.Write(recorded.Body.Bytes())
		})
	})
	succeeded := 0
	for range 20 {
		got := callTool(t, server, "inbox", arguments{"first": 24})
		if got.IsError {
			wantFailure(t, got, "RATE_LIMITED: ")
			diff(t, "calls of a rejected tool", any(0.0), got.Meta["mstudio/calls"])
		} else {
			succeeded++
		}
		response := server.Query(t, sandbox.DemoTokens()[0].Token, `query($id: ID!) { conversation(id: $id) { title } }`, map[string]any{"id": ticketID})
		if response.Status != http.StatusOK || strings.Contains(string(response.Body), `"errors"`) {
			t.Errorf("%d %s", response.Status, response.Body)
		}
	}
	if succeeded == 0 || succeeded > 11 {
		t.Errorf("%d of 20 calls succeeded, each with 25 of 300 mStudio calls", succeeded)
	}
	diff(t, "calls that mStudio rejected", 0, int(rejected.Load()))
}
