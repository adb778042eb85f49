package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
)

// oneConnection is a listener that accepts a connection without a network.
type oneConnection struct {
	net.Listener
	connections chan net.Conn
}

func (l oneConnection) Accept() (net.Conn, error) {
	connection, ok := <-l.connections
	if !ok {
		return nil, net.ErrClosed
	}
	return connection, nil
}

func (l oneConnection) Close() error { close(l.connections); return nil }

func (oneConnection) Addr() net.Addr { return &net.IPAddr{} }

// respondTo serves one request with a response of 1 MB, which hardly can be compressed. It returns the client's side.
func respondTo(t *testing.T, acceptEncoding string) net.Conn {
	t.Helper()
	random := make([]byte, 750_000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(random)
	data := `"` + base64.StdEncoding.EncodeToString(random) + `"`
	handler := httpapi.Compress(func(w http.ResponseWriter, _ *http.Request) {
		response := &graphql.Response{Data: []byte(data), Extensions: map[string]any{"long": strings.Repeat("x", 100_000)}}
		httpapi.Write(w, httpapi.MediaJSON, http.StatusOK, response)
	})
	client, server := net.Pipe()
	listener := oneConnection{connections: make(chan net.Conn, 1)}
	listener.connections <- server
	running := &http.Server{Handler: handler, WriteTimeout: 30 * time.Second}
	go func() { _ = running.Serve(listener) }()
	t.Cleanup(func() { _, _ = client.Close(), running.Close() })
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: "+acceptEncoding+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return client
}

// A client has 10 s for each piece of a response, and no limit for all of it.
func TestWrite_SlowClients(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"identity", "gzip", "zstd"} {
		for name, pause := range map[string]time.Duration{"stalled": time.Hour, "slow": 8 * time.Second} {
			t.Run(encoding+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client := respondTo(t, encoding)
					start, read, ended := time.Now(), 0, false
					for piece := make([]byte, 120_000); !ended; time.Sleep(pause) {
						n, err := io.ReadFull(client, piece)
						read, ended = read+n, err != nil
					}
					if whole := read > 700_000; whole != (name == "slow") {
						t.Errorf("%d bytes read in %v", read, time.Since(start))
					}
					if name == "slow" && time.Since(start) < 40*time.Second {
						t.Errorf("only %v", time.Since(start))
					}
				})
			})
		}
	}
}

// pieces is a response writer that records its calls.
type pieces struct {
	http.ResponseWriter
	written [][]byte
}

func (p *pieces) Header() http.Header { return http.Header{} }
func (p *pieces) WriteHeader(int)     {}
func (p *pieces) Write(piece []byte) (int, error) {
	p.written = append(p.written, piece)
	return len(piece), nil
}

// Extensions are not a reason to copy a large response.
func TestWrite_CopiesNoLargeData(t *testing.T) {
	t.Parallel()
	for size, copied := range map[int]bool{100: true, 100_000: false} {
		data := bytes.Repeat([]byte{'1'}, size)
		data = slices.Clip(data)
		var w pieces
		httpapi.Write(&w, httpapi.MediaJSON, http.StatusOK, &graphql.Response{Data: data, Extensions: map[string]any{"a": 1}})
		if same := &w.written[1][0] == &data[0]; same == copied {
			t.Errorf("%d bytes: copied: %v", size, !same)
		}
		if got, want := string(bytes.Join(w.written, nil)), `{"data":`+string(data)+`,"extensions":{"a":1}}`; got != want {
			t.Errorf("%d bytes: %.100s", size, got)
		}
	}
}
