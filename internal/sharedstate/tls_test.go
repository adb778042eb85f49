package sharedstate_test

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// freePort returns a port that nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// writeFile writes a file for a server and returns its name.
func writeFile(t *testing.T, name string, text []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A server is reached with TLS, a user and a database number.
func TestTLS(t *testing.T) {
	t.Parallel()
	example := httptest.NewUnstartedServer(nil)
	example.StartTLS() // only for its certificate
	example.Close()
	certificate := example.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	sharedstatetest.Start(t, "--tls-port", port, "--tls-auth-clients", "no", "--user", "gateway", "on", ">hunter2", "~mg1:*", "&mg1:*", "+@all",
		"--tls-cert-file", writeFile(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})),
		"--tls-key-file", writeFile(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	store := watch(t, sharedstate.Config{URL: "rediss://gateway:hunter2@127.0.0.1:" + port + "/3?skip_verify=true", Timeout: time.Second})
	defer store.Close()
	store.await(sharedstate.StateClosed)
	store.add()
	store.wantLog(logClosed)
}
