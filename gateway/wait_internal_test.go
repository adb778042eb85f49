package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
)

// Wait returns after the last request, or when its context ends.
func TestWait(t *testing.T) {
	t.Parallel()
	for takes, waits := range map[time.Duration]time.Duration{0: 0, time.Second: time.Second, time.Hour: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			g := &Gateway{
				handler:   http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(takes) }),
				telemetry: telemetry.New(slog.New(slog.DiscardHandler), nil, nil, nil),
				streams:   live.New(live.Config{MaxStreams: 1}),
			}
			for range 3 {
				go g.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
			}
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			start := time.Now()
			g.Wait(ctx)
			if waited := time.Since(start).Truncate(10 * time.Millisecond); waited != waits {
				t.Errorf("requests of %v: waited %v, want %v", takes, waited, waits)
			}
			time.Sleep(takes) // until all requests have ended
		})
	}
}

// Wait returns after the last stream, whose request has ended.
func TestWait_Streams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &Gateway{streams: live.New(live.Config{MaxStreams: 1})}
		place, _ := g.streams.Enter()
		time.AfterFunc(time.Second, place.Leave)
		start := time.Now()
		g.Wait(t.Context())
		if waited := time.Since(start).Truncate(10 * time.Millisecond); waited != time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}
