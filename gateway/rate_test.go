package gateway_test

import (
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// A caller beyond the rate limit gets an error without further calls. Others are served.
func TestOneCallersRateIsTheirOwn(t *testing.T) {
	t.Parallel()
	const limit, kept = 20, 2 // the gateway keeps calls for writes
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: limit, Window: time.Minute}})
	seen := &callers{calls: map[string][]string{}}
	upstream.Intercept(seen.watch)
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	tokens := sandbox.DemoTokens()
	for range limit - kept {
		wantErrors(t, server.Query(t, tokens[0].Token, askViewer, nil))
	}
	for range 20 {
		response := server.Query(t, tokens[0].Token, askViewer, nil)
		wantErrors(t, response, "viewer: RATE_LIMITED")
		if after, _ := checkErrors(t, response)[0].Extensions["retryAfter"].(float64); after < 1 || after > 61 { // the window and a margin of 1 s
			t.Errorf("retry after %v s", after)
		}
	}
	for range limit - kept {
		wantErrors(t, server.Query(t, tokens[1].Token, askViewer, nil))
	}
	diff(t, "calls of the one", limit-kept, len(seen.of(tokens[0].Token)))
	diff(t, "calls of the other", limit-kept, len(seen.of(tokens[1].Token)))
}
