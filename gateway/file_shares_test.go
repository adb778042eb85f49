package gateway_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/uploads"
)

// The links of one caller, to any files and from any replica, leave three quarters of the slots to others.
func TestOneCallerUsesAQuarterOfTheDownloads(t *testing.T) {
	t.Parallel()
	config := manyFiles()
	config.MaxDownloads, config.LinkKeys = 8, [][]byte{bytes.Repeat([]byte{1}, 32)}
	server, upstream := start(t, config)
	replica := gatewaytest.NewServer(t, upstream, config)
	files, others := linksOf(t, server), linksOfCaller(t, server, "sandbox-bakery")
	another := linksOf(t, replica)[3]
	upstream.TakeCalls()
	slow := []string{"/files/" + files[0].ID, "/files/" + files[1].ID}
	held := newGate(upstream, func(r *http.Request) bool { return pathEndsIn(slow[0])(r) || pathEndsIn(slow[1])(r) })
	var started []<-chan gatewaytest.Response
	for _, file := range files[:2] {
		response := server.Start(newFileRequest(t, file.Shown.URL))
		held.await(t, 1, response)
		started = append(started, response)
	}
	for _, link := range []string{files[0].Saved.URL, files[2].Shown.URL, strings.Replace(another.Shown.URL, replica.Base, server.Base, 1)} {
		rejected := follow(t, server, link)
		if rejected.Status != http.StatusServiceUnavailable || rejected.Header.Get("Retry-After") != "1" {
			t.Errorf("beyond the share: %d, %v", rejected.Status, rejected.Header)
		}
	}
	diff(t, "another caller", http.StatusOK, follow(t, server, others[0].Shown.URL).Status)
	diff(t, "calls", slices.Sorted(slices.Values([]string{"GET /v2" + slow[0], "GET /v2" + slow[1], "GET /v2/files/" + others[0].ID})), upstream.TakeCalls())
	held.open()
	for _, response := range started {
		diff(t, "held back", http.StatusOK, (<-response).Status)
	}
	diff(t, "afterwards", http.StatusOK, follow(t, server, files[2].Shown.URL).Status)
}

// With a limit of one operation with files, another one is rejected with Retry-After, and operations without files are
// served.
func TestTooManyUploads(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MaxInFlight: 1, Uploads: uploads.Limits{MaxConcurrent: 1}})
	calls := newGate(upstream, func(r *http.Request) bool { return r.URL.Path == "/v2/files" })
	first := server.Start(server.NewUpload(t, gatewaytest.Token(), sendFiles, withFiles(1), textFile(0, "a.txt", "a")))
	calls.await(t, 1, first)
	second := upload(t, server, withFiles(1), textFile(0, "a.txt", "a"))
	wantRejected(t, second, http.StatusServiceUnavailable, "OVERLOADED")
	checkErrors(t, ask(t, server, "{ viewer { id } }"))
	calls.open()
	if response := <-first; sentOf(t, response).MessageID == nil {
		t.Errorf("%s", response.Body)
	}
}

// One caller leaves three quarters of the slots for operations with files to others.
func TestOneCallerUsesAQuarterOfTheUploads(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{Uploads: uploads.Limits{MaxConcurrent: 8}})
	list := server.Query(t, "sandbox-bakery", "{ conversations(first: 1) { nodes { id } } }", nil)
	others := decode[struct {
		Data struct {
			Conversations struct{ Nodes []struct{ ID string } }
		}
	}](t, list.Body).Data.Conversations.Nodes
	held := newGate(upstream, pathEndsIn("/v2/files"))
	t.Cleanup(held.open)
	send := func(token, conversation string) <-chan gatewaytest.Response {
		variables := map[string]any{"input": map[string]any{"conversationId": conversation, "content": "a", "files": []any{nil}}}
		return server.Start(server.NewUpload(t, token, sendFiles, variables, textFile(0, "a.txt", "a")))
	}
	for range 2 {
		held.await(t, 1, send(gatewaytest.Token(), shortID))
	}
	wantRejected(t, <-send(gatewaytest.Token(), shortID), http.StatusServiceUnavailable, "OVERLOADED")
	held.await(t, 1, send("sandbox-bakery", others[0].ID))
}
