package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Conversations of the agency.
const (
	shortID  = "e75fead9-213f-5585-aeb3-59327a7b3b59"
	otherID  = "c3c86d72-b236-509c-8f7f-e45e8a0e5621"
	listedID = "075facc9-e149-5ae4-8ad2-3554bebb535a" // the third of the first page
)

// scenario is an operation one of whose calls meets a fault. The others are healthy.
type scenario struct {
	name   string
	query  string
	target string // method and path of the call
	op     string // the call's name in the log
	path   []any  // of the field that needs the call
	want   func(w wants) string
	once   bool
	reads  bool
	others int // healthy calls of the same op
}

func scenarios() []scenario {
	read := scenario{
		name: "read", reads: true, want: func(w wants) string { return w.read },
		query:  `{ viewer { name } conversation(id: "` + shortID + `") { title } }`,
		target: "GET /v2/conversations/" + shortID, op: "GET /conversations/{conversationId}", path: []any{"conversation"},
	}
	list := scenario{
		name: "list", reads: true, want: func(w wants) string { return w.list },
		query:  `{ viewer { name } conversations(first: 5) { nodes { title } } }`,
		target: "GET /v2/conversations", op: "GET /conversations", path: []any{"conversations"},
	}
	item := scenario{
		name: "item", reads: true, others: 4, want: func(w wants) string { return w.item },
		query:  `{ viewer { name } conversations(first: 5) { nodes { id title messages { totalCount } } } }`,
		target: "GET /v2/conversations/" + listedID + "/messages", op: "GET /conversations/{conversationId}/messages",
		path: []any{"conversations", "nodes", 2.0, "messages"},
	}
	write := scenario{
		name: "write", others: 1, want: func(w wants) string { return w.write },
		query: `mutation {
			a: sendMessage(input: {conversationId: "` + shortID + `", content: "one"}) { messageId userErrors { code } }
			b: sendMessage(input: {conversationId: "` + otherID + `", content: "two"}) { messageId userErrors { code } }
		}`,
		target: "POST /v2/conversations/" + shortID + "/messages", op: "POST /conversations/{conversationId}/messages", path: []any{"a"},
	}
	return []scenario{read, list, item, once(read), once(item), write}
}

// once returns the scenario with a fault that only the first request meets.
func once(s scenario) scenario {
	s.name, s.once, s.want = s.name+", once", true, func(w wants) string { return w.once }
	return s
}

// healthyResults has the sandboxes and what they respond without a fault.
type healthyResults struct {
	reads, writes http.Handler // separate, because writes change lists
	data          map[string]string
	// timeout is for faults that last until then. It is long enough for healthy calls on this machine.
	timeout time.Duration
}

func newHealthyResults(t *testing.T) *healthyResults {
	t.Helper()
	table := &healthyResults{reads: sandbox.New(sandbox.Config{}), writes: sandbox.New(sandbox.Config{}), data: map[string]string{}, timeout: minTimeout}
	for _, s := range scenarios() {
		c := &cell{fault: fault{name: "none"}, protocol: http2, scenario: s}
		start := time.Now()
		u := c.run(t, table)
		c.client.Close()
		table.timeout = min(max(table.timeout, 20*time.Since(start)), maxTimeout)
		u.close()
		if c.got != "ok ×1" {
			t.Fatalf("%s without a fault: %s %v", s.name, c.got, c.problems)
		}
	}
	return table
}

const (
	minTimeout = 500 * time.Millisecond
	// maxTimeout is less than the timeout of a TLS handshake, which is another fault.
	maxTimeout = 4 * time.Second
	// unusedTimeout is for faults that need no time, on however busy a machine.
	unusedTimeout = 5 * time.Minute
)

func (h *healthyResults) upstream(s scenario) http.Handler {
	if s.reads {
		return h.reads
	}
	return h.writes
}

