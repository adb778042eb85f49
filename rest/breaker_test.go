package rest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// breakerCase is an upstream whose routes have replaceable handlers, and clients of several callers.
type breakerCase struct {
	*upstream
	clients []*Client

	mu    sync.Mutex
	fails map[string]http.HandlerFunc // by the last segment of the path; "" stands for all others
}

func newBreakerCase(t *testing.T, config Config) *breakerCase {
	t.Helper()
	b := &breakerCase{fails: map[string]http.HandlerFunc{}}
	b.upstream = newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		segment := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		b.mu.Lock()
		fail, ok := b.fails[segment]
		if !ok {
			fail = b.fails[""]
		}
		b.mu.Unlock()
		switch {
		case fail != nil:
			fail(w, r)
		case segment == "self":
			respond(http.StatusOK, `{"userId":"`+conversationID+`"}`)(w, r)
		case segment == "messages", segment == "members":
			respond(http.StatusOK, `[]`)(w, r)
		default:
			respond(http.StatusOK, `{}`)(w, r)
		}
	})
	client := b.client(t, config)
	for _, token := range []string{"caller-a", "caller-b", "caller-c"} {
		b.clients = append(b.clients, client.WithToken(newToken(t, token)))
	}
	return b
}

// set replaces the handler of a route; nil heals it.
func (b *breakerCase) set(segment string, handle http.HandlerFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails[segment] = handle
}

func callSelf(ctx context.Context, c *Client) error { _, err := c.Self(ctx); return err }

func callMessages(ctx context.Context, c *Client) error {
	_, err := c.Messages(ctx, conversationID)
	return err
}

func callMembers(ctx context.Context, c *Client) error {
	_, err := c.Members(ctx, conversationID)
	return err
}

// load makes calls of the given callers for some time, each kind every 200 ms, and waits for them.
func (b *breakerCase) load(t *testing.T, duration time.Duration, callers int, reads ...func(context.Context, *Client) error) {
	t.Helper()
	var calls sync.WaitGroup
	for start := time.Now(); time.Since(start) < duration; time.Sleep(200 * time.Millisecond) {
		for _, client := range b.clients[:callers] {
			for _, read := range reads {
				calls.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), shippedDeadline)
					defer cancel()
					_ = read(ctx, client)
				})
			}
		}
	}
	calls.Wait()
}

// isOpen makes a call that does not reach the API if the breaker of its route is open.
func (b *breakerCase) isOpen(t *testing.T, client *Client, read func(context.Context, *Client) error) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	before, start := len(b.requests()), time.Now()
	err := read(ctx, client)
	failure, _ := err.(*Error) //nolint:errorlint // methods return no other type
	return len(b.requests()) == before && time.Since(start) == 0 && failure != nil && failure.Reason() == ReasonBreaker
}

// A breaker opens if several callers fail on its route, or several routes fail. A 500 opens none. Calls on other routes
// are never rejected, and the other caller is the one who makes no failing calls.
func TestBreaker_OpensForSeveralCallersOrRoutes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fail     http.HandlerFunc // nil refuses connections, of all routes
		all      bool
		callers  int
		rejected bool
	}{
		"500, one caller, one route":         {respond(500, `{}`), false, 1, false},
		"500, several callers, one route":    {respond(500, `{}`), false, 2, false},
		"500, several callers, all routes":   {respond(500, `{}`), true, 2, false},
		"503, one caller, one route":         {respond(503, `{}`), false, 1, false},
		"503, several callers, one route":    {respond(503, `{}`), false, 2, true},
		"503, one caller, all routes":        {respond(503, `{}`), true, 1, true},
		"503, several callers, all routes":   {respond(503, `{}`), true, 2, true},
		"hang, one caller, one route":        {hang, false, 1, false},
		"hang, several callers, one route":   {hang, false, 2, true},
		"hang, one caller, all routes":       {hang, true, 1, true},
		"hang, several callers, all routes":  {hang, true, 2, true},
		"reset, one caller, one route":       {reset, false, 1, false},
		"reset, several callers, all routes": {reset, true, 2, true},
		"refused, one caller":                {nil, true, 1, true},
		"refused, several callers":           {nil, true, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBreakerCase(t, Config{})
				const outage = 20 * time.Second
				switch {
				case test.fail == nil:
					b.network.breakAll(time.Hour)
				case test.all:
					b.set("", test.fail)
				default:
					b.set("messages", test.fail)
				}
				reads := []func(context.Context, *Client) error{callMessages}
				if test.all {
					reads = append(reads, callMembers, callSelf)
				}
				other := b.clients[2]
				done := make(chan struct{})
				go func() {
					defer close(done)
					for range outage / time.Second {
						if !test.all {
							if err := callSelf(t.Context(), other); err != nil {
								t.Errorf("a call on another route: %v", err)
							}
						}
						time.Sleep(time.Second)
					}
				}()
				b.load(t, outage, test.callers, reads...)
				<-done
				first, second := b.isOpen(t, other, callMessages), b.isOpen(t, other, callMessages)
				if test.rejected && !second || !test.rejected && first { // the first may be a probe, or the failure of a second caller
					t.Errorf("rejected: want %t, got %t and %t", test.rejected, first, second)
				}
				b.wantRecovery(t, other, reads)
			})
		})
	}
}

