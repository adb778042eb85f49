package gateway

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/model"
)

// The response to a panic in a handler equals that in a resolver. The log contains the stack but not the value.
func TestHandlerPanicIsRecovered(t *testing.T) {
	t.Parallel()
	var book bytes.Buffer
	panicking := httpapi.Compress(func(http.ResponseWriter, *http.Request) { panic("canary") })
	log := slog.New(slog.NewJSONHandler(&book, nil))
	g := &Gateway{presenter: presenter{log}, telemetry: telemetry.New(log, nil, nil, nil), handler: panicking}
	server := httptest.NewServer(g)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(httpapi.RequestIDHeader, "reported")
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	server.Close() // waits until the log is written
	want := `{"errors":[{"message":"` + model.CodeInternal.Message() + `","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"reported"}}]}`
	if response.StatusCode != http.StatusInternalServerError || string(body) != want {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	written := book.String()
	for _, part := range []string{`"msg":"internal error"`, "recover_internal_test.go", `"status":500`} {
		if !strings.Contains(written, part) {
			t.Errorf("the log lacks %s:\n%s", part, written)
		}
	}
	if strings.Contains(written, "canary") {
		t.Errorf("the log holds the panic's value:\n%s", written)
	}
}
