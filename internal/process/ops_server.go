package process

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
)

// maxScrapes limits concurrent requests for the metrics.
const maxScrapes = 5

// Ops configures the listener for operators.
type Ops struct {
	Listen        string // empty for no listener
	Pprof         bool   // serves Go profiles
	HeaderTimeout time.Duration
	IdleTimeout   time.Duration
}

// Start serves metrics and profiles on a separate address, which need not be reachable from the internet. stop closes the
// listener. Start does nothing if there is no address.
func (o Ops) Start(ctx context.Context, registry *prometheus.Registry, log *slog.Logger) (stop func(), err error) {
	if o.Listen == "" {
		return func() {}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, err
	}
	server := o.server(closing(ctx, o.routes(registry)), log)
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	log.InfoContext(ctx, "operators' listener started", slog.String("address", listener.Addr().String()), slog.Bool("pprof", o.Pprof))
	return func() { _ = server.Close(); running.Wait() }, nil
}

// server sets no WriteTimeout, because the client chooses how long a profile takes.
func (o Ops) server(routes http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       o.IdleTimeout,
		ErrorLog:          ErrorLog(log),
	}
}

// NewMetrics returns the gateway's metrics and their registry, which also has those of Go and the process. Each collection calls
// breaker.
func NewMetrics(breaker func() rest.BreakerState) (*metrics.Metrics, *prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	counted, err := metrics.New(registry, breaker)
	if err != nil {
		return nil, nil, err
	}
	info := BuildMetric()
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: info.Name, Help: info.Help}, info.Labels)
	build.WithLabelValues(Version(), commit(), runtime.Version()).Set(1)
	registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return counted, registry, nil
}

func (o Ops) routes(registry *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	if o.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", emptyPage) // the command line may contain keys
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}

func emptyPage(http.ResponseWriter, *http.Request) {}