// wantRecovery heals the API and checks that all calls succeed after one interval between probes.
func (b *breakerCase) wantRecovery(t *testing.T, client *Client, reads []func(context.Context, *Client) error) {
	t.Helper()
	b.network.restore()
	b.mu.Lock()
	clear(b.fails)
	b.mu.Unlock()
	time.Sleep(probeInterval)
	for range 3 {
		for _, read := range reads {
			if err := read(t.Context(), client); err != nil {
				t.Errorf("after the outage: %v", err)
			}
		}
	}
	if got := client.Breaker(); got != BreakerClosed {
		t.Errorf("state: want %s, got %s", BreakerClosed, got)
	}
}

// A route that goes on hanging takes no probes of another route.
func TestBreaker_RecoversBesideAHangingRoute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t, Config{})
		b.set("", hang)
		b.load(t, 10*time.Second, 2, callMessages, callMembers, callSelf)
		b.set("self", respond(http.StatusOK, `{"userId":"`+conversationID+`"}`))
		time.Sleep(probeInterval)
		for range 30 {
			_ = b.isOpen(t, b.clients[0], callMessages)
			if err := callSelf(t.Context(), b.clients[2]); err != nil {
				t.Error(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// Attempts that began before a success prove nothing when they fail after it.
func TestBreaker_IgnoresOldAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t, Config{})
		b.set("messages", hang)
		for i := range 40 {
			go func() { _ = callMessages(t.Context(), b.clients[i%2]) }()
		}
		time.Sleep(4 * time.Second)
		b.set("messages", respond(http.StatusOK, `[]`))
		for range 50 {
			if err := callMessages(t.Context(), b.clients[2]); err != nil {
				t.Error(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func TestBreaker_WhatCounts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(t *testing.T, b *breakerCase)
		open bool
	}{
		"10 failures in 2.2 s":      {func(t *testing.T, b *breakerCase) { b.sequence(t, 10, 250*time.Millisecond, respond(503, `{}`)) }, true},
		"9 failures in 2 s":         {func(t *testing.T, b *breakerCase) { b.sequence(t, 9, 250*time.Millisecond, respond(503, `{}`)) }, false},
		"30 failures in 1 s":        {func(t *testing.T, b *breakerCase) { b.sequence(t, 30, time.Second/30, respond(503, `{}`)) }, false},
		"a success between":         {func(t *testing.T, b *breakerCase) { b.interrupted(t, respond(200, `[]`)) }, false},
		"a 404 between":             {func(t *testing.T, b *breakerCase) { b.interrupted(t, respond(404, `{}`)) }, false},
		"a 500 between":             {func(t *testing.T, b *breakerCase) { b.interrupted(t, respond(500, `{}`)) }, false},
		"a canceled call between":   {func(t *testing.T, b *breakerCase) { b.interrupted(t, hang) }, true},
		"failures long ago":         {func(t *testing.T, b *breakerCase) { b.longAgo(t) }, false},
		"canceled calls":            {func(t *testing.T, b *breakerCase) { b.sequence(t, 30, time.Second, hang) }, false},
		"429":                       {func(t *testing.T, b *breakerCase) { b.sequence(t, 30, time.Second, respond(429, `{}`)) }, false},
		"412":                       {func(t *testing.T, b *breakerCase) { b.sequence(t, 30, time.Second, respond(412, `{}`)) }, false},
		"HTML":                      {func(t *testing.T, b *breakerCase) { b.sequence(t, 30, time.Second, respond(200, `<html>`)) }, false},
		"files that cannot be read": {func(t *testing.T, b *breakerCase) { b.uploads(t) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBreakerCase(t, Config{})
				test.do(t, b)
				want := BreakerClosed
				if test.open {
					want = BreakerOpen
				}
				if got := b.clients[0].Breaker(); got != want {
					t.Errorf("state: want %s, got %s", want, got)
				}
			})
		})
	}
}

// open opens the breaker of the messages.
func (b *breakerCase) open(t *testing.T) {
	t.Helper()
	b.sequence(t, minFailures, 300*time.Millisecond, respond(http.StatusServiceUnavailable, `{}`))
}

// sequence makes single attempts of two callers in turn. Each ends after a millisecond.
func (b *breakerCase) sequence(t *testing.T, count int, interval time.Duration, handle http.HandlerFunc) {
	t.Helper()
	b.set("messages", handle)
	for i := range count {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		_ = callMessages(ctx, b.clients[i%2])
		cancel()
		time.Sleep(interval - time.Millisecond)
	}
}

func (b *breakerCase) interrupted(t *testing.T, handle http.HandlerFunc) {
	t.Helper()
	b.sequence(t, 9, 300*time.Millisecond, respond(503, `{}`))
	b.sequence(t, 1, 300*time.Millisecond, handle)
	b.sequence(t, 9, 300*time.Millisecond, respond(503, `{}`))
}

func (b *breakerCase) longAgo(t *testing.T) {
	t.Helper()
	b.sequence(t, 5, 300*time.Millisecond, respond(503, `{}`))
	time.Sleep(evidenceLifetime)
	b.sequence(t, 5, 300*time.Millisecond, respond(503, `{}`))
}

func (b *breakerCase) uploads(t *testing.T) {
	t.Helper()
	b.set("files", func(w http.ResponseWriter, r *http.Request) { readFile(http.StatusCreated, new(string))(w, r) })
	for range 30 {
		_, err := b.clients[0].Upload(t.Context(), uploadToken(t), NewFile{Content: iotest.ErrReader(io.ErrUnexpectedEOF)})
		wantCode(t, err, BadInput)
		time.Sleep(time.Second)
	}
}

// An upload may take minutes, but the next one is a probe as well.
func TestBreaker_RecoversForUploads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t, Config{})
		upload := func(client *Client) error {
			_, err := client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("bytes")})
			return err
		}
		b.set("files", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		for i := range 10 {
			wantCode(t, upload(b.clients[i%2]), Unavailable)
			time.Sleep(300 * time.Millisecond)
		}
		before := len(b.requests())
		wantCode(t, upload(b.clients[2]), Unavailable)
		b.wantCalls(t, before)
		b.set("files", func(w http.ResponseWriter, r *http.Request) { readFile(http.StatusCreated, new(string))(w, r) })
		time.Sleep(probeInterval)
		for range 3 {
			if err := upload(b.clients[2]); err != nil {
				t.Error(err)
			}
		}
	})
}

