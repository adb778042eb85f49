package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// protocolOf returns the protocol of the response to a client that sends only HTTP/2 without TLS, or the error.
func protocolOf(t *testing.T, base string) (string, error) {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	for range 2 { // on one connection
		response, err := transport.RoundTrip(newRequest(t, http.MethodPost, base+"/graphql", viewer))
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), "Jana Petersen") {
			t.Errorf("%s: %s, %v", response.Status, body, err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		if response.ProtoMajor != 2 {
			return response.Proto, nil
		}
	}
	return "HTTP/2.0", nil
}

// With --h2c, the gateway accepts HTTP/2 without TLS beside HTTP/1.1, within the same limit of connections.
func TestH2C(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--h2c", "--max-connections=1")
	for range 3 { // connections that were closed leave the limit
		if protocol, err := protocolOf(t, p.base); err != nil || protocol != "HTTP/2.0" {
			t.Errorf("got %s, %v", protocol, err)
		}
	}
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
		t.Errorf("HTTP/1.1: %d %s", got.status, got.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	without := launch(t, "--sandbox", "--listen=127.0.0.1:0")
	if protocol, err := protocolOf(t, without.base); err == nil {
		t.Errorf("without --h2c: %s", protocol)
	}
}