// run executes the cell. The caller closes the upstream.
func (c *cell) run(t *testing.T, table *healthyResults) *upstream {
	u := &upstream{fault: c.fault, once: c.scenario.once, healthy: table.upstream(c.scenario)}
	u.meets = func(r *http.Request) bool { return r.Method+" "+r.URL.Path == c.scenario.target }
	as := func(role string, do func()) {
		pprof.Do(context.WithoutCancel(t.Context()), pprof.Labels("cell", c.name(), "role", role), func(context.Context) { do() })
	}
	as("upstream", func() {
		if err := u.start(c.protocol); err != nil {
			c.problem("%v", err)
		}
	})
	as("gateway", func() { c.ask(t, u, table) })
	return u
}

// ask sends the operation and records the result.
func (c *cell) ask(t *testing.T, u *upstream, table *healthyResults) {
	var log gatewaytest.Output
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	settings := rest.Config{BaseURL: u.url, AllowHTTP: true, Log: logger, AttemptTimeout: unusedTimeout}
	if c.fault.slow {
		settings.AttemptTimeout = table.timeout
	}
	settings.ReadTimeout = settings.AttemptTimeout
	var err error
	if c.client, err = rest.New(settings); err != nil {
		panic(err)
	}
	counted, registry, err := process.NewMetrics(c.client.Breaker)
	if err != nil {
		panic(err)
	}
	server, err := gateway.New(gateway.Config{Client: c.client, Log: logger, Metrics: counted, OperationTimeout: c.timeout(), Introspection: gateway.IntrospectionOff})
	if err != nil {
		panic(err)
	}
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, newRequest(t.Context(), c.scenario.query))
	requests := int(u.requests.Load())
	c.got = fmt.Sprintf("%s ×%d", c.check(answer, table), requests)
	c.checkLeaks(answer, log.String(), registry)
	c.checkRequests(log.String(), requests)
}

// timeout returns the timeout of the operation. After a 429, its other calls wait for the rate limit if the wait ends before.
func (c *cell) timeout() time.Duration {
	if strings.HasPrefix(c.fault.name, "429") {
		return 20 * time.Second
	}
	return 2 * unusedTimeout
}

func newRequest(ctx context.Context, query string) *http.Request {
	body, _ := json.Marshal(map[string]string{"query": query})
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+gatewaytest.Token())
	return request
}

// result is a response of the gateway.
type result struct {
	Data   any
	Errors []struct {
		Path       []any
		Extensions struct {
			Code, Outcome string
			RetryAfter    *int
		}
	}
}

var ids = regexp.MustCompile(`"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"`)

// check compares the response with the healthy one and returns what happened to the field with the fault.
func (c *cell) check(answer *httptest.ResponseRecorder, table *healthyResults) string {
	body := answer.Body.String()
	if !c.scenario.reads {
		body = ids.ReplaceAllString(body, `"ID"`) // of new messages
	}
	var got result
	if err := json.Unmarshal([]byte(body), &got); err != nil || answer.Code != http.StatusOK {
		c.problem("status %d, %v", answer.Code, err)
	}
	if c.fault.name == "none" {
		table.data[c.scenario.name] = body
	}
	var healthy result
	_ = json.Unmarshal([]byte(table.data[c.scenario.name]), &healthy)
	if c.fault.everywhere() && len(got.Errors) > 0 {
		return c.checkAll(&got, &healthy)
	}
	field := at(got.Data, c.scenario.path)
	summary := c.summary(&got, field)
	if summary != "ok" || c.fault.changes {
		set(healthy.Data, c.scenario.path, field)
	}
	if c.fault.spreads {
		for _, failure := range got.Errors {
			set(healthy.Data, failure.Path, nil)
		}
	}
	if diff := cmp.Diff(healthy.Data, got.Data); diff != "" {
		c.problem("the data differs (-healthy +got):\n%s", diff)
	}
	return summary
}

