package gateway

import (
	"log/slog"
	"strings"
	"testing"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/defaults"
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
