package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// breakerCase is an upstream with a replaceable handler, and its client. Failing handlers use 500, because the breaker
// counts it like 503, but the client does not retry it.
type breakerCase struct {
	*upstream
	client *Client

	mu      sync.Mutex
	current http.HandlerFunc
}

func newBreakerCase(t *testing.T) *breakerCase {
	t.Helper()
	b := &breakerCase{}
	b.upstream = newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		handle := b.current
		b.mu.Unlock()
		handle(w, r)
	})
	b.client = b.upstream.client(t, Config{})
	return b
}

func (b *breakerCase) setHandler(handle http.HandlerFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.current = handle
}

// open makes as many failing calls as open the breaker.
func (b *breakerCase) open(t *testing.T) {
	t.Helper()
	b.read(t, 20, respond(http.StatusInternalServerError, `{}`), Unavailable)
}

// read makes count calls in sequence and checks their code; "" means success.
func (b *breakerCase) read(t *testing.T, count int, handle http.HandlerFunc, code Code) {
	t.Helper()
	b.setHandler(handle)
	for range count {
		_, err := b.client.Conversation(t.Context(), conversationID)
		if code != "" {
			wantCode(t, err, code)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// refused makes count calls with invalid tokens, each with another one, because a refused token is not sent again.
func (b *breakerCase) refused(t *testing.T, count int) {
	t.Helper()
	valid := b.client
	for i := range count {
		b.client = valid.WithToken(newToken(t, fmt.Sprint(i)))
		b.read(t, 1, respond(http.StatusUnauthorized, `{}`), Unauthorized)
	}
	b.client = valid
}

// canceled makes count calls that the caller cancels.
func (b *breakerCase) canceled(t *testing.T, count int) {
	t.Helper()
	b.setHandler(hang)
	for range count {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := b.client.Conversation(ctx, conversationID)
		wantCode(t, err, Canceled)
	}
}

// upload makes count uploads that fail while the content is read. The API waits for all of it.
func (b *breakerCase) upload(t *testing.T, count int, file NewFile) {
	t.Helper()
	b.setHandler(func(w http.ResponseWriter, r *http.Request) { readFile(http.StatusCreated, new(string))(w, r) })
	for range count {
		_, err := b.client.Upload(t.Context(), uploadToken(t), file)
		wantCode(t, err, BadInput)
	}
}

// wantOpen makes a call that reaches the API only if the breaker is not open.
func (b *breakerCase) wantOpen(t *testing.T, want bool) {
	t.Helper()
	b.setHandler(respond(http.StatusOK, `{}`))
	before := len(b.requests())
	_, err := b.client.Conversation(t.Context(), conversationID)
	if want {
		wantCode(t, err, Unavailable)
	} else if err != nil {
		t.Errorf("call with a closed breaker: %v", err)
	}
	if open := len(b.requests()) == before; open != want {
		t.Errorf("open: want %t, got %t", want, open)
	}
}

func TestBreaker_OpensAtHalfOfTwentyCalls(t *testing.T) {
	t.Parallel()
	good, bad := respond(http.StatusOK, `{}`), respond(http.StatusInternalServerError, `{}`)
	tests := map[string]struct {
		do   func(t *testing.T, b *breakerCase)
		open bool
	}{
		"20 failures": {func(t *testing.T, b *breakerCase) { b.read(t, 20, bad, Unavailable) }, true},
		"19 failures": {func(t *testing.T, b *breakerCase) { b.read(t, 19, bad, Unavailable) }, false},
		"half of 20": {func(t *testing.T, b *breakerCase) {
			b.read(t, 10, good, "")
			b.read(t, 10, bad, Unavailable)
		}, true},
		"less than half": {func(t *testing.T, b *breakerCase) {
			b.read(t, 21, good, "")
			b.read(t, 20, bad, Unavailable)
		}, false},
		"failures outside the window": {func(t *testing.T, b *breakerCase) {
			b.read(t, 19, bad, Unavailable)
			time.Sleep(25 * time.Second)
			b.read(t, 19, bad, Unavailable)
		}, false},
		"failures within the window": {func(t *testing.T, b *breakerCase) {
			b.read(t, 10, bad, Unavailable)
			time.Sleep(8 * time.Second)
			b.read(t, 10, bad, Unavailable)
		}, true},
		// Otherwise one caller with an invalid token or invalid IDs could block all others.
		"401":            {func(t *testing.T, b *breakerCase) { b.refused(t, 60) }, false},
		"403":            {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(403, `{}`), Forbidden) }, false},
		"404":            {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(404, `{}`), NotFound) }, false},
		"412":            {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(412, `{}`), TimedOut) }, false},
		"429":            {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(429, `{}`), RateLimited) }, false},
		"HTML":           {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(200, `<html>`), BadResponse) }, false},
		"canceled calls": {func(t *testing.T, b *breakerCase) { b.canceled(t, 60) }, false},
		"files that are too large": {func(t *testing.T, b *breakerCase) {
			b.upload(t, 60, NewFile{Content: endlessReader{t, nil}, MaxBytes: 5})
		}, false},
		"files that cannot be read": {func(t *testing.T, b *breakerCase) {
			b.upload(t, 60, NewFile{Content: iotest.ErrReader(io.ErrUnexpectedEOF)})
		}, false},
		// Canceled calls and unreadable files prove nothing about the API, so they count neither as calls nor as failures.
		"canceled calls and 15 failures": {func(t *testing.T, b *breakerCase) {
			b.canceled(t, 15)
			b.read(t, 15, bad, Unavailable)
		}, false},
		"canceled calls and 20 failures": {func(t *testing.T, b *breakerCase) {
			b.canceled(t, 60)
			b.read(t, 20, bad, Unavailable)
		}, true},
		"files that cannot be read and 20 failures": {func(t *testing.T, b *breakerCase) {
			b.upload(t, 60, NewFile{Content: iotest.ErrReader(io.ErrUnexpectedEOF)})
			b.read(t, 20, bad, Unavailable)
		}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBreakerCase(t)
				test.do(t, b)
				b.wantOpen(t, test.open)
			})
		})
	}
}

