package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// rateLimited returns a handler that responds with 429 and a wait in seconds.
func rateLimited(seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Reset", seconds)
		respond(http.StatusTooManyRequests, `{"type":"RateLimitError","message":"too many requests"}`)(w, r)
	}
}

// reset is a handler that closes the connection without a response.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// The cases follow the retry contract in the package documentation. An unused step and an extra request both fail.
func TestRetry_FollowsContract(t *testing.T) {
	t.Parallel()
	ok := respond(http.StatusOK, `{"title":"read"}`)
	status := func(status int) http.HandlerFunc { return respond(status, `{}`) }
	tests := map[string]struct {
		steps    []http.HandlerFunc
		deadline time.Duration
		code     Code
		// The waits are random if atLeast and atMost differ.
		atLeast, atMost time.Duration
	}{
		"503 twice":              {steps: []http.HandlerFunc{status(503), status(503), ok}, atLeast: 1300 * time.Millisecond, atMost: 1900 * time.Millisecond},
		"502 and 504":            {steps: []http.HandlerFunc{status(502), status(504), ok}, atLeast: 1300 * time.Millisecond, atMost: 1900 * time.Millisecond},
		"503 three times":        {steps: repeat(3, status(503)), code: Unavailable, atLeast: 1300 * time.Millisecond, atMost: 1900 * time.Millisecond},
		"503, no time left":      {steps: repeat(2, status(503)), deadline: 1200 * time.Millisecond, code: Unavailable, atLeast: 300 * time.Millisecond, atMost: 400 * time.Millisecond},
		"500":                    {steps: []http.HandlerFunc{status(500)}, code: Unavailable},
		"501":                    {steps: []http.HandlerFunc{status(501)}, code: Unavailable},
		"505":                    {steps: []http.HandlerFunc{status(505)}, code: Unavailable},
		"503, then 404":          {steps: []http.HandlerFunc{status(503), status(404)}, code: NotFound, atLeast: 300 * time.Millisecond, atMost: 400 * time.Millisecond},
		"503, then not JSON":     {steps: []http.HandlerFunc{status(503), respond(200, "[")}, code: BadResponse, atLeast: 300 * time.Millisecond, atMost: 400 * time.Millisecond},
		"400":                    {steps: []http.HandlerFunc{status(400)}, code: BadResponse},
		"401":                    {steps: []http.HandlerFunc{status(401)}, code: Unauthorized},
		"403":                    {steps: []http.HandlerFunc{status(403)}, code: Forbidden},
		"404":                    {steps: []http.HandlerFunc{status(404)}, code: NotFound},
		"412":                    {steps: []http.HandlerFunc{status(412)}, code: TimedOut},
		"no response":            {steps: []http.HandlerFunc{reset, ok}, atMost: 100 * time.Millisecond},
		"body cut off":           {steps: []http.HandlerFunc{cutOff, cutOff, ok}, atLeast: time.Second, atMost: 1600 * time.Millisecond},
		"429 with a short wait":  {steps: []http.HandlerFunc{rateLimited("1"), ok}, atLeast: 2 * time.Second, atMost: 2 * time.Second},
		"429 with longest wait":  {steps: []http.HandlerFunc{rateLimited("13"), ok}, atLeast: 14 * time.Second, atMost: 14 * time.Second},
		"429 with 0":             {steps: []http.HandlerFunc{rateLimited("0"), ok}, atLeast: time.Second, atMost: time.Second},
		"429 twice":              {steps: []http.HandlerFunc{rateLimited("1"), rateLimited("2"), ok}, atLeast: 5 * time.Second, atMost: 5 * time.Second},
		"429 with a long wait":   {steps: []http.HandlerFunc{rateLimited("14")}, code: RateLimited},
		"429 with a minute":      {steps: []http.HandlerFunc{rateLimited("60")}, code: RateLimited},
		"429 without a wait":     {steps: []http.HandlerFunc{status(429)}, code: RateLimited},
		"429 past the deadline":  {steps: []http.HandlerFunc{rateLimited("2")}, deadline: 3 * time.Second, code: RateLimited},
		"429 before deadline":    {steps: []http.HandlerFunc{rateLimited("2"), ok}, deadline: 3100 * time.Millisecond, atLeast: 3 * time.Second, atMost: 3 * time.Second},
		"timeout, time left":     {steps: []http.HandlerFunc{hang, ok}, deadline: 6 * time.Second, atLeast: 4500 * time.Millisecond, atMost: 4600 * time.Millisecond},
		"timeout, no time left":  {steps: []http.HandlerFunc{hang}, deadline: 5 * time.Second, code: TimedOut, atLeast: 4500 * time.Millisecond, atMost: 4500 * time.Millisecond},
		"timeout, no deadline":   {steps: repeat(3, hang), code: TimedOut, atLeast: 13500 * time.Millisecond, atMost: 13800 * time.Millisecond},
		"timeout, then deadline": {steps: []http.HandlerFunc{hang, hang}, deadline: 6 * time.Second, code: Expired, atLeast: 6 * time.Second, atMost: 6 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newPipeUpstream(t, script(t, test.steps...))
				client := u.client(t, Config{}).WithLimits(Limits{})
				ctx, cancel := withTimeout(t, test.deadline)
				defer cancel()
				start := time.Now()
				conversation, err := client.Conversation(ctx, conversationID)
				if test.code != "" {
					wantCode(t, err, test.code)
				} else if err != nil || conversation.Title != "read" {
					t.Errorf("want the conversation, got %v, %v", conversation, err)
				}
				if elapsed := time.Since(start); elapsed < test.atLeast || elapsed > test.atMost {
					t.Errorf("elapsed: want %s to %s, got %s", test.atLeast, test.atMost, elapsed)
				}
				u.wantCalls(t, len(test.steps))
				wantEqual(t, "counted calls", 1, client.Calls())
			})
		})
	}
}

