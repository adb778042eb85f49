package mcp_test

import (
	"net/http"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// BenchmarkTopics calls a tool that needs no mStudio call, and its operation at /graphql.
func BenchmarkTopics(b *testing.B) {
	const accepted, query = `{ viewer { id } }`, `query Topics { conversationCategories { id name } }`
	b.Run("tool", func(b *testing.B) {
		server, _ := start(b, gateway.Config{})
		body := rpc(b, "tools/call", map[string]any{"name": "topics", "arguments": arguments{}})
		for b.Loop() {
			response := server.Do(b, newRequest(b, server, http.MethodPost, body))
			b.SetBytes(int64(len(response.Body)))
		}
	})
	b.Run("operation", func(b *testing.B) {
		server, _ := start(b, gateway.Config{})
		server.Query(b, gatewaytest.Token(), accepted, nil) // documents of other callers are not kept
		for b.Loop() {
			response := server.Query(b, gatewaytest.Token(), query, nil)
			b.SetBytes(int64(len(response.Body)))
		}
	})
}