// Seven of eight attempts on a route hang, so its breaker does not open. The route's calls occupy half of the slots, and then
// fail at once. Other routes lose nothing.
func TestBreaker_LeavesHalfToOtherRoutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t, Config{})
		var arrived, running, most atomic.Int64
		b.set("members", func(w http.ResponseWriter, r *http.Request) {
			if arrived.Add(1)%8 == 1 {
				respond(http.StatusOK, `[]`)(w, r)
				return
			}
			hang(w, r)
		})
		var calls sync.WaitGroup
		const perSecond = 50
		for i := range 20 * perSecond {
			calls.Go(func() {
				if now := running.Add(1); now > most.Load() {
					most.Store(now)
				}
				defer running.Add(-1)
				ctx, cancel := context.WithTimeout(t.Context(), shippedDeadline)
				defer cancel()
				_ = callMembers(ctx, b.clients[i%3])
			})
			if err := callSelf(t.Context(), b.clients[i%3]); err != nil {
				t.Errorf("another route: %v", err)
			}
			time.Sleep(time.Second / perSecond)
		}
		calls.Wait()
		if limit := int64(maxSlow + perSecond/2); most.Load() > limit {
			t.Errorf("calls in flight: want at most %d, got %d", limit, most.Load())
		}
		if got := b.clients[0].Breaker(); got != BreakerClosed {
			t.Errorf("state: want %s, got %s", BreakerClosed, got)
		}
	})
}

// A burst of calls that are as slow as usual is not a hang.
func TestBreaker_PassesBurstsOfSlowCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t, Config{})
		b.set("messages", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(1500 * time.Millisecond)
			respond(http.StatusOK, `[]`)(w, r)
		})
		var calls sync.WaitGroup
		for range 20 {
			for i := range 20 {
				calls.Go(func() {
					if err := callMessages(t.Context(), b.clients[i%3]); err != nil {
						t.Error(err)
					}
				})
			}
			time.Sleep(300 * time.Millisecond)
		}
		calls.Wait()
	})
}

// An attempt that panics is not counted as running for ever.
func TestBreaker_Panic(t *testing.T) {
	t.Parallel()
	client := newUpstream(t, respond(http.StatusOK, `{}`)).client(t, Config{})
	b := newBreakers(4, slog.New(slog.DiscardHandler))
	attempt := withBreaker(func(context.Context, *call) (*response, error) { panic("next") }, b)
	c, err := client.newCall(http.MethodGet, conversationRoute, []string{conversationID})
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = attempt(t.Context(), c)
	}()
	wantEqual(t, "running attempts", 0, len(b.route(c).running))
}