// checkAll checks a response of which every field failed.
func (c *cell) checkAll(got, healthy *result) string {
	summary := ""
	for name := range healthy.Data.(map[string]any) {
		if at(got.Data, []any{name}) != nil {
			c.problem("%s has data", name)
		}
	}
	for i, failure := range got.Errors {
		if i > 0 && label(failure.Extensions.Code, failure.Extensions.Outcome) != summary {
			c.problem("codes differ: %v", got.Errors)
		}
		summary = label(failure.Extensions.Code, failure.Extensions.Outcome)
	}
	if len(got.Errors) != len(healthy.Data.(map[string]any)) {
		c.problem("%d errors", len(got.Errors))
	}
	return summary
}

// summary returns the code and the outcome of the field with the fault.
func (c *cell) summary(got *result, field any) string {
	if len(got.Errors) == 0 {
		if payload, ok := field.(map[string]any); ok && !c.scenario.reads {
			if errs, _ := payload["userErrors"].([]any); len(errs) > 0 {
				return "userErrors " + fmt.Sprint(errs[0].(map[string]any)["code"])
			}
		}
		if field == nil {
			return "null"
		}
		return "ok"
	}
	failure := got.Errors[0]
	for _, other := range got.Errors {
		if fmt.Sprint(other.Path) == fmt.Sprint(c.scenario.path) {
			failure = other
		} else if !c.fault.spreads {
			c.problem("%v failed, too: %s", other.Path, other.Extensions.Code)
		}
	}
	code := failure.Extensions.Code
	if wait := failure.Extensions.RetryAfter; code == "RATE_LIMITED" && (wait == nil || *wait < 1 || *wait > 600) {
		code += " without a usable retryAfter"
	}
	if field != nil {
		c.problem("an error and data")
	}
	return label(code, failure.Extensions.Outcome)
}

func label(code, outcome string) string {
	if outcome != "" {
		return code + "/" + outcome
	}
	return code
}

func (c *cell) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// checkLeaks looks for what only the upstream or the caller may know.
func (c *cell) checkLeaks(answer *httptest.ResponseRecorder, log string, registry *prometheus.Registry) {
	families, err := registry.Gather()
	if err != nil {
		c.problem("metrics: %v", err)
	}
	for place, text := range map[string]string{
		"response": answer.Body.String() + fmt.Sprint(answer.Header()), "log": log, "metrics": fmt.Sprint(families),
	} {
		for _, secret := range []string{canary, gatewaytest.Token(), shortID, listedID} {
			if strings.Contains(text, secret) && (place != "response" || secret == canary) {
				c.problem("the %s holds %s", place, secret)
			}
		}
	}
}

// checkRequests compares the attempts in the log with the requests that the upstream got.
func (c *cell) checkRequests(log string, requests int) {
	limit := 3
	if !c.scenario.reads && (strings.HasPrefix(c.got, "ok") || strings.Contains(c.got, "/")) { // it may have happened
		limit = 1
	}
	if requests > limit {
		c.problem("%d requests", requests)
	}
	logged := 0
	for line := range strings.Lines(log) {
		var record struct{ Msg, Op, Reasons string }
		_ = json.Unmarshal([]byte(line), &record)
		if record.Msg == "upstream call" && record.Op == c.scenario.op {
			logged++
		}
		c.reasons += strings.TrimPrefix(record.Reasons, "backoff,") // backoff is for the caller's other calls
	}
	if c.fault.everywhere() || c.fault.shared || c.fault.spreads || c.fault.spoils { // other calls have attempts, too, or none
		return
	}
	if logged -= c.scenario.others; logged != requests {
		c.problem("the log has %d attempts, the upstream got %d requests", logged, requests)
	}
}

// at returns the value at a path of names and positions, as JSON decodes them; nil if there is none.
func at(value any, path []any) any {
	for _, step := range path {
		switch container := value.(type) {
		case map[string]any:
			value = container[step.(string)]
		case []any:
			value = container[int(step.(float64))]
		default:
			return nil
		}
	}
	return value
}

// set replaces the value at a path.
func set(value any, path []any, to any) {
	last := path[len(path)-1]
	switch container := at(value, path[:len(path)-1]).(type) {
	case map[string]any:
		container[last.(string)] = to
	case []any:
		container[int(last.(float64))] = to
	}
}
