package process

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mstudio-graphql/gateway/gatewaytest"
)

// Errors of the operators' server are logged without their text, which may contain data.
func TestOps_ErrorLog(t *testing.T) {
	t.Parallel()
	out := &gatewaytest.Output{}
	log := NewLogger(out, slog.LevelDebug, "json")
	server := httptest.NewUnstartedServer(nil)
	server.Config = Ops{}.server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("canary") }), log)
	server.Start()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request); err == nil {
		t.Errorf("got a response: %s", response.Status)
		_ = response.Body.Close()
	}
	server.Close()
	var record struct{ Level, Msg, About string }
	err = json.Unmarshal([]byte(out.String()), &record)
	if err != nil || record.Level != "DEBUG" || record.About != "http: panic serving" || strings.Contains(out.String(), "canary") {
		t.Errorf("%v: %s", err, out)
	}
}
