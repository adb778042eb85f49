package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// vanishing is a client's connection. After vanish, the gateway receives nothing that the client sends.
type vanishing struct {
	net.Conn

	vanished *atomic.Bool
}

func (v vanishing) Write(p []byte) (int, error) {
	if v.vanished.Load() {
		return len(p), nil
	}
	return v.Conn.Write(p)
}

// vanishingTransport returns a client of HTTP/2, and a function that makes its connections vanish.
func vanishingTransport() (transport *http.Transport, vanish func()) {
	var vanished atomic.Bool
	transport = &http.Transport{
		Protocols:       new(http.Protocols),
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			return vanishing{conn, &vanished}, err
		},
	}
	transport.Protocols.SetHTTP2(true)
	transport.Protocols.SetUnencryptedHTTP2(true)
	return transport, func() { vanished.Store(true) }
}

// A stream over HTTP/2 ends after two intervals in which its client has not responded, although its writes succeed.
func TestSilentClients(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]string{
		"h2c": {"--h2c"},
		"TLS": {"--tls-cert-file=../config/testdata/cert.pem", "--tls-key-file=../config/testdata/key.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := launch(t, append(settings, "--sandbox", "--listen=127.0.0.1:0", "--stream-ping=1s")...)
			transport, vanish := vanishingTransport()
			defer transport.CloseIdleConnections()
			request := newRequest(t, http.MethodPost, p.base+"/graphql", `{"query": "subscription { inboxChanged { kind } }"}`)
			request.Header.Set("Accept", "text/event-stream")
			ctx, cancel := context.WithTimeout(request.Context(), 15*time.Second)
			defer cancel()
			response, err := transport.RoundTrip(request.WithContext(ctx))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			vanish()
			if _, err := io.Copy(io.Discard, response.Body); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the stream has not been closed: %v", err)
			}
			if err := p.end(); err != nil {
				t.Error(err)
			}
			if response.ProtoMajor != 2 || !strings.Contains(p.stderr.String(), "reason=client") {
				t.Errorf("%s: %s", response.Proto, p.stderr)
			}
		})
	}
}
