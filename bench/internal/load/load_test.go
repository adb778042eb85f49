package load

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	for _, test := range []struct {
		name   string
		values []int
		share  float64
		want   int
	}{
		{"none", nil, 0.5, 0},
		{"one", []int{7}, 0.99, 7},
		{"half of an even number", []int{1, 2, 3, 4}, 0.5, 2},
		{"half of an odd number", []int{1, 2, 3}, 0.5, 2},
		{"99 of a hundred", hundred, 0.99, 99},
		{"all", hundred, 1, 100},
		{"nothing of it", hundred, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := Percentile(test.values, test.share); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		values []float64
		want   Spread
	}{
		{"none", nil, Spread{}},
		{"one", []float64{2}, Spread{2, 2, 2}},
		{"an odd number", []float64{9, 1, 4}, Spread{4, 1, 9}},
		{"an even number", []float64{4, 1, 2, 9}, Spread{3, 1, 9}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := NewSpread(test.values); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := Median([]time.Duration{30, 10, 20}); got != 20 {
		t.Errorf("median of durations: %d", got)
	}
}

func TestMany(t *testing.T) {
	t.Parallel()
	var served, now, most atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		if r.Header.Get("Authorization") != "Bearer secret" || served.Add(1)%10 == 0 {
			http.Error(w, "no", http.StatusTeapot)
			return
		}
		_, _ = w.Write([]byte("answer"))
	}))
	defer server.Close()
	client := NewClient(4)
	defer client.Close()
	result := client.Many(t.Context(), Query{Method: http.MethodGet, URL: server.URL, Token: "secret", Size: 6}, 50, 4)
	if len(result.Latencies) != 50 || served.Load() != 50 {
		t.Errorf("%d latencies, %d served", len(result.Latencies), served.Load())
	}
	if result.Failed != 5 || result.Failure == nil {
		t.Errorf("%d failed: %v", result.Failed, result.Failure)
	}
	if most.Load() > 4 {
		t.Errorf("%d concurrent queries", most.Load())
	}
	wrong := client.Many(t.Context(), Query{Method: http.MethodGet, URL: server.URL, Token: "secret", Size: 7}, 3, 1)
	if wrong.Failed != 3 {
		t.Errorf("%d of 3 responses with a wrong size failed", wrong.Failed)
	}
}
