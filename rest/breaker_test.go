package rest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// breakerCase is an API that can be switched between good and bad, and a client whose calls are never tried again:
// 500 counts for the breaker like 503 does, and is not retried.
type breakerCase struct {
	*upstream
	client *Client

	mu     sync.Mutex
	answer http.HandlerFunc
}

func newBreakerCase(t *testing.T) *breakerCase {
	t.Helper()
	b := &breakerCase{}
	b.upstream = newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		answer := b.answer
		b.mu.Unlock()
		answer(w, r)
	})
	b.client = b.upstream.client(t, Config{})
	return b
}

// read makes count calls, one after the other, that are to end with this code; "" is success.
func (b *breakerCase) read(t *testing.T, count int, answer http.HandlerFunc, code Code) {
	t.Helper()
	b.mu.Lock()
	b.answer = answer
	b.mu.Unlock()
	for range count {
		_, err := b.client.Conversation(t.Context(), conversationID)
		if code != "" {
			wantCode(t, err, code)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// canceled makes count calls that their caller gives up.
func (b *breakerCase) canceled(t *testing.T, count int) {
	t.Helper()
	b.mu.Lock()
	b.answer = hang
	b.mu.Unlock()
	for range count {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := b.client.Conversation(ctx, conversationID)
		wantCode(t, err, Canceled)
	}
}

// upload makes count uploads of a file that cannot be sent whole. The API waits for all of it.
func (b *breakerCase) upload(t *testing.T, count int, file NewFile) {
	t.Helper()
	b.mu.Lock()
	b.answer = func(w http.ResponseWriter, r *http.Request) { readFile(http.StatusCreated, new(string))(w, r) }
	b.mu.Unlock()
	for range count {
		_, err := b.client.Upload(t.Context(), uploadToken(t), file)
		wantCode(t, err, BadInput)
	}
}

// isOpen makes a call that must not reach the API, or must if the breaker is not to be open.
func (b *breakerCase) isOpen(t *testing.T, want bool) {
	t.Helper()
	b.mu.Lock()
	b.answer = respond(http.StatusOK, `{}`)
	b.mu.Unlock()
	before := len(b.seen())
	_, err := b.client.Conversation(t.Context(), conversationID)
	if want {
		wantCode(t, err, Unavailable)
	} else if err != nil {
		t.Errorf("a closed breaker must let a call pass, got %v", err)
	}
	if open := len(b.seen()) == before; open != want {
		t.Errorf("open: want %t, got %t", want, open)
	}
}

func TestBreakerOpens(t *testing.T) {
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
		"failures that are long ago": {func(t *testing.T, b *breakerCase) {
			b.read(t, 19, bad, Unavailable)
			time.Sleep(25 * time.Second)
			b.read(t, 19, bad, Unavailable)
		}, false},
		"failures of the window": {func(t *testing.T, b *breakerCase) {
			b.read(t, 10, bad, Unavailable)
			time.Sleep(8 * time.Second)
			b.read(t, 10, bad, Unavailable)
		}, true},
		// One caller with a bad token or bad ids could cut off all the others.
		"401":                   {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(401, `{}`), Unauthorized) }, false},
		"403":                   {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(403, `{}`), Forbidden) }, false},
		"404":                   {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(404, `{}`), NotFound) }, false},
		"412":                   {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(412, `{}`), TimedOut) }, false},
		"429":                   {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(429, `{}`), RateLimited) }, false},
		"HTML":                  {func(t *testing.T, b *breakerCase) { b.read(t, 60, respond(200, `<html>`), BadResponse) }, false},
		"callers that are gone": {func(t *testing.T, b *breakerCase) { b.canceled(t, 60) }, false},
		"files that are too large": {func(t *testing.T, b *breakerCase) {
			b.upload(t, 60, NewFile{Content: endless{t, nil}, MaxBytes: 5})
		}, false},
		"files that do not arrive": {func(t *testing.T, b *breakerCase) {
			b.upload(t, 60, NewFile{Content: iotest.ErrReader(io.ErrUnexpectedEOF)})
		}, false},
		// Such calls say nothing about the API, so they neither make up the 20 nor lessen the share of failures.
		"callers that are gone and few failures": {func(t *testing.T, b *breakerCase) {
			b.canceled(t, 15)
			b.read(t, 15, bad, Unavailable)
		}, false},
		"callers that are gone and many failures": {func(t *testing.T, b *breakerCase) {
			b.canceled(t, 60)
			b.read(t, 20, bad, Unavailable)
		}, true},
		"files that do not arrive and many failures": {func(t *testing.T, b *breakerCase) {
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
				b.isOpen(t, test.open)
			})
		})
	}
}

