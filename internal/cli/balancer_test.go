package cli

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// balancer sends each request to the next replica that is ready.
type balancer struct {
	base string
	pool *http.Transport // to the replicas

	mu       sync.Mutex
	replicas []string // URLs
	ready    []string
	next     int
}

// newBalancer starts a balancer that reports each request without a response.
func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{pool: &http.Transport{MaxIdleConnsPerHost: 100}}
	proxy := &httputil.ReverseProxy{
		Transport: b.pool, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), // it logs streams that end
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(b.choose())
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a request was lost: %s %s: %v", r.Method, r.URL.Path, err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	server := httptest.NewServer(proxy)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		b.probe(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-stopped
		server.Close()
		b.pool.CloseIdleConnections()
	})
	b.base = server.URL
	return b
}

func (b *balancer) choose() *url.URL {
	b.mu.Lock()
	defer b.mu.Unlock()
	chosen := &url.URL{Scheme: "http", Host: "no-replica.invalid"}
	if len(b.ready) > 0 {
		b.next++
		chosen, _ = url.Parse(b.ready[b.next%len(b.ready)])
	}
	return chosen
}

// probe reads which replicas are ready, again and again.
func (b *balancer) probe(ctx context.Context) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		b.mu.Lock()
		replicas := slices.Clone(b.replicas)
		b.mu.Unlock()
		ready := slices.DeleteFunc(replicas, func(replica string) bool { return !b.isReady(ctx, replica) })
		b.mu.Lock()
		b.ready = ready
		b.mu.Unlock()
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (b *balancer) isReady(ctx context.Context, replica string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, replica+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := b.pool.RoundTrip(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// replace replaces a replica by another. Either may be empty.
func (b *balancer) replace(old, replica string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replicas = slices.DeleteFunc(b.replicas, func(known string) bool { return known == old })
	if replica != "" {
		b.replicas = append(b.replicas, replica)
	}
}

// await waits until so many replicas are ready.
func (b *balancer) await(t *testing.T, count int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		b.mu.Lock()
		ready := len(b.ready)
		b.mu.Unlock()
		if ready == count {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			return
		}
	}
}
