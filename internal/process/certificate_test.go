package process

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/gateway/gatewaytest"
)

// writeCertificate writes a new certificate for localhost to cert.pem and key.pem in folder.
func writeCertificate(t *testing.T, folder string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().AddDate(100, 0, 0)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: certificate}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// served returns the certificate that clients receive.
func served(t *testing.T, c *Certificate) string {
	t.Helper()
	certificate, err := c.Config().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(certificate.Certificate[0])
}

// A certificate that a program renews is served within a minute. An invalid one is not.
func TestCertificate_Watch(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	certificate, err := LoadCertificate(writeCertificate(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		out := &gatewaytest.Output{}
		stop := certificate.Watch(t.Context(), slog.New(slog.NewTextHandler(out, nil)))
		defer stop()
		wait := func() { time.Sleep(certificateInterval); synctest.Wait() }
		before := served(t, certificate)
		wait()
		if out.String() != "" || served(t, certificate) != before {
			t.Errorf("replaced by itself: %s", out)
		}
		_, keyFile := writeCertificate(t, folder)
		wait()
		after := served(t, certificate)
		if after == before || !strings.Contains(out.String(), `msg="certificate replaced"`) {
			t.Errorf("not replaced: %s", out)
		}
		if err := os.WriteFile(keyFile, []byte("nothing"), 0o600); err != nil {
			t.Fatal(err)
		}
		wait()
		if served(t, certificate) != after || !strings.Contains(out.String(), `level=WARN msg="certificate not replaced"`) {
			t.Errorf("replaced by an invalid one: %s", out)
		}
	})
}

// With a certificate, both protocols are served with TLS only.
func TestServe_TLS(t *testing.T) {
	t.Parallel()
	certificate, err := LoadCertificate(writeCertificate(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Protocol", r.Proto) })
	shutdown := Shutdown{Drain: func() {}, Timeout: 5 * time.Second, EndStreams: func(context.Context, time.Duration) {}, Wait: func(context.Context) {}}
	go func() {
		server := &http.Server{TLSConfig: certificate.Config(), ErrorLog: ErrorLog(slog.New(slog.DiscardHandler))}
		ended <- Serve(ctx, server, []Endpoint{{listener, handler}}, NewConnections(100, nil, nil), shutdown, slog.New(slog.DiscardHandler))
	}()
	roots := x509.NewCertPool()
	leaf, err := x509.ParseCertificate([]byte(served(t, certificate)))
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(leaf)
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		transport := &http.Transport{ForceAttemptHTTP2: protocol == "HTTP/2.0", TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+listener.Addr().String(), strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.Header.Get("Protocol") != protocol {
			t.Errorf("got %v, want %s", response.Header, protocol)
		}
		transport.CloseIdleConnections()
	}
	if status := statusWithoutTLS(t, listener.Addr().String()); status != http.StatusBadRequest {
		t.Errorf("status %d without TLS", status)
	}
	stop(os.ErrProcessDone)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func statusWithoutTLS(t *testing.T, address string) int {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}
