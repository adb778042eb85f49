package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// serve serves the gateway until ctx ends. again reads the settings again.
func serve(ctx context.Context, s config.Serve, again func() (config.Serve, error), stdout, stderr io.Writer) error {
	reloading := &reloader{running: s, read: again}
	log := process.NewLogger(stderr, reloading.logLevel(), s.LogFormat)
	process.CaptureStandardLog(log)
	stopSandbox, err := startSandbox(ctx, &s)
	if err != nil {
		return err
	}
	defer stopSandbox()
	var client *rest.Client
	counted, registry, err := newMetrics(s, func() rest.BreakerState { return client.Breaker() })
	if err != nil {
		return err
	}
	replicas, err := newReplicas(s, counted, log) //nolint:contextcheck // it ends with close
	if err != nil {
		return err
	}
	defer replicas.close()
	restConfig := config.RestConfig(s.Upstream, process.Version(), log)
	replicas.joinClient(&restConfig)
	if client, err = rest.New(restConfig); err != nil {
		return err
	}
	defer client.Close()
	gatewayConfig := s.GatewayConfig(client, log)
	gatewayConfig.Metrics = counted
	replicas.joinGateway(&gatewayConfig)
	if err := addPages(s, &gatewayConfig); err != nil {
		return err
	}
	exporters := process.Exporters{TracesURL: s.OTLP.TracesURL(), MetricsURL: s.OTLP.MetricsURL(), Registry: registry}
	var stopExports func()
	if gatewayConfig.TracerProvider, stopExports, err = exporters.Start(ctx, log); err != nil {
		return err
	}
	defer stopExports()
	handler, err := gateway.New(gatewayConfig)
	if err != nil {
		return err
	}
	ops := process.Ops{Listen: s.OpsListen, Pprof: s.Pprof, HeaderTimeout: s.HTTP.HeaderTimeout, IdleTimeout: s.HTTP.IdleTimeout}
	stopOps, err := ops.Start(ctx, registry, log)
	if err != nil {
		return err
	}
	defer stopOps()
	return built{s, client, handler, counted, log}.serve(ctx, reloading, stdout)
}

// newMetrics returns the metrics and their registry, or nil if no metrics are scraped or exported.
func newMetrics(s config.Serve, breaker func() rest.BreakerState) (*metrics.Metrics, *prometheus.Registry, error) {
	if s.OpsListen == "" && s.OTLP.MetricsURL() == "" {
		return nil, nil, nil
	}
	return process.NewMetrics(breaker)
}

// built holds the parts of a gateway that is about to listen.
type built struct {
	settings config.Serve
	client   *rest.Client
	gateway  *gateway.Gateway
	metrics  *metrics.Metrics // nil if no metrics are scraped or exported
	log      *slog.Logger
}

// serve accepts requests until ctx ends.
func (b built) serve(ctx context.Context, reloading *reloader, stdout io.Writer) error {
	endpoints, err := listen(ctx, b.settings, b.gateway)
	if err != nil {
		return err
	}
	stopReloading, err := reloading.start(ctx, b.gateway, b.log)
	if err != nil {
		return err
	}
	defer stopReloading()
	greet(b.settings, stdout, endpoints)
	defer process.CheckUpstream(ctx, b.client, b.log)()
	shutdown := process.Shutdown{
		Drain: b.gateway.Drain, Delay: b.settings.ShutdownDelay, Timeout: b.settings.ShutdownTimeout, EndStreams: b.gateway.EndStreams, Wait: b.gateway.Wait,
	}
	connections := process.NewConnections(b.settings.HTTP.MaxConnections, b.settings.Gateway.TrustedProxies, b.metrics)
	return process.Serve(ctx, newServer(b.settings, reloading.certificate, b.log), endpoints, connections, shutdown, b.log)
}

