// Package load sends queries and measures their latency.
package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Query is a request to send repeatedly.
type Query struct {
	Method, URL string
	Body        []byte
	Token       string
	// Size is the expected length of each response in bytes. Zero means any length.
	Size int
}

// Result is the result of many queries.
type Result struct {
	Latencies []time.Duration // sorted
	Elapsed   time.Duration
	Failed    int
	Failure   error // the first
}

// Client sends queries over persistent connections.
type Client struct{ http *http.Client }

// NewClient returns a client for up to this many concurrent queries.
func NewClient(concurrency int) *Client {
	return &Client{&http.Client{
		Timeout: 5 * time.Minute,
		Transport: &http.Transport{
			MaxIdleConns: concurrency, MaxIdleConnsPerHost: concurrency, DisableCompression: true, ReadBufferSize: 64 << 10,
		},
	}}
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Once sends a query and returns the response body. A status other than 200 is an error.
func (c *Client) Once(ctx context.Context, query Query) ([]byte, error) {
	var body bytes.Buffer
	err := c.send(ctx, query, &body)
	return body.Bytes(), err
}

// Many sends a query count times, with this concurrency.
func (c *Client) Many(ctx context.Context, query Query, count, concurrency int) Result {
	var (
		result  Result
		started atomic.Int64
		mu      sync.Mutex
		workers sync.WaitGroup
	)
	start := time.Now()
	for range min(count, concurrency) {
		workers.Go(func() {
			own := c.work(ctx, query, &started, int64(count))
			mu.Lock()
			defer mu.Unlock()
			result.Latencies = append(result.Latencies, own.Latencies...)
			result.Failed += own.Failed
			if result.Failure == nil {
				result.Failure = own.Failure
			}
		})
	}
	workers.Wait()
	result.Elapsed = time.Since(start)
	slices.Sort(result.Latencies)
	return result
}

// work sends queries in sequence until all are sent.
func (c *Client) work(ctx context.Context, query Query, started *atomic.Int64, count int64) Result {
	var (
		result Result
		body   bytes.Buffer
	)
	for started.Add(1) <= count && ctx.Err() == nil {
		start := time.Now()
		err := c.send(ctx, query, &body)
		result.Latencies = append(result.Latencies, time.Since(start))
		if err != nil {
			result.Failed++
			if result.Failure == nil {
				result.Failure = err
			}
		}
	}
	return result
}

func (c *Client) send(ctx context.Context, query Query, body *bytes.Buffer) error {
	request, err := http.NewRequestWithContext(ctx, query.Method, query.URL, bytes.NewReader(query.Body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+query.Token)
	if len(query.Body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body.Reset()
	if _, err := io.Copy(body, response.Body); err != nil {
		return err
	}
	const excerpt = 200
	if response.StatusCode != http.StatusOK || query.Size > 0 && body.Len() != query.Size {
		return fmt.Errorf("status %d, %d bytes instead of %d: %.*s", response.StatusCode, body.Len(), query.Size, excerpt, body.String())
	}
	return nil
}
