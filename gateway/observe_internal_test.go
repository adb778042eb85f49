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
	"mstudio-graphql/graph/model"
)

// A panic around the executor is answered as one inside it is, and logged with its stack and without its value.
func TestPanicAroundTheExecutorIsAnswered(t *testing.T) {
	t.Parallel()
	var book bytes.Buffer
	g := &Gateway{config: Config{Log: slog.New(slog.NewJSONHandler(&book, nil))}}
	panicking, err := httpapi.Compress(func(http.ResponseWriter, *http.Request) { panic("canary") })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g.observed(panicking))
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
	server.Close() // when it returns, the log is written
	want := `{"errors":[{"message":"` + model.CodeInternal.Message() + `","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"reported"}}]}`
	if response.StatusCode != http.StatusInternalServerError || string(body) != want {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	log := book.String()
	for _, part := range []string{`"msg":"internal error"`, "observe_internal_test.go", `"status":500`} {
		if !strings.Contains(log, part) {
			t.Errorf("the log lacks %s:\n%s", part, log)
		}
	}
	if strings.Contains(log, "canary") {
		t.Errorf("the log holds the panic's value:\n%s", log)
	}
}