// startSandbox makes the sandbox the upstream if it is enabled. The caller must stop it.
func startSandbox(ctx context.Context, s *config.Serve) (stop func(), err error) {
	if !s.Sandbox {
		return func() {}, nil
	}
	// Requests that are running when ctx ends still need the upstream.
	upstream, err := sandbox.Start(context.WithoutCancel(ctx), "127.0.0.1:0", s.SandboxConfig)
	if err != nil {
		return nil, err
	}
	s.Upstream.BaseURL = upstream.URL()
	return func() { _ = upstream.Close() }, nil
}

// listen returns the endpoint for clients, and that for routers if it has its own address.
func listen(ctx context.Context, s config.Serve, handler *gateway.Gateway) ([]process.Endpoint, error) {
	clients, err := process.Listen(ctx, s.Listen)
	endpoints := []process.Endpoint{{Listener: clients, Handler: handler}}
	if err != nil || s.SubgraphListen == "" {
		return endpoints, err
	}
	routers, err := process.Listen(ctx, s.SubgraphListen)
	if err != nil {
		return nil, errors.Join(err, clients.Close())
	}
	return append(endpoints, process.Endpoint{Listener: routers, Handler: http.HandlerFunc(handler.Subgraph)}), nil
}

// newServer returns an http.Server with timeouts against slow clients. Without a certificate, it has no TLS.
func newServer(s config.Serve, certificate *process.Certificate, log *slog.Logger) *http.Server {
	server := &http.Server{
		ReadHeaderTimeout: s.HTTP.HeaderTimeout,
		ReadTimeout:       s.HTTP.ReadTimeout,
		WriteTimeout:      s.HTTP.ReadTimeout + s.Gateway.OperationTimeout + 10*time.Second, // starts when the headers are read
		IdleTimeout:       s.HTTP.IdleTimeout,
		MaxHeaderBytes:    s.HTTP.MaxHeader,
		ErrorLog:          process.ErrorLog(log),
		// A stream over HTTP/2 has no connection of its own, so only the server can notice that its client has vanished.
		HTTP2: &http.HTTP2Config{SendPingTimeout: s.Gateway.Live.StreamPing, PingTimeout: s.Gateway.Live.StreamPing},
	}
	if s.H2C {
		server.Protocols = new(http.Protocols)
		server.Protocols.SetHTTP1(true)
		server.Protocols.SetUnencryptedHTTP2(true)
	}
	if certificate != nil {
		server.TLSConfig = certificate.Config()
	}
	return server
}

// greet prints the addresses and, for a sandbox, tokens and a command to try.
func greet(s config.Serve, stdout io.Writer, endpoints []process.Endpoint) {
	base := func(of process.Endpoint) string { return scheme(s) + "://" + of.Listener.Addr().String() }
	address := base(endpoints[0])
	_, _ = fmt.Fprintf(stdout, "GraphQL API: %s/graphql\n", address)
	for _, routers := range endpoints[1:] {
		_, _ = fmt.Fprintf(stdout, "Subgraph:    %s/subgraph\n", base(routers))
	}
	if hasPlayground(s) {
		_, _ = fmt.Fprintf(stdout, "Playground:  %s/playground\n", address)
	}
	if s.Gateway.MCP.Enabled {
		_, _ = fmt.Fprintf(stdout, "MCP:         %s/mcp\n", address)
	}
	if !s.Sandbox {
		return
	}
	_, _ = fmt.Fprintln(stdout, "Upstream:    sandbox (demo data, reset on exit)")
	printTokens(stdout)
	_, _ = fmt.Fprintf(stdout, `
Try:
  curl -s %s/graphql -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \
    -d '{"query":"{ conversations(first: 3) { nodes { title status messages(last: 1) { nodes { ... on TextMessage { content } } } } } }"}'
`, address, sandbox.DemoTokens()[0].Token)
}

func scheme(s config.Serve) string {
	if s.TLSCertFile != "" {
		return "https"
	}
	return "http"
}
