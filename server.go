// Command mstudio-graphql serves mittwald's mStudio v2 support conversations as a GraphQL API.
package main

//go:generate go tool gqlgen generate
//go:generate go run ./graph/render/gen
//go:generate go test . -run ^TestOperationsPage$ -update

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal is not caught: it ends the program at once
	tuneRuntime(os.Args[1:], os.Getenv)
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "mstudio-graphql:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// run is the program without its process: it returns when ctx ends and everything is shut down.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	var given settings
	answered := false // by --help or --version, after which nothing is to be run
	parser, err := kong.New(&given,
		kong.Exit(func(int) { answered = true }),
		kong.Name("mstudio-graphql"),
		kong.Description("A GraphQL gateway in front of mStudio's support conversations. Callers send their own mStudio API token with each request."),
		kong.Vars{"baseURL": rest.DefaultBaseURL},
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.Help(help),
		kong.Writers(stdout, stderr))
	if err != nil {
		return err
	}
	if err := unsetEmpty(parser.Model); err != nil {
		return err
	}
	parsed, err := parser.Parse(arguments)
	if answered {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (try --help)", err)
	}
	switch parsed.Command() {
	case "sandbox":
		return given.Sandbox.run(ctx, stdout)
	case "explain <file>":
		return given.Explain.run(stdout)
	case "healthcheck":
		return given.Healthcheck.run(ctx)
	case "schema print":
		return given.Schema.Print.run(stdout)
	}
	return given.Serve.run(ctx, stdout, stderr)
}

// unsetEmpty unsets the variables of flags that are empty, as `${X:-}` in a compose file makes them. To kong they would be
// values, which some settings cannot read.
func unsetEmpty(app *kong.Application) error {
	return kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		flag, ok := node.(*kong.Flag)
		if !ok {
			return next(nil)
		}
		for _, name := range flag.Envs {
			if os.Getenv(name) != "" {
				continue
			}
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// help shows the default command's flags to whoever has named no command: they are what one looks for.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	if ctx.Selected() != nil {
		return kong.DefaultHelpPrinter(options, ctx)
	}
	serve, err := kong.Trace(ctx.Kong, []string{"serve"})
	if err != nil {
		return err
	}
	if err := kong.DefaultHelpPrinter(options, serve); err != nil {
		return err
	}
	_, err = fmt.Fprintln(ctx.Stdout, "\nThere are more commands: \"mstudio-graphql sandbox\" serves only the sandbox,\n\"mstudio-graphql explain\" says what operations cost, and \"mstudio-graphql schema print\" prints the\nschema. See their own --help.")
	return err
}

// run serves the gateway until ctx ends.
func (s serveSettings) run(ctx context.Context, stdout, stderr io.Writer) error {
	log, flush := s.newLogger(stderr)
	defer flush()
	if s.Sandbox {
		// The requests that are running when ctx ends still need their upstream.
		upstream, err := sandbox.Start(context.WithoutCancel(ctx), "127.0.0.1:0", sandbox.Config{Latency: s.SandboxLatency, EventLag: s.SandboxEventLag})
		if err != nil {
			return err
		}
		defer func() { _ = upstream.Close() }()
		s.UpstreamURL = upstream.URL()
	}
	client, err := rest.New(s.restConfig(log))
	if err != nil {
		return err
	}
	defer client.Close()
	config := s.gatewayConfig(client, log)
	if err := s.addPages(&config); err != nil {
		return err
	}
	var registry *prometheus.Registry
	if config.Metrics, registry, err = s.newMetrics(client); err != nil {
		return err
	}
	var stopTraces func()
	if config.TracerProvider, stopTraces, err = s.Traces.start(ctx, log); err != nil {
		return err
	}
	defer stopTraces()
	door, err := gateway.New(config)
	if err != nil {
		return err
	}
	stopOps, err := s.startOps(ctx, registry, log)
	if err != nil {
		return err
	}
	defer stopOps()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return err
	}
	s.greet(stdout, listener.Addr())
	return s.serve(ctx, listener, door, log)
}

// cutOffPatience is how long requests that were cut off may take to notice it. They have nothing left to wait for.
const cutOffPatience = time.Second

// serve answers requests until ctx ends, then waits for those that are running.
func (s serveSettings) serve(ctx context.Context, listener net.Listener, door *gateway.Gateway, log *slog.Logger) error {
	var requests attendance
	server := s.server(requests.of(door), log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.InfoContext(ctx, "shutting down")
	door.Drain()
	time.Sleep(s.ShutdownDelay)
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(waiting); err != nil {
		err := server.Close()
		requests.wait(cutOffPatience) // so that the log has them
		return errors.Join(errors.New("some requests were cut off"), err)
	}
	return nil
}

// greet tells a person at the terminal what to do next.
func (s serveSettings) greet(stdout io.Writer, address net.Addr) {
	_, _ = fmt.Fprintf(stdout, "GraphQL API: http://%s/graphql\n", address)
	if s.hasPlayground() {
		_, _ = fmt.Fprintf(stdout, "Playground:  http://%s/playground\n", address)
	}
	if !s.Sandbox {
		return
	}
	_, _ = fmt.Fprintln(stdout, "Upstream:    the sandbox, with demo data that is gone when this stops")
	printTokens(stdout)
	_, _ = fmt.Fprintf(stdout, `
Try:
  curl -s http://%s/graphql -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \
    -d '{"query":"{ conversations(first: 3) { nodes { title status messages(last: 1) { nodes { ... on TextMessage { content } } } } } }"}'
`, address, sandbox.DemoTokens()[0].Token)
}

func printTokens(stdout io.Writer) {
	_, _ = fmt.Fprintln(stdout, "Tokens:")
	for _, token := range sandbox.DemoTokens() {
		_, _ = fmt.Fprintf(stdout, "  %-20s %s: %s\n", token.Token, token.Name, token.About)
	}
}

// run serves the sandbox alone until ctx ends.
func (s sandboxSettings) run(ctx context.Context, stdout io.Writer) error {
	server, err := sandbox.Start(ctx, s.Listen, sandbox.Config{Latency: s.Latency, EventLag: s.EventLag})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "Sandbox of mStudio's REST API: %s\n", server.URL())
	printTokens(stdout)
	<-ctx.Done()
	return server.Close()
}