func TestRetry_ReturnsRetryAfter(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, rateLimited("60"))
	_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
	wantCode(t, err, RateLimited)
	var failure *Error
	if errors.As(err, &failure) && failure.RetryAfter != 61*time.Second {
		t.Errorf("retry after: want 1m1s, got %s", failure.RetryAfter)
	}
}

// Callers whose calls failed at the same time must not retry at the same time.
func TestRetry_WaitsAreRandom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		for range 20 {
			u := newPipeUpstream(t, script(t, respond(503, `{}`), respond(200, `{}`)))
			start := time.Now()
			if _, err := u.client(t, Config{}).Conversation(t.Context(), conversationID); err != nil {
				t.Fatal(err)
			}
			waits = append(waits, time.Since(start))
		}
		slices.Sort(waits)
		if distinct := len(slices.Compact(waits)); distinct < 15 {
			t.Errorf("want different waits, got %v", waits)
		}
	})
}

func TestRetry_WaitEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, script(t, rateLimited("2")))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := u.client(t, Config{}).Conversation(ctx, conversationID)
		wantCode(t, err, Canceled)
		wantElapsed(t, start, time.Second)
		u.wantCalls(t, 1)
	})
}

// With 100 calls in flight, at most 20 retries run at a time; the others wait for their turn.
func TestRetry_LimitsConcurrentRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var start time.Time
		var mu sync.Mutex
		running, most := 0, 0
		add := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			running += n
			most = max(most, running)
		}
		u := newPipeUpstream(t, warmHandler(func(w http.ResponseWriter, r *http.Request) {
			if time.Since(start) < 100*time.Millisecond {
				respond(http.StatusServiceUnavailable, `{}`)(w, r)
				return
			}
			add(1)
			defer add(-1)
			time.Sleep(100 * time.Millisecond)
			respond(http.StatusOK, `{}`)(w, r)
		}))
		client := u.client(t, Config{MaxInFlight: 400})
		warm(t, client, 1)
		start = time.Now()
		var calls sync.WaitGroup
		for range 100 {
			calls.Go(func() {
				if _, err := client.Conversation(t.Context(), conversationID); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		wantEqual(t, "concurrent retries", 20, most)
		u.wantCalls(t, 201)
	})
}

// outage is a fault of the API that ends.
type outage struct {
	fail  func(u *upstream, down time.Duration) // begins it
	lasts time.Duration
	most  time.Duration // for a call that was running when it began
}

// All calls in flight survive a lost connection, a restart and a proxy's 503, and none makes more than three requests.
func TestRetry_SurvivesOutages(t *testing.T) {
	t.Parallel()
	breakAll := func(u *upstream, down time.Duration) { u.network.breakAll(down) }
	for name, test := range map[string]outage{
		"lost connections":  {fail: breakAll, most: 200 * time.Millisecond},
		"restart in 0.3 s":  {fail: breakAll, lasts: 300 * time.Millisecond, most: time.Second},
		"restart in 1 s":    {fail: breakAll, lasts: time.Second, most: 2 * time.Second},
		"503 for 0.3 s":     {lasts: 300 * time.Millisecond, most: time.Second},
		"503 for 1 s":       {lasts: time.Second, most: 2 * time.Second},
		"restart in 0.05 s": {fail: breakAll, lasts: 50 * time.Millisecond, most: time.Second},
	} {
		for protocol, start := range map[string]func(*testing.T, http.HandlerFunc) *upstream{"HTTP/1.1": newPipeUpstream, "HTTP/2": newHTTP2Upstream} {
			t.Run(name+", "+protocol, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { test.run(t, start) })
			})
		}
	}
}

