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

// endless is a request body without an end and without a known length. It counts the bytes that are read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// A body of unknown length is read up to the limit. The test calls the handler directly, because over a connection the
// client could be disconnected before it reads the response.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{})
	body := &endless{}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", body)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+gatewaytest.Token())
	recorded := httptest.NewRecorder()
	server.Gateway.ServeHTTP(recorded, request)
	response := gatewaytest.Response{Status: recorded.Code, Header: recorded.Header(), Body: recorded.Body.Bytes()}
	wantRejected(t, response, http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE")
	extensions := checkErrors(t, response)[0].Extensions
	diff(t, "limit", "body", extensions["limit"].(string))
	diff(t, "actual", maxBody+1, int(extensions["actual"].(float64)))
	if body.read > 2*maxBody {
		t.Errorf("%d bytes were taken", body.read)
	}
}

// The memory for documents and persisted queries is bounded, also for documents that take the most memory for their
// length. If the cache counted only their length, 500 would take 52 MB.
//
//nolint:paralleltest // it measures the memory of the process
func TestManyDocumentsTakeBoundedMemory(t *testing.T) {
	const (
		bound = 40 << 20 // 32 MiB of documents, at most half of it really used, and 8 MiB of persisted queries
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
			response := withHash(t, server, fmt.Sprintf("query Q%d", i)+document, `{}`)
			diff(t, "status", http.StatusOK, response.Status)
		}
		grown := int64(heap()) - int64(before)
		t.Log(name, grown)
		if grown > bound {
			t.Errorf("%s: %d bytes are kept", name, grown)
		}
		runtime.KeepAlive(server)
	}
}

// heap returns the bytes in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // the second run empties sync.Pools
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}
