package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// startOps serves what is meant for operators on an address of its own, so that it can be kept off the internet. The
// returned function stops it; without an address it does nothing.
func (s serveSettings) startOps(ctx context.Context, log *slog.Logger) (stop func(), err error) {
	if s.OpsListen == "" {
		return func() {}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.OpsListen)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: s.opsRoutes(), ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Serve(listener)
	}()
	log.InfoContext(ctx, "operations listener", slog.String("address", listener.Addr().String()), slog.Bool("pprof", s.Pprof))
	return func() { _ = server.Close(); <-stopped }, nil
}

func (s serveSettings) opsRoutes() http.Handler {
	mux := http.NewServeMux()
	if s.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}