// Attempts that take too long are failures of the API, as long as it is not the caller whose time is up.
func TestBreakerCountsTimeouts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		attempt, deadline time.Duration
		code              Code
		open              bool
	}{
		"of the attempt": {100 * time.Millisecond, time.Second, TimedOut, true},
		"of the caller":  {time.Second, 100 * time.Millisecond, Expired, false},
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
				if answeredAtOnce := time.Since(start) == 0; answeredAtOnce != test.open {
					t.Errorf("open: want %t, got %t", test.open, answeredAtOnce)
				}
			})
		})
	}
}

// An API that hangs opens the breaker with the time that an attempt has by default, too: it is longer than 10 s.
func TestBreakerOpensWhileTheAPIHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.answer = hang
		var calls sync.WaitGroup
		for range 40 {
			calls.Go(func() {
				if _, err := b.client.Conversation(t.Context(), conversationID); err == nil { // some are tried again, and refused
					t.Error("want an error")
				}
			})
		}
		calls.Wait()
		b.isOpen(t, true)
	})
}

// While the breaker is open, nothing is tried again: the wait would be for nothing.
func TestOpenBreakerAnswersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.read(t, 20, respond(http.StatusInternalServerError, `{}`), Unavailable)
		start := time.Now()
		// All callers share the breaker.
		b.client = b.client.WithToken(newToken(t, "another"))
		for range 5 {
			b.isOpen(t, true)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took: want 0s, got %s", took)
		}
	})
}

func TestBreakerProbe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		probe func(t *testing.T, b *breakerCase)
		open  bool
	}{
		"that succeeds": {func(t *testing.T, b *breakerCase) { b.read(t, 1, respond(200, `{}`), "") }, false},
		"that fails":    {func(t *testing.T, b *breakerCase) { b.read(t, 1, respond(500, `{}`), Unavailable) }, true},
		// The API has answered.
		"that finds nothing": {func(t *testing.T, b *breakerCase) { b.read(t, 1, respond(404, `{}`), NotFound) }, false},
		// The next call is the probe then: nobody must be able to keep the breaker half open.
		"that is given up": {func(t *testing.T, b *breakerCase) { b.canceled(t, 3) }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBreakerCase(t)
				b.read(t, 20, respond(http.StatusInternalServerError, `{}`), Unavailable)
				time.Sleep(4 * time.Second)
				b.isOpen(t, true)
				time.Sleep(2 * time.Second)
				test.probe(t, b)
				b.isOpen(t, test.open)
			})
		})
	}
}

func TestBreakerLetsOneProbeThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.read(t, 20, respond(http.StatusInternalServerError, `{}`), Unavailable)
		time.Sleep(6 * time.Second)
		before := len(b.seen())
		goOn := make(chan struct{})
		b.answer = func(w http.ResponseWriter, r *http.Request) {
			<-goOn
			respond(http.StatusOK, `{}`)(w, r)
		}
		failed := make(chan error, 10)
		for range 10 {
			go func() {
				_, err := b.client.Conversation(t.Context(), conversationID)
				failed <- err
			}()
		}
		synctest.Wait()
		b.wantCalls(t, before+1)
		for range 9 {
			wantCode(t, <-failed, Unavailable)
		}
		close(goOn)
		if err := <-failed; err != nil {
			t.Errorf("probe: %v", err)
		}
		b.isOpen(t, false)
	})
}

// A file may take minutes to arrive, and nobody would know that the API is well again.
func TestUploadIsNoProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakerCase(t)
		b.read(t, 20, respond(http.StatusInternalServerError, `{}`), Unavailable)
		time.Sleep(6 * time.Second)
		if state := b.client.Breaker(); state != BreakerHalfOpen {
			t.Errorf("the breaker is %s", state)
		}
		upload := func() error {
			_, err := b.client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("bytes")})
			return err
		}
		before := len(b.seen())
		wantCode(t, upload(), Unavailable)
		b.wantCalls(t, before)
		b.isOpen(t, false)
		b.answer = readFile(http.StatusCreated, new(string))
		if err := upload(); err != nil {
			t.Errorf("a closed breaker must let an upload pass, got %v", err)
		}
	})
}
