package process

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// Shutdown configures a graceful shutdown.
type Shutdown struct {
	Drain   func()        // called first, to report that the process is not ready
	Delay   time.Duration // time between Drain and the end of accepting requests; none after an interrupt
	Timeout time.Duration // limits the running requests after that
	// EndStreams ends the responses that would not end by themselves, spread over a time, so that their clients do not all
	// connect to another replica at once. It returns when they have ended, or when ctx ends.
	EndStreams func(ctx context.Context, over time.Duration)
	Wait       func(context.Context) // waits for cut off requests
}

// cutOffTimeout limits the wait for requests that were cut off. They end soon, because their connections are closed.
const cutOffTimeout = time.Second

// Endpoint is a listener with its handler.
type Endpoint struct {
	Listener *net.TCPListener
	Handler  http.Handler
}

// route makes a server choose the handler of the endpoint.
func route(server *http.Server, endpoints []Endpoint) {
	type handlerKey struct{}
	handlers := map[string]http.Handler{}
	for _, endpoint := range endpoints {
		handlers[endpoint.Listener.Addr().String()] = endpoint.Handler
	}
	server.BaseContext = func(listener net.Listener) context.Context {
		return context.WithValue(context.Background(), handlerKey{}, handlers[listener.Addr().String()])
	}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, _ := r.Context().Value(handlerKey{}).(http.Handler)
		handler.ServeHTTP(w, r)
	})
}

// Serve serves requests at the endpoints until ctx ends, with TLS if the server has a configuration of it, then shuts the server
// down. Responses close their connections from
// then on. It returns an error if it had to cut off requests.
func Serve(ctx context.Context, server *http.Server, endpoints []Endpoint, limits *Connections, shutdown Shutdown, log *slog.Logger) error {
	route(server, endpoints)
	server.Handler = closing(ctx, server.Handler)
	limits.attach(server)
	failed := make(chan error, len(endpoints))
	secure := server.TLSConfig.Clone() // the server changes its own as soon as it serves the first endpoint
	for _, endpoint := range endpoints {
		var listener net.Listener = endpoint.Listener
		if secure != nil {
			listener = tls.NewListener(listener, secure)
		}
		go func() { failed <- server.Serve(limits.listener(listener)) }()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.InfoContext(ctx, "shutting down")
	shutdown.Drain()
	over := time.Duration(0)
	if !isInterrupted(ctx) {
		time.Sleep(shutdown.Delay)
		stopAccepting(endpoints)
		over = shutdown.Timeout / 2
	}
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown.Timeout)
	defer cancel()
	shutdown.EndStreams(waiting, over) // the server would not wait for those that have taken their connection over
	if err := server.Shutdown(waiting); err != nil {
		err := server.Close()
		waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutOffTimeout)
		defer cancel()
		shutdown.Wait(waiting) // so that their records reach the log
		return errors.Join(errors.New("some requests were cut off"), err)
	}
	return nil
}

// isInterrupted reports whether somebody has pressed Ctrl-C, instead of a service manager that stops one of several
// replicas. [signal.NotifyContext] describes the signal in the cause.
func isInterrupted(ctx context.Context) bool {
	return strings.HasPrefix(context.Cause(ctx).Error(), os.Interrupt.String())
}
