package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
)

// maxScrapes is how many readers of the metrics are answered at once.
const maxScrapes = 5

// startOps serves what is meant for operators on an address of its own, so that it can be kept off the internet. The
// returned function stops it; without an address it does nothing.
func (s serveSettings) startOps(ctx context.Context, registry *prometheus.Registry, log *slog.Logger) (stop func(), err error) {
	if s.OpsListen == "" {
		return func() {}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.OpsListen)
	if err != nil {
		return nil, err
	}
	server := s.opsServer(s.opsRoutes(registry), log)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Serve(listener)
	}()
	log.InfoContext(ctx, "operations listener", slog.String("address", listener.Addr().String()), slog.Bool("pprof", s.Pprof))
	return func() { _ = server.Close(); <-stopped }, nil
}

// opsServer has no limit for answers: a profile takes as long as it is asked for.
func (s serveSettings) opsServer(routes http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: s.Door.HeaderTimeout,
		IdleTimeout:       s.Door.IdleTimeout,
		ErrorLog:          errorLog(log),
	}
}

// newMetrics returns what is counted, with the registry that it is read from; both are nil without a listener to read
// them at.
func (s serveSettings) newMetrics(client *rest.Client) (*metrics.Metrics, *prometheus.Registry, error) {
	if s.OpsListen == "" {
		return nil, nil, nil
	}
	registry := prometheus.NewRegistry()
	counted, err := metrics.New(registry, client.Breaker)
	if err != nil {
		return nil, nil, err
	}
	info := buildInfo()
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: info.Name, Help: info.Help}, info.Labels)
	build.WithLabelValues(version(), commit(), runtime.Version()).Set(1)
	registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return counted, registry, nil
}

func buildInfo() metrics.Definition {
	return metrics.Definition{
		Name: "mstudio_graphql_build_info", Kind: "gauge", Labels: []string{"version", "commit", "go"}, Help: "1, with the version that runs.",
	}
}

func (s serveSettings) opsRoutes(registry *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	if s.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}
