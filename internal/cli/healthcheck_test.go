package cli

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func healthcheck(t *testing.T, arguments ...string) error {
	t.Helper()
	return Run(t.Context(), append([]string{"healthcheck"}, arguments...), io.Discard, io.Discard)
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0")
	listens := strings.TrimPrefix(p.base, "http://")
	_, port, _ := net.SplitHostPort(listens)
	for _, arguments := range [][]string{
		{"--listen", listens}, {"--listen", listens, "--ready"}, {"--listen", "0.0.0.0:" + port}, {"--listen", ":" + port}, {"--listen", "[::]:" + port},
	} {
		if err := healthcheck(t, arguments...); err != nil {
			t.Errorf("%v: %v", arguments, err)
		}
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if err := healthcheck(t, "--listen", listens); err == nil {
		t.Error("healthy after the gateway has exited")
	}
}

func TestHealthcheck_Unhealthy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/readyz":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/healthz":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		default:
			t.Errorf("requested %s", r.URL.Path)
		}
	}))
	defer server.Close()
	listens := server.Listener.Addr().String()
	for _, arguments := range [][]string{{"--listen", listens}, {"--listen", listens, "--ready"}, {"--listen", "8080"}, {"--listen", "a b:80"}, {"--timeout=1ns", "--listen", listens}} {
		if err := healthcheck(t, arguments...); err == nil {
			t.Errorf("%v: healthy", arguments)
		}
	}
}
