package process

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// serve runs handler on a server. stop ends it as a signal does, and ended receives the result of Serve.
func serve(t *testing.T, handler http.Handler, delay time.Duration) (url string, stop func(os.Signal), ended <-chan error) {
	t.Helper()
	return serveStreams(t, handler, delay, func(context.Context, time.Duration) {})
}

// serveStreams is serve for a handler with streams.
func serveStreams(t *testing.T, handler http.Handler, delay time.Duration, end func(context.Context, time.Duration)) (url string, stop func(os.Signal), ended <-chan error) {
	t.Helper()
	listener, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	result := make(chan error, 1)
	shutdown := Shutdown{Drain: func() {}, Delay: delay, Timeout: 5 * time.Second, EndStreams: end, Wait: func(context.Context) {}}
	go func() {
		result <- Serve(ctx, &http.Server{}, []Endpoint{{listener, handler}}, NewConnections(100, nil, nil), shutdown, slog.New(slog.DiscardHandler))
	}()
	return "http://" + listener.Addr().String(), func(signal os.Signal) { cancel(errors.New(signal.String() + " signal received")) }, result
}

func post(t *testing.T, client *http.Client, url string) (closes bool, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return false, err
	}
	return response.Close, response.Body.Close()
}

// Clients that send one request after another on their connections get a response to each of them, until nothing listens.
func TestServe_LosesNoRequest(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the listener's end resets connections that are not accepted")
	}
	const clients = 16
	url, stop, ended := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }), 200*time.Millisecond)
	var group sync.WaitGroup
	var answered, closed, opened atomic.Int64
	for range clients {
		group.Go(func() {
			transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				opened.Add(1)
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			for {
				closes, err := post(t, client, url)
				if errors.Is(err, syscall.ECONNREFUSED) {
					return
				}
				if err != nil {
					t.Errorf("a request without a response: %v", err)
					return
				}
				if closes {
					closed.Add(1)
				}
				if answered.Add(1) == 20*clients {
					stop(syscall.SIGTERM)
				}
			}
		})
	}
	group.Wait()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if closed.Load() < clients || opened.Load() < clients+closed.Load() {
		t.Errorf("of %d responses, %d closed their connections; %d connections", answered.Load(), closed.Load(), opened.Load())
	}
}

// A response that begins after the signal closes its connection, although its request came before.
func TestClosing_RunningRequests(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(http.ResponseWriter){
		"status": func(w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot) },
		"body":   func(w http.ResponseWriter) { _, _ = w.Write([]byte("{}")) },
		"empty":  func(http.ResponseWriter) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			server := httptest.NewServer(closing(ctx, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				cancel()
				write(w)
			})))
			t.Cleanup(server.Close)
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			if closes, err := post(t, &http.Client{Transport: transport}, server.URL); err != nil || !closes {
				t.Errorf("closes: %t, %v", closes, err)
			}
		})
	}
}

// A WebSocket that begins after the signal needs its own Connection header. It ends with the other streams.
func TestClosing_Upgrades(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	server := httptest.NewServer(closing(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		_ = connection.Close(websocket.StatusGoingAway, "")
	})))
	defer server.Close()
	connection, _, err := websocket.Dial(t.Context(), server.URL, nil) //nolint:bodyclose // it has none
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := connection.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Error(err)
	}
}

// Nobody waits for a load balancer after Ctrl-C.
func TestServe_InterruptSkipsDelay(t *testing.T) {
	t.Parallel()
	_, stop, ended := serve(t, http.NotFoundHandler(), time.Hour)
	stop(os.Interrupt)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Streams that have taken their connections over end within half of the timeout, when nothing listens any more. After Ctrl-C
// they end at once.
func TestServe_EndStreams(t *testing.T) {
	t.Parallel()
	for signal, want := range map[os.Signal]time.Duration{syscall.SIGTERM: 2500 * time.Millisecond, os.Interrupt: 0} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			testEndStreams(t, signal, want)
		})
	}
}

func testEndStreams(t *testing.T, signal os.Signal, want time.Duration) {
	t.Helper()
	conns, address := make(chan net.Conn, 1), ""
	url, stop, ended := serveStreams(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
		conns <- conn
	}), 0, func(ctx context.Context, over time.Duration) {
		if over != want {
			t.Errorf("over %s, want %s", over, want)
		}
		if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			if _ = conn.Close(); want > 0 {
				t.Error("the port is open")
			}
		}
		_ = (<-conns).Close()
	})
	address = strings.TrimPrefix(url, "http://")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Transport{}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	stop(signal)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := response.Body.Read(make([]byte, 1)); err == nil {
		t.Error("the stream is open")
	}
	_ = response.Body.Close()
}
