package gateway_test

import (
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
)

// The gateway is a handler, so you can mount it in an existing server.
func ExampleNew() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	client, err := rest.New(rest.Config{Log: log})
	if err != nil {
		log.Error("bad configuration", "error", err)
		return
	}
	handler, err := gateway.New(gateway.Config{Client: client, Log: log, CORSOrigins: []string{"https://portal.example.com"}})
	if err != nil {
		log.Error("bad configuration", "error", err)
		return
	}
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Error("stopped", "error", server.ListenAndServe())
}

// Metrics go to your registry, and traces to your provider.
func ExampleNew_observed() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	client, err := rest.New(rest.Config{Log: log})
	if err != nil {
		log.Error("bad configuration", "error", err)
		return
	}
	registry := prometheus.NewRegistry()
	counted, err := metrics.New(registry, client.Breaker)
	if err != nil {
		log.Error("metrics", "error", err)
		return
	}
	handler, err := gateway.New(gateway.Config{Client: client, Log: log, Metrics: counted, TracerProvider: otel.GetTracerProvider()})
	if err != nil {
		log.Error("bad configuration", "error", err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", handler)
	mux.Handle("/files/", handler)
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Error("stopped", "error", server.ListenAndServe())
}
