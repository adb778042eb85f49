package rest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// traceLog records the calls of a Trace's hooks.
type traceLog struct {
	mu      sync.Mutex
	ops     []string
	results []CallResult
	drift   []Drift
}

func (l *traceLog) trace() *Trace {
	return &Trace{
		Call: func(ctx context.Context, op string) (context.Context, func(CallResult)) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.ops = append(l.ops, op)
			return ctx, func(result CallResult) {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.results = append(l.results, result)
			}
		},
		Drift: func(found Drift) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.drift = append(l.drift, found)
		},
	}
}

// withRateHeaders returns a handler whose response reports the caller's rate limit.
func withRateHeaders(limit, remaining string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", limit)
		w.Header().Set("X-RateLimit-Remaining", remaining)
		respond(http.StatusOK, `{"title":"`+canary+`"}`)(w, r)
	}
}

func TestTrace_ReportsResultOfCall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		steps []http.HandlerFunc
		want  CallResult
	}{
		"success":               {[]http.HandlerFunc{respond(200, `{}`)}, CallResult{Status: 200, Attempts: 1}},
		"success after retries": {[]http.HandlerFunc{respond(503, `{}`), cutOff, respond(200, `{}`)}, CallResult{Status: 200, Attempts: 3}},
		"rejected":              {[]http.HandlerFunc{respond(403, `{}`)}, CallResult{Code: Forbidden, Status: 403, Attempts: 1}},
		"unreachable":           {[]http.HandlerFunc{cutOff, cutOff, cutOff}, CallResult{Code: Unavailable, Attempts: 3}},
		"rate":                  {[]http.HandlerFunc{withRateHeaders("300", "12")}, CallResult{Status: 200, Attempts: 1, RateLimit: 300, RateRemaining: 12}},
		"rate used up":          {[]http.HandlerFunc{withRateHeaders("300", "0")}, CallResult{Status: 200, Attempts: 1, RateLimit: 300}},
		"rate is not a number":  {[]http.HandlerFunc{withRateHeaders("many", "12")}, CallResult{Status: 200, Attempts: 1}},
		"remaining above limit": {[]http.HandlerFunc{withRateHeaders("10", "12")}, CallResult{Status: 200, Attempts: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				log := &traceLog{}
				client := newPipeUpstream(t, script(t, test.steps...)).client(t, Config{})
				_, _ = client.Conversation(WithTrace(t.Context(), log.trace()), conversationID)
				wantEqual(t, "operations", []string{"GET /conversations/{conversationId}"}, log.ops)
				wantEqual(t, "results", []CallResult{test.want}, log.results)
			})
		})
	}
}

func TestTrace_IgnoresCallsThatAreNotSent(t *testing.T) {
	t.Parallel()
	log := &traceLog{}
	ctx := WithTrace(t.Context(), log.trace())
	client := newPipeUpstream(t, script(t, respond(200, `{}`))).client(t, Config{}).WithLimits(Limits{Calls: 1})
	_, _ = client.Conversation(ctx, "not an ID")
	_, _ = client.Conversation(ctx, conversationID)
	_, err := client.Conversation(ctx, conversationID)
	wantCode(t, err, BudgetExceeded)
	if len(log.ops) != 1 || len(log.results) != 1 {
		t.Errorf("want 1 call, got %v, %v", log.ops, log.results)
	}
}

func TestTrace_ReportsDownloads(t *testing.T) {
	t.Parallel()
	log := &traceLog{}
	ctx := WithTrace(t.Context(), log.trace())
	client := newPipeUpstream(t, script(t, respond(200, `{}`), respond(404, `{}`))).client(t, Config{})
	token := fileToken(t)
	got, err := client.Download(ctx, fileID, token, DownloadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	_, err = client.Download(ctx, fileID, token, DownloadOptions{})
	wantCode(t, err, NotFound)
	want := []CallResult{{Status: 200, Attempts: 1}, {Code: NotFound, Status: 404, Attempts: 1}}
	wantEqual(t, "results", want, log.results)
	wantEqual(t, "operations", []string{"GET /files/{fileId}", "GET /files/{fileId}"}, log.ops)
}

func TestTrace_ReportsNoAttemptWhileBreakerIsOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log, b := &traceLog{}, newBreakerCase(t, Config{})
		if state := b.clients[0].Breaker(); state != BreakerClosed {
			t.Errorf("initial state: want %s, got %s", BreakerClosed, state)
		}
		b.open(t)
		if state := b.clients[0].WithToken(Token{}).Breaker(); state != BreakerOpen {
			t.Errorf("state after failures: want %s, got %s", BreakerOpen, state)
		}
		_, _ = b.clients[2].Messages(WithTrace(t.Context(), log.trace()), conversationID)
		wantEqual(t, "results", []CallResult{{Code: Unavailable}}, log.results)
	})
}
