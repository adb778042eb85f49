package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const askInbox = `{ conversations(first: 40) { nodes { messages(last: 1) { totalCount } } } }`

func limited(t *testing.T, requests int) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: requests, Window: time.Minute}})
	return gatewaytest.NewServer(t, upstream, gateway.Config{}), upstream
}

// An operation that does not fit into the rate limit costs one call the first time, none after that, and nothing is half.
// Small operations are answered meanwhile.
func TestOperationThatDoesNotFit(t *testing.T) {
	t.Parallel()
	server, upstream := limited(t, 30)
	for _, calls := range []int{1, 0, 0} {
		response := ask(t, server, askInbox)
		errs := checkErrors(t, response)
		if len(errs) != 1 || errs[0].code() != "RATE_LIMITED" {
			t.Fatalf("%s", response.Body)
		}
		if need, _ := errs[0].Extensions["need"].(float64); need < 30 || errs[0].Extensions["limit"] != 30.0 || errs[0].Extensions["retryAfter"] != nil ||
			!strings.HasSuffix(errs[0].Message, "Request smaller pages.") {
			t.Errorf("%+v", errs[0])
		}
		diff(t, "calls", calls, len(upstream.TakeCalls()))
	}
	wantErrors(t, ask(t, server, askViewer))
	request := server.NewRequest(t, gatewaytest.Token(), askInbox, nil)
	request.Header.Set("Accept", "application/graphql-response+json")
	response := server.Do(t, request)
	diff(t, "status", http.StatusTooManyRequests, response.Status)
	if strings.Contains(string(response.Body), `"data"`) {
		t.Errorf("%s", response.Body)
	}
}

// An operation that fits into a window, but not into the rest of this one, is rejected with the time until the next one.
func TestOperationThatFitsLater(t *testing.T) {
	t.Parallel()
	server, upstream := limited(t, 60)
	wantErrors(t, ask(t, server, askInbox))
	upstream.TakeCalls()
	response := ask(t, server, askInbox)
	errs := checkErrors(t, response)
	if len(errs) != 1 || errs[0].code() != "RATE_LIMITED" || errs[0].path() != "" {
		t.Fatalf("%s", response.Body)
	}
	if after, _ := errs[0].Extensions["retryAfter"].(float64); after < 1 || after > 61 || response.Header.Get("Retry-After") != fmt.Sprint(after) {
		t.Errorf("%v, %v", errs[0], response.Header)
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	wantErrors(t, ask(t, server, askViewer))
	diff(t, "calls of a small operation", 1, len(upstream.TakeCalls()))
}

// A caller who is rejected takes nothing from another: the other's operations succeed, and its headers show its own calls
// alone.
func TestRateLimitsAreApart(t *testing.T) {
	t.Parallel()
	server, _ := limited(t, 60)
	var busy []<-chan gatewaytest.Response
	for i := range 20 {
		query := strings.Replace(askInbox, "first: 40", fmt.Sprintf("first: %d", 20+i), 1)
		busy = append(busy, server.Start(server.NewRequest(t, tokens()[0], query, nil)))
	}
	for i := range 10 {
		response := server.Query(t, tokens()[1], askViewer, nil)
		wantErrors(t, response)
		if got, want := response.Header.Get("RateLimit"), fmt.Sprintf(`"mstudio";r=%d;`, 59-i); !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	rejected := 0
	for _, response := range busy {
		rejected += min(1, len(checkErrors(t, <-response)))
	}
	if rejected < 10 {
		t.Errorf("%d of 20 operations of the other caller were rejected, want most", rejected)
	}
}

// Operators see which operations were rejected, and why.
func TestRateRejectionsAreCounted(t *testing.T) {
	t.Parallel()
	for limit, reason := range map[int]string{30: "too_large", 60: "deadline"} {
		upstream := gatewaytest.NewUpstream(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: limit, Window: time.Minute}})
		server, registry := countedFrom(t, upstream, gateway.Config{})
		for range 3 {
			ask(t, server, askInbox)
		}
		ask(t, server, askViewer)
		rejected := map[int]float64{30: 3, 60: 2}[limit] // 41 calls fit into 60 once
		wantSamples(t, registry, map[string]float64{"upstream_rate_rejected_total lane=batch reason=" + reason: rejected})
	}
}

// Clients see their limit in the headers of each response, and with X-Explain.
func TestRateLimitIsShown(t *testing.T) {
	t.Parallel()
	server, _ := limited(t, 60)
	request := server.NewRequest(t, gatewaytest.Token(), askViewer, nil)
	request.Header.Set("X-Explain", "true")
	response := server.Do(t, request)
	diff(t, "policy", `"mstudio";q=60;w=60`, response.Header.Get("RateLimit-Policy"))
	diff(t, "limit", `"mstudio";r=59;t=61`, response.Header.Get("RateLimit"))
	var body struct {
		Extensions struct{ Upstream json.RawMessage }
	}
	if err := json.Unmarshal(response.Body, &body); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"rateLimit":{"limit":60,"remaining":59,"resetAfter":61}`, `"shareOfLimit":0.017}`} {
		if !strings.Contains(string(body.Extensions.Upstream), part) {
			t.Errorf("%s is not in %s", part, body.Extensions.Upstream)
		}
	}
}

// Ten tabs that open one page make its calls once. On a busy machine, some may begin after the first has been answered.
func TestEqualOperationsAtOnce(t *testing.T) {
	t.Parallel()
	server, upstream := limited(t, 1000)
	for range 20 {
		if callsOfTabs(t, server, upstream) == 1 {
			return
		}
	}
	t.Error("the tabs made more than one call each time")
}

// callsOfTabs opens ten tabs at once and returns how many calls they make.
func callsOfTabs(t *testing.T, server *gatewaytest.Server, upstream *gatewaytest.Upstream) int {
	t.Helper()
	const tabs = 10
	calls := newGate(upstream, pathEndsIn("/conversations"))
	var responses []<-chan gatewaytest.Response
	for range tabs {
		responses = append(responses, server.Start(server.NewRequest(t, gatewaytest.Token(), `{ conversations(first: 20) { totalCount } }`, nil)))
	}
	calls.await(t, 1, responses[0])
	calls.open()
	for _, response := range responses {
		wantErrors(t, <-response)
	}
	return len(upstream.TakeCalls())
}

func TestPriority(t *testing.T) {
	t.Parallel()
	server, _ := limited(t, 1000)
	for priority, status := range map[string]int{"": 200, "batch": 200, "high": 400, "Batch": 400} {
		request := server.NewRequest(t, gatewaytest.Token(), askViewer, nil)
		if priority != "" {
			request.Header.Set("X-Priority", priority)
		}
		if response := server.Do(t, request); response.Status != status {
			t.Errorf("%q: %d %s", priority, response.Status, response.Body)
		}
	}
}