// run makes 50 calls at once, and one call in each millisecond of the outage.
func (o outage) run(t *testing.T, start func(*testing.T, http.HandlerFunc) *upstream) {
	t.Helper()
	var failsUntil atomic.Pointer[time.Time]
	u := start(t, func(w http.ResponseWriter, r *http.Request) {
		if until := failsUntil.Load(); o.fail == nil && until != nil && time.Now().Before(*until) {
			respond(http.StatusServiceUnavailable, `{}`)(w, r)
			return
		}
		time.Sleep(20 * time.Millisecond)
		respond(http.StatusOK, `{"userId":"`+conversationID+`"}`)(w, r)
	})
	client := u.client(t, Config{})
	warm(t, client, 50)
	var calls sync.WaitGroup
	call := func() {
		ctx, cancel := context.WithTimeout(t.Context(), shippedDeadline)
		defer cancel()
		start := time.Now()
		if _, err := client.Conversation(ctx, conversationID); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > o.most {
			t.Errorf("a call took %v, more than %v", took, o.most)
		}
	}
	for range 50 {
		calls.Go(call)
	}
	time.Sleep(10 * time.Millisecond)
	until := time.Now().Add(o.lasts)
	failsUntil.Store(&until)
	if o.fail != nil {
		o.fail(u, o.lasts)
	}
	single := int(o.lasts / (10 * time.Millisecond))
	for range single {
		calls.Go(call)
		time.Sleep(10 * time.Millisecond)
	}
	calls.Wait()
	if got, limit := len(u.requests()), 50+maxRequests*(50+single); got > limit {
		t.Errorf("requests: want at most %d, got %d", limit, got)
	}
	if got := client.Breaker(); got != BreakerClosed {
		t.Errorf("breaker: want %s, got %s", BreakerClosed, got)
	}
}

// An API that is down in every other second opens no breaker, and seven of eight calls survive.
func TestRetry_SurvivesFlapping(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]http.HandlerFunc{"503": respond(http.StatusServiceUnavailable, `{}`), "reset": reset} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					if time.Since(began)%(2*time.Second) < time.Second {
						fail(w, r)
						return
					}
					respond(http.StatusOK, `{}`)(w, r)
				})
				client := u.client(t, Config{})
				callers := []*Client{client, client.WithToken(newToken(t, "another"))}
				const all = 400
				var lost atomic.Int64
				var calls sync.WaitGroup
				for i := range all {
					calls.Go(func() {
						if _, err := callers[i%2].Conversation(t.Context(), conversationID); err != nil {
							lost.Add(1)
						}
					})
					time.Sleep(50 * time.Millisecond)
				}
				calls.Wait()
				if got := lost.Load(); got > all/5 { // the waits are random
					t.Errorf("%d of %d calls failed", got, all)
				}
			})
		})
	}
}

// All calls on one HTTP/2 connection fail with it. Their retries need one place together, so none waits.
func TestRetry_LostConnectionIsOneFailure(t *testing.T) {
	t.Parallel()
	budgets, c := newRetryBudgets(), &call{session: &session{}, sent: true}
	near, far := net.Pipe()
	budget, reset := budgets.enter(c), &Error{Code: Unavailable}
	releases := make([]func(), 0, 50)
	for range 50 {
		lost := &call{session: c.session, sent: true, conn: near}
		release, ok := budgets.acquire(t.Context(), budget, lost, reset)
		if !ok {
			t.Fatal("a retry did not get a place")
		}
		releases = append(releases, release)
	}
	wantEqual(t, "places", 1, len(budget.retries))
	other := &call{session: c.session, sent: true, conn: far}
	if _, ok := budgets.acquire(t.Context(), budget, other, reset); !ok || len(budget.retries) != 2 {
		t.Errorf("another connection: %t, %d places", ok, len(budget.retries))
	}
	for _, release := range releases {
		release()
	}
	wantEqual(t, "places after the retries", 1, len(budget.retries))
}

// A response that breaks its HTTP/2 connection costs each call on it one retry.
func TestRetry_SurvivesResponseThatBreaksConnection(t *testing.T) {
	t.Parallel()
	for protocol, start := range map[string]func(*testing.T, http.HandlerFunc) *upstream{"HTTP/1.1": newPipeUpstream, "HTTP/2": newHTTP2Upstream} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var broken atomic.Bool
				u := start(t, func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/members") && broken.CompareAndSwap(false, true) {
						w.Header().Set("X-Huge", strings.Repeat("x", 200_000))
					}
					time.Sleep(20 * time.Millisecond)
					respond(http.StatusOK, `[]`)(w, r)
				})
				client := u.client(t, Config{})
				var calls sync.WaitGroup
				for range 20 {
					calls.Go(func() {
						if _, err := client.Messages(t.Context(), conversationID); err != nil {
							t.Error(err)
						}
					})
				}
				if _, err := client.Members(t.Context(), conversationID); err != nil {
					t.Error(err)
				}
				calls.Wait()
				if got := len(u.requests()); got > 2*21 {
					t.Errorf("%d requests", got)
				}
			})
		})
	}
}
