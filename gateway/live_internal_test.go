package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/defaults"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// beginPoll begins a poll of a gateway with this configuration.
func beginPoll(t *testing.T, config Config) (context.Context, func(error) error) {
	t.Helper()
	var err error
	if config.Client, err = rest.New(rest.Config{}); err != nil {
		t.Fatal(err)
	}
	ctx, _, end := newPolls(t, config).beginPoll(t.Context(), watcher.Caller{Key: strings.Repeat("k", 48), Client: config.Client}, rest.Limits{})
	return ctx, end
}

// newPolls returns the parts of a gateway with this configuration.
func newPolls(t *testing.T, config Config) *parts {
	t.Helper()
	if err := defaults.Set(&config); err != nil {
		t.Fatal(err)
	}
	p, err := newParts(config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The calls that a poll has claimed and not made are free for the caller's operations when it has ended, and the poll is no
// operation whose need is remembered.
func TestPoll_GivesBackClaims(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Ratelimit-Limit", "300")
		w.Header().Set("X-Ratelimit-Remaining", "299")
		w.Header().Set("X-Ratelimit-Reset", "60")
		_, _ = w.Write([]byte(`{"userId": "0f4b2cd1-7c9c-4a2f-9d0c-0d7a6f0e0001"}`))
	}))
	t.Cleanup(upstream.Close)
	shared, err := rest.New(rest.Config{BaseURL: upstream.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(shared.Close)
	token, err := rest.NewToken("canary")
	if err != nil {
		t.Fatal(err)
	}
	client, p := shared.WithToken(token), newPolls(t, Config{Client: shared, Log: slog.New(slog.DiscardHandler)})
	if _, err := client.WithLimits(rest.Limits{}).Self(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, poll, end := p.beginPoll(t.Context(), watcher.Caller{Key: strings.Repeat("k", 48), Client: client}, rest.Limits{Live: true})
	if err := poll.Claim(t.Context(), 200); err != nil {
		t.Fatal(err)
	}
	_ = end(context.DeadlineExceeded)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := client.WithLimits(rest.Limits{}).Reserve(ctx, 200, nil); err != nil {
		t.Errorf("299 calls are left, and an operation with 200 gets: %v", err)
	}
}

// Nobody gets the error of a poll that panics, so the log has to show it.
func TestPoll_LogsPanics(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	_, end := beginPoll(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := end(&loader.PanicError{Stack: []byte("goroutine 1")}); err == nil || !strings.Contains(log.String(), "goroutine 1") {
		t.Errorf("%v, log: %s", err, log.String())
	}
}

// A subscription that cannot start because memory is short is told so.
func TestPoll_Memory(t *testing.T) {
	t.Parallel()
	ctx, end := beginPoll(t, Config{Log: slog.New(slog.DiscardHandler), MaxMemory: 1000})
	if memory.From(ctx).Reserve(1001) == nil {
		t.Fatal("reserved")
	}
	if _, ok := errors.AsType[*httpapi.Error](end(&rest.Error{Code: rest.Canceled})); !ok {
		t.Error("the error is that of the canceled call")
	}
}

// Results that wait are part of the memory of their caller.
func TestReservePending(t *testing.T) {
	t.Parallel()
	p := &parts{memory: memory.NewBudget(200, 100)}
	first, second := strings.Repeat("a", fingerprintLength)+"1", strings.Repeat("b", fingerprintLength)+"2"
	release, ok := p.reservePending(first, 100)
	if !ok {
		t.Fatal("there is no memory for the caller's share")
	}
	if _, ok := p.reservePending(first, 1); ok {
		t.Error("a caller holds more than the share")
	}
	other, ok := p.reservePending(second, 100)
	if !ok {
		t.Error("one caller takes the memory of another")
	}
	if used, _ := p.memory.Use(); used != 200 {
		t.Errorf("%d bytes are counted", used)
	}
	release()
	other()
	if used, _ := p.memory.Use(); used != 0 {
		t.Errorf("%d bytes are still counted", used)
	}
}
