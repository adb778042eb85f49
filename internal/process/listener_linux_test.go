package process

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel closes the connection of a stream whose client has vanished. Other connections keep its default.
func TestDetectLoss(t *testing.T) {
	t.Parallel()
	limits, states := NewConnections(10, nil, nil), make(chan time.Duration, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		states <- lossTimeoutOf(t, conn)
		_ = conn.Close()
	}))
	limits.attach(server.Config)
	follow := server.Config.ConnState
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateActive {
			states <- lossTimeoutOf(t, conn)
		}
		follow(conn, state)
	}
	server.Start()
	t.Cleanup(server.Close)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := server.Client().Do(request); err == nil {
		_ = response.Body.Close()
	}
	for _, want := range []time.Duration{0, lossTimeout} {
		if got := <-states; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func lossTimeoutOf(t *testing.T, conn net.Conn) (timeout time.Duration) {
	t.Helper()
	tcp, _ := conn.(*net.TCPConn)
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Error(err)
		return 0
	}
	_ = raw.Control(func(socket uintptr) {
		milliseconds, err := unix.GetsockoptInt(int(socket), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		if err != nil {
			t.Error(err)
		}
		timeout = time.Duration(milliseconds) * time.Millisecond
	})
	return timeout
}
