package cli

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/sandbox"
)

// open opens a connection to the gateway and sends the beginning of a request.
func (p *program) open(t *testing.T, beginning string) net.Conn {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	if _, err := io.WriteString(connection, beginning); err != nil {
		t.Fatal(err)
	}
	return connection
}

// The gateway disconnects hundreds of clients that send their requests byte by byte or not to the end, and still serves
// others. Without timeouts, each would occupy a goroutine and a connection without limit.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--header-timeout=300ms", "--read-timeout=600ms", "--idle-timeout=300ms")
	const head = "POST /graphql HTTP/1.1\r\nHost: gateway\r\n"
	const headers = head + "Authorization: Bearer sandbox-agency\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
	var group sync.WaitGroup
	for _, beginning := range []string{"", "PO", head, head + "X-Slow: a", headers, headers + `{"query": "`} {
		for range 50 {
			connection := p.open(t, beginning)
			group.Go(func() { dribble(connection, beginning) })
			group.Go(func() { _, _ = io.Copy(io.Discard, connection) }) // returns when the gateway closes the connection
		}
	}
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
		t.Errorf("meanwhile: %v", got)
	}
	group.Wait()
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}

// dribble continues a request byte by byte until the connection is closed.
func dribble(connection net.Conn, beginning string) {
	if beginning == "" {
		return // an idle connection
	}
	slowly := time.NewTicker(20 * time.Millisecond)
	defer slowly.Stop()
	for range slowly.C {
		if _, err := io.WriteString(connection, "a"); err != nil {
			return
		}
	}
}

func TestMaxHeaderBytes(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--max-header-bytes=8192")
	for size, want := range map[int]int{4_000: http.StatusOK, 20_000: http.StatusRequestHeaderFieldsTooLarge} {
		connection := p.open(t, fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nX-Long: %s\r\nContent-Length: %d\r\n\r\n%s",
			sandbox.DemoTokens()[0].Token, strings.Repeat("a", size), len(viewer), viewer))
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != want {
			t.Errorf("%d bytes: %s", size, response.Status)
		}
		_ = response.Body.Close()
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}
