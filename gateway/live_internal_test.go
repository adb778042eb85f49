package gateway

import (
	"log/slog"
	"strings"
	"testing"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/defaults"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// Nobody gets the error of a poll that panics, so the log has to show it.
func TestPoll_LogsPanics(t *testing.T) {
	t.Parallel()
	client, err := rest.New(rest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	config := Config{Client: client, Log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := defaults.Set(&config); err != nil {
		t.Fatal(err)
	}
	p, err := newParts(config)
	if err != nil {
		t.Fatal(err)
	}
	_, _, end := p.beginPoll(t.Context(), watcher.Caller{Key: strings.Repeat("k", 48), Client: client}, rest.Limits{})
	end(&loader.PanicError{Stack: []byte("goroutine 1")})
	if !strings.Contains(log.String(), "goroutine 1") {
		t.Errorf("log: %s", log.String())
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
