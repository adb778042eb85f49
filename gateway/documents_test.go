package gateway_test

import (
	"strconv"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

// The response does not depend on whether a document is cached, too long for the cache or evicted.
func TestDocumentCache_IsTransparent(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	query := func(alias string, padding int) string {
		return "{ " + alias + ": conversation(id: \"" + shortID + "\") { shortId } } #" + strings.Repeat("-", padding)
	}
	check := func(alias string, padding int) {
		response := ask(t, server, query(alias, padding))
		wantErrors(t, response)
		wantData(t, response, `{"`+alias+`": {"shortId": "c-r0162e"}}`)
	}
	check("first", 0)
	check("first", 0)
	check("long", 12_000)
	check("long", 12_000)
	for i := range 300 { // more than the cache holds
		check("a"+strconv.Itoa(i), 8000)
	}
	check("first", 0)
	diff(t, "calls", 305, len(upstream.TakeCalls()))
}
