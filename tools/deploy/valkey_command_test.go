package deploy

import (
	"bufio"
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
)

// The command of the manifest starts a server that requires the password and evicts nothing. redis-server has the same arguments.
func TestValkeyCommand(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("NOT RUN: it needs redis-server")
	}
	const password = "Zm9v+bar/=="
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	container := read[appsv1.Deployment](t, "valkey/deployment").Spec.Template.Spec.Containers[0]
	script := strings.Replace(container.Command[2], "exec valkey-server -", "exec redis-server - --port "+port, 1)
	server := exec.CommandContext(t.Context(), container.Command[0], "-c", script)
	server.Env = []string{container.Env[0].Name + "=" + password, "PATH=/usr/bin:/bin:/usr/local/bin"}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = server.Process.Kill(), server.Wait() }()
	connection := dial(t, address)
	defer connection.Close()
	if _, err := connection.Write([]byte("PING\r\nAUTH " + password + "\r\nCONFIG GET maxmemory-policy\r\n")); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(connection)
	for _, want := range []string{"-NOAUTH Authentication required.", "+OK", "*2", "$16", "maxmemory-policy", "$10", "noeviction"} {
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("got %q, want %q", lines.Text(), want)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().String()
}

// dial connects to a server that is starting.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return connection
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}
