package cli

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
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

// More clients than connections send the beginning of a request and then nothing. The gateway closes the connections that
// have waited longest, so others are served at once.
func TestHalfSentRequests(t *testing.T) {
	t.Parallel()
	const maximum = 40
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", fmt.Sprintf("--max-connections=%d", maximum))
	const head = "POST /graphql HTTP/1.1\r\nHost: gateway\r\n"
	for _, beginning := range []string{
		"", head + "X-Slow: a", head + "Content-Length: 100000\r\n\r\n",
		head + "Authorization: Bearer a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
		head + "Authorization: Bearer a\r\nGraphQL-Preflight: 1\r\nContent-Type: multipart/form-data; boundary=a\r\nContent-Length: 100000\r\n\r\n--a\r\n",
	} {
		for range 2 * maximum {
			connection := p.open(t, beginning)
			t.Cleanup(func() { _ = connection.Close() })
		}
		start := time.Now()
		if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
			t.Errorf("%q: %v", beginning, got)
		}
		if waited := time.Since(start); waited > 3*time.Second {
			t.Errorf("%q: answered after %v", beginning, waited)
		}
	}
}

// The bodies that clients have half sent take a bounded amount of memory.
//
//nolint:paralleltest // it measures the memory of the process
func TestHalfSentBodies(t *testing.T) {
	const length, clients, bound = 127 << 10, 1000, 100 << 20 // 130 MB are sent
	for name, headers := range map[string]string{
		"JSON":   "Content-Type: application/json\r\n",
		"a form": "GraphQL-Preflight: 1\r\nContent-Type: multipart/form-data; boundary=a\r\n",
	} {
		p := launch(t, "--sandbox", "--listen=127.0.0.1:0")
		before := heap()
		var connections []net.Conn
		part := "--a\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n"
		for range clients {
			connection := p.open(t, "")
			connections = append(connections, connection)
			_, _ = fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer a\r\n%sContent-Length: %d\r\n\r\n%s%s", // it may be closed
				headers, length+1000, part, strings.Repeat(" ", length))
		}
		if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); got.status != http.StatusOK {
			t.Errorf("%s: %v", name, got)
		}
		grown := int64(heap()) - int64(before)
		for tries := 0; grown > bound && tries < 200; tries++ { // while buffers grow, both the old and the new one are held
			grown = int64(heap()) - int64(before)
		}
		if grown > bound {
			t.Errorf("%s: %d bytes are held", name, grown)
		}
		t.Log(name, grown)
		for _, connection := range connections {
			_ = connection.Close()
		}
		if err := p.end(); err != nil {
			t.Errorf("%s: exited with %v", name, err)
		}
	}
}

// heap returns the bytes in use.
func heap() uint64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}
