package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// endless is a body that never ends and whose length nobody announces. It counts what was taken of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// A body that does not say how long it is, is read up to the limit and no further. Over a connection, the client could
// be cut off before it has read the answer, so this is without one.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	body := &endless{}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", body)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+gatewaytest.Token())
	recorded := httptest.NewRecorder()
	server.Gateway.ServeHTTP(recorded, request)
	answer := gatewaytest.Response{Status: recorded.Code, Header: recorded.Header(), Body: recorded.Body.Bytes()}
	wantRefusal(t, answer, http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE")
	extensions := checkErrors(t, answer)[0].Extensions
	diff(t, "limit", "body", extensions["limit"].(string))
	diff(t, "actual", maxBody+1, int(extensions["actual"].(float64)))
	if body.read > 2*maxBody {
		t.Errorf("%d bytes were taken", body.read)
	}
}

// However many different documents are sent, and registered by their hashes, what is kept of them is bounded, also of
// those that take most for their length. Counted by their length, 500 take 52 MB, and each further one as much again.
//
//nolint:paralleltest // it measures the memory of the process
func TestManyDocumentsTakeBoundedMemory(t *testing.T) {
	const (
		bound = 40 << 20 // 32 MiB of documents, of which at most half proves to be there, and 8 MiB of texts
		count = 500 / slowness
	)
	for name, document := range map[string]string{
		"numbers":  "{ nodes(ids: [" + strings.Repeat("1 ", 20) + "]) { id } viewer {" + strings.Repeat("...{id}", 210) + "} }",
		"repeated": "{ viewer {" + strings.Repeat(" id", 900) + "} }",
	} {
		server, _ := start(t, gateway.Config{})
		wantErrors(t, ask(t, server, `{ __typename }`))
		before := heap()
		for i := range count {
			answer := withHash(t, server, fmt.Sprintf("query Q%d", i)+document, `{}`)
			diff(t, "status", http.StatusOK, answer.Status)
		}
		grown := int64(heap()) - int64(before)
		t.Log(name, grown)
		if grown > bound {
			t.Errorf("%s: %d bytes are kept", name, grown)
		}
		runtime.KeepAlive(server)
	}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}
