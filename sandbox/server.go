package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server is a sandbox that listens on a local address.
type Server struct {
	url    string
	http   *http.Server
	cancel context.CancelFunc
	stop   func() bool // removes the callback for the end of the context
	done   chan struct{}
	failed error // read after done is closed
}

// Start listens on addr and serves a new sandbox in the background until Close is called or ctx ends. The address
// "127.0.0.1:0" selects a free port.
func Start(ctx context.Context, addr string, cfg Config) (*Server, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	api := New(cfg)
	s := &Server{
		url:    "http://" + l.Addr().String() + "/",
		cancel: cancel,
		done:   make(chan struct{}),
		http: &http.Server{
			Handler:           api,
			ReadHeaderTimeout: 10 * time.Second,
			BaseContext:       func(net.Listener) context.Context { return ctx },
		},
	}
	s.stop = context.AfterFunc(ctx, func() { _ = s.http.Close() })
	go s.serve(l)
	go api.run(ctx, cfg.Activity)
	return s, nil
}

func (s *Server) serve(l net.Listener) {
	defer close(s.done)
	defer s.cancel()
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.failed = fmt.Errorf("sandbox: %w", err)
	}
}

// URL returns the base URL of the API with a trailing slash and without version, for example "http://127.0.0.1:4711/".
func (s *Server) URL() string { return s.url }

// Close stops the server without waiting for responses and returns when it has stopped. It returns the error that ended
// the server before, if any. It may be called more than once.
func (s *Server) Close() error {
	s.stop()
	s.cancel()
	err := s.http.Close()
	<-s.done
	return errors.Join(s.failed, err)
}
