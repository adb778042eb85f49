package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mstudio-graphql/sandbox"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	const limit = 5
	a := serve(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: limit, Window: time.Minute}})
	paths := []string{"/v2/users/self", "/v2/conversations/" + unknownID, "/v2/conversations?limit=x", "/v2/nothing", "/v2/users/self"}
	for i, path := range paths {
		r := a.get(bakery, path)
		if r.status == http.StatusTooManyRequests {
			t.Fatalf("request %d is over the limit", i+1)
		}
		checkQuota(t, r, limit, limit-1-i)
	}
	for range 2 {
		r := a.get(bakery, "/v2/users/self")
		checkQuota(t, r, limit, 0)
		if want := `{"type":"RateLimitError","message":"too many requests"}`; r.status != 429 || r.body != want {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	if r := a.get(bakery, "/v2/nothing"); r.status != 429 {
		t.Errorf("unknown route: %d, want 429", r.status)
	}
	checkQuota(t, a.get(freelancer, "/v2/users/self"), limit, limit-1)
}

func checkQuota(t *testing.T, r reply, limit, remaining int) {
	t.Helper()
	if got := r.header.Get("X-RateLimit-Limit"); got != strconv.Itoa(limit) {
		t.Errorf("limit %q, want %d", got, limit)
	}
	if got := r.header.Get("X-RateLimit-Remaining"); got != strconv.Itoa(remaining) {
		t.Errorf("remaining %q, want %d", got, remaining)
	}
	if reset, err := strconv.Atoi(r.header.Get("X-RateLimit-Reset")); err != nil || reset < 1 || reset > 60 {
		t.Errorf("reset %q, want 1 to 60 seconds", r.header.Get("X-RateLimit-Reset"))
	}
}

func TestDefaultRateLimit(t *testing.T) {
	t.Parallel()
	checkQuota(t, serve(t, sandbox.Config{}).get(bakery, "/v2/users/self"), 100_000, 99_999)
}

func TestPublicRoutesAreExempt(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: 1, Window: time.Minute}})
	for _, path := range []string{"/v2/conversation-categories", "/v2/conversation-categories/" + unknownID, "/v2/files/" + unknownID} {
		for range 3 {
			r := a.get(bakery, path)
			if r.status == 429 || r.header.Get("X-RateLimit-Exempt") != "yes" || r.header.Get("X-RateLimit-Limit") != "" {
				t.Errorf("%s: %d %v", path, r.status, r.header)
			}
		}
	}
	checkQuota(t, a.get(bakery, "/v2/users/self"), 1, 0)
}

func TestLatency(t *testing.T) {
	t.Parallel()
	const latency = 50 * time.Millisecond
	a := serve(t, sandbox.Config{Latency: latency})
	for _, path := range []string{"/v2/conversation-categories", "/v2/conversations", "/nothing"} {
		start := time.Now()
		a.get("", path)
		if took := time.Since(start); took < latency {
			t.Errorf("%s took %v, want at least %v", path, took, latency)
		}
	}
}

func TestLatencyEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	srv := listen(t.Context(), t, sandbox.Config{Latency: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := ping(ctx, srv.URL()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a timeout", err)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
}

// listen starts a server that ends with ctx.
func listen(ctx context.Context, t *testing.T, config sandbox.Config) *sandbox.Server {
	t.Helper()
	srv, err := sandbox.Start(ctx, "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// ping requests the public list of categories.
func ping(ctx context.Context, baseURL string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL+"v2/conversation-categories", nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

// TestServerLeavesNothing must not run in parallel, because it inspects all goroutines.
//
//nolint:paralleltest // see above
func TestServerLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for name, stop := range map[string]func(*sandbox.Server, context.CancelFunc){
		"close":             func(*sandbox.Server, context.CancelFunc) {},
		"end of context":    func(_ *sandbox.Server, cancel context.CancelFunc) { cancel() },
		"closed repeatedly": func(s *sandbox.Server, _ context.CancelFunc) { _ = s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			srv := listen(ctx, t, sandbox.Config{})
			if err := ping(t.Context(), srv.URL()); err != nil {
				t.Error(err)
			}
			stop(srv, cancel)
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
			if err := ping(t.Context(), srv.URL()); err == nil {
				t.Error("still listening")
			}
		})
	}
	goleak.VerifyNone(t, before)
}

func TestStartFailsOnTakenAddress(t *testing.T) {
	t.Parallel()
	srv := listen(t.Context(), t, sandbox.Config{})
	defer srv.Close()
	addr := srv.URL()[len("http://") : len(srv.URL())-1]
	if second, err := sandbox.Start(t.Context(), addr, sandbox.Config{}); err == nil {
		_ = second.Close()
		t.Error("two servers on one address")
	}
}
