package rest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// traceLog writes down what a watch is told.
type traceLog struct {
	mu      sync.Mutex
	begun   []string
	ended   []CallResult
	unknown []string
}

func (b *traceLog) trace() *Trace {
	return &Trace{
		Call: func(ctx context.Context, op string) (context.Context, func(CallResult)) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.begun = append(b.begun, op)
			return ctx, func(result CallResult) {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.ended = append(b.ended, result)
			}
		},
		Unknown: func(place, value string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.unknown = append(b.unknown, place+" "+value)
		},
	}
}

// rated answers with what is left of the caller's rate.
func rated(limit, remaining string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Limit", limit)
		w.Header().Set("X-RateLimit-Remaining", remaining)
		respond(http.StatusOK, `{"title":"`+canary+`"}`)(w, r)
	}
}

func TestWatchIsToldHowACallWent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		steps []http.HandlerFunc
		want  CallResult
	}{
		"good":                     {[]http.HandlerFunc{respond(200, `{}`)}, CallResult{Status: 200, Attempts: 1}},
		"good at last":             {[]http.HandlerFunc{respond(503, `{}`), cutOff, respond(200, `{}`)}, CallResult{Status: 200, Attempts: 3}},
		"refused":                  {[]http.HandlerFunc{respond(403, `{}`)}, CallResult{Code: Forbidden, Status: 403, Attempts: 1}},
		"away":                     {[]http.HandlerFunc{cutOff, cutOff, cutOff}, CallResult{Code: Unavailable, Attempts: 3}},
		"rate":                     {[]http.HandlerFunc{rated("300", "12")}, CallResult{Status: 200, Attempts: 1, RateLimit: 300, RateRemaining: 12}},
		"rate that is used up":     {[]http.HandlerFunc{rated("300", "0")}, CallResult{Status: 200, Attempts: 1, RateLimit: 300}},
		"rate that is no number":   {[]http.HandlerFunc{rated("many", "12")}, CallResult{Status: 200, Attempts: 1}},
		"rate that makes no sense": {[]http.HandlerFunc{rated("10", "12")}, CallResult{Status: 200, Attempts: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				book := &traceLog{}
				client := newPipeUpstream(t, script(t, test.steps...)).client(t, Config{})
				_, _ = client.Conversation(WithTrace(t.Context(), book.trace()), conversationID)
				wantEqual(t, "begun", []string{"GET /conversations/{conversationId}"}, book.begun)
				wantEqual(t, "ended", []CallResult{test.want}, book.ended)
			})
		})
	}
}

// What never gets to the API is no call: an id that is none, or a budget that is spent.
func TestWatchOfCallsThatAreNone(t *testing.T) {
	t.Parallel()
	book := &traceLog{}
	ctx := WithTrace(t.Context(), book.trace())
	client := newPipeUpstream(t, script(t, respond(200, `{}`))).client(t, Config{}).WithLimits(Limits{Calls: 1})
	_, _ = client.Conversation(ctx, "none")
	_, _ = client.Conversation(ctx, conversationID)
	_, err := client.Conversation(ctx, conversationID)
	wantCode(t, err, BudgetExceeded)
	if len(book.begun) != 1 || len(book.ended) != 1 {
		t.Errorf("got %v, %v", book.begun, book.ended)
	}
}

func TestWatchOfDownloads(t *testing.T) {
	t.Parallel()
	book := &traceLog{}
	ctx := WithTrace(t.Context(), book.trace())
	client := newPipeUpstream(t, script(t, respond(200, `{}`), respond(404, `{}`))).client(t, Config{})
	token, err := NewFileToken("token-of-the-file")
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Download(ctx, fileID, token, DownloadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	_, err = client.Download(ctx, fileID, token, DownloadOptions{})
	wantCode(t, err, NotFound)
	want := []CallResult{{Status: 200, Attempts: 1}, {Code: NotFound, Status: 404, Attempts: 1}}
	wantEqual(t, "ended", want, book.ended)
	wantEqual(t, "begun", []string{"GET /files/{fileId}", "GET /files/{fileId}"}, book.begun)
}

// While the breaker is open, nothing is asked, and the state says so.
func TestWatchOfAnOpenBreaker(t *testing.T) {
	t.Parallel()
	book := &traceLog{}
	client := newPipeUpstream(t, respond(http.StatusInternalServerError, `{}`)).client(t, Config{})
	if state := client.Breaker(); state != BreakerClosed {
		t.Errorf("at first: %s", state)
	}
	for range 20 {
		_, _ = client.Conversation(t.Context(), conversationID)
	}
	if state := client.WithToken(Token{}).Breaker(); state != BreakerOpen {
		t.Errorf("after 20 failures: %s", state)
	}
	_, _ = client.Conversation(WithTrace(t.Context(), book.trace()), conversationID)
	wantEqual(t, "ended", []CallResult{{Code: Unavailable}}, book.ended)
}
