package gateway_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// A rate limit that is used up on one replica is used up on the others: they make no call of the caller, and all of another one.
func TestReplicas_RateLimit(t *testing.T) {
	t.Parallel()
	const limit, kept = 20, 2 // the gateway keeps calls for writes
	servers, upstream, pipe := replicasOf(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: limit, Window: time.Minute}}, make([]gateway.Config, 3)...)
	seen := &callers{calls: map[string][]string{}}
	upstream.Intercept(seen.watch)
	busy, other := sandbox.DemoTokens()[0].Token, sandbox.DemoTokens()[1].Token
	for range limit - kept {
		wantErrors(t, servers[0].Query(t, busy, askViewer, nil))
	}
	eventually(t, "the rest of the limit is shared", func() bool {
		return slices.ContainsFunc(pipe.Redis.Keys(), func(key string) bool {
			return strings.HasPrefix(key, "mg1:r:") && pipe.Redis.HGet(key, "r") == "2"
		})
	})
	for _, server := range servers[1:] {
		response := server.Query(t, busy, askViewer, nil)
		wantErrors(t, response, "viewer: RATE_LIMITED")
		if after, _ := checkErrors(t, response)[0].Extensions["retryAfter"].(float64); after < 1 || after > 62 { // the window and the margins of two replicas
			t.Errorf("retry after %v s", after)
		}
	}
	for i := range limit - kept {
		wantErrors(t, servers[1+i%2].Query(t, other, askViewer, nil))
	}
	diff(t, "calls of the one", limit-kept, len(seen.of(busy)))
	diff(t, "calls of the other", limit-kept, len(seen.of(other)))
}

// A 429 that one replica meets, because another program has used up the limit, stops the calls of a caller that the others know.
func TestReplicas_Refusal(t *testing.T) {
	t.Parallel()
	const limit = 20
	servers, upstream, _ := replicasOf(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: limit, Window: time.Minute}}, make([]gateway.Config, 2)...)
	seen := &callers{calls: map[string][]string{}}
	upstream.Intercept(seen.watch)
	token := gatewaytest.Token()
	for _, server := range servers {
		wantErrors(t, server.Query(t, token, askViewer, nil))
	}
	for range 18 { // programs that spend one call each
		wantErrors(t, gatewaytest.NewServer(t, upstream, gateway.Config{}).Query(t, token, askViewer, nil))
	}
	wantErrors(t, servers[0].Query(t, token, askViewer, nil), "viewer: RATE_LIMITED")
	diff(t, "calls, of which one was refused", limit+1, len(seen.of(token)))
	eventually(t, "the other replica knows", func() bool {
		return strings.Contains(servers[1].Query(t, token, "{ __typename }", nil).Header.Get("RateLimit"), ";r=0;")
	})
	wantErrors(t, servers[1].Query(t, token, askViewer, nil), "viewer: RATE_LIMITED")
	diff(t, "calls after that", limit+1, len(seen.of(token)))
}
