package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"mstudio-graphql/sandbox"
)

// sandboxBody returns the sandbox's response to the demo caller with the most data.
func sandboxBody(b *testing.B, path string) []byte {
	b.Helper()
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	request.Header.Set("X-Access-Token", sandbox.DemoTokens()[0].Token)
	recorder := httptest.NewRecorder()
	sandbox.New(sandbox.Config{}).ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		b.Fatalf("status %d", recorder.Code)
	}
	return recorder.Body.Bytes()
}

func BenchmarkDecode(b *testing.B) {
	list := sandboxBody(b, "/v2/conversations?limit=50")
	page, err := decode(list, "https://api.example/v2/files/", readConversations)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("conversations", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		for b.Loop() {
			_, _ = decode(list, "https://api.example/v2/files/", readConversations)
		}
	})
	history := sandboxBody(b, "/v2/conversations/"+page.Conversations[2].ID+"/messages")
	b.Run("messages", func(b *testing.B) {
		b.SetBytes(int64(len(history)))
		b.ReportAllocs()
		for b.Loop() {
			_, _ = decode(history, "https://api.example/v2/files/", func(d *decoder) []Message { return readMessages(d, "") })
		}
	})
}