// A timeout of an attempt is a failure of the API; an expired deadline of the caller is not.
func TestBreaker_CountsTimeouts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		attempt, deadline time.Duration
		code              Code
		open              bool
	}{
		"attempt": {100 * time.Millisecond, time.Second, TimedOut, true},
		"caller":  {time.Second, 100 * time.Millisecond, Expired, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newPipeUpstream(t, hang)
				client := u.client(t, Config{AttemptTimeout: test.attempt})
				for range 20 {
					ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
					_, err := client.Conversation(ctx, conversationID)
					wantCode(t, err, test.code)
					cancel()
				}
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				start := time.Now()
				if _, err := client.Conversation(ctx, conversationID); err == nil {
					t.Error("want an error")
				}
				if immediate := time.Since(start) == 0; immediate != test.open {
					t.Errorf("open: want %t, got %t", test.open, immediate)
				}
			})
		})
	}
}

// The window covers the attempt timeout, so that the failures of a hanging API do not expire before they count.
func TestBreaker_OpensWhileTheAPIHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.read(t, 1, respond(http.StatusOK, `{}`), "") // with an unknown token, few calls would hang
		b.setHandler(hang)
		var calls sync.WaitGroup
		for range 40 {
			calls.Go(func() {
				if _, err := b.client.Conversation(t.Context(), conversationID); err == nil { // the open breaker rejects some retries
					t.Error("want an error")
				}
			})
		}
		calls.Wait()
		b.wantOpen(t, true)
	})
}

// All callers share the breaker, and calls are not retried while it is open.
func TestBreaker_RejectsImmediatelyWhileOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.open(t)
		start := time.Now()
		b.client = b.client.WithToken(newToken(t, "another"))
		for range 5 {
			b.wantOpen(t, true)
		}
		wantElapsed(t, start, 0)
	})
}

func TestBreaker_ProbeDecides(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		probe func(t *testing.T, b *breakerCase)
		open  bool
	}{
		"success": {func(t *testing.T, b *breakerCase) { b.read(t, 1, respond(200, `{}`), "") }, false},
		"failure": {func(t *testing.T, b *breakerCase) { b.read(t, 1, respond(500, `{}`), Unavailable) }, true},
		// A 404 proves that the API works.
		"not found": {func(t *testing.T, b *breakerCase) { b.read(t, 1, respond(404, `{}`), NotFound) }, false},
		// The next call becomes the probe, so that no caller can keep the breaker half open.
		"canceled": {func(t *testing.T, b *breakerCase) { b.canceled(t, 3) }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBreakerCase(t)
				b.open(t)
				time.Sleep(4 * time.Second)
				b.wantOpen(t, true)
				time.Sleep(2 * time.Second)
				test.probe(t, b)
				b.wantOpen(t, test.open)
			})
		})
	}
}

func TestBreaker_PassesOneProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.open(t)
		time.Sleep(6 * time.Second)
		before := len(b.requests())
		release := make(chan struct{})
		b.setHandler(func(w http.ResponseWriter, r *http.Request) {
			<-release
			respond(http.StatusOK, `{}`)(w, r)
		})
		results := make(chan error, 10)
		for range 10 {
			go func() {
				_, err := b.client.Conversation(t.Context(), conversationID)
				results <- err
			}()
		}
		synctest.Wait()
		b.wantCalls(t, before+1)
		for range 9 {
			wantCode(t, <-results, Unavailable)
		}
		close(release)
		if err := <-results; err != nil {
			t.Errorf("probe: %v", err)
		}
		b.wantOpen(t, false)
	})
}

// An upload may take minutes, in which the breaker would stay half open.
func TestBreaker_RejectsUploadsAsProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.open(t)
		time.Sleep(6 * time.Second)
		if state := b.client.Breaker(); state != BreakerHalfOpen {
			t.Errorf("state: want %s, got %s", BreakerHalfOpen, state)
		}
		upload := func() error {
			_, err := b.client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("bytes")})
			return err
		}
		before := len(b.requests())
		wantCode(t, upload(), Unavailable)
		b.wantCalls(t, before)
		b.wantOpen(t, false)
		b.setHandler(readFile(http.StatusCreated, new(string)))
		if err := upload(); err != nil {
			t.Errorf("upload with a closed breaker: %v", err)
		}
	})
}
