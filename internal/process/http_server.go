package process

import (
	"context"
	"errors"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Shutdown describes how a server ends.
type Shutdown struct {
	Drain   func()                // called first: readiness turns false while requests are still accepted
	Delay   time.Duration         // how long to accept requests after Drain
	Timeout time.Duration         // how long running requests may take after that
	Wait    func(context.Context) // returns when no request is running
}

// cutOffTimeout is how long requests that were cut off may take to notice it. They have nothing left to wait for.
const cutOffTimeout = time.Second

// Serve answers requests until ctx ends, then waits for those that are running.
func Serve(ctx context.Context, listener net.Listener, server *http.Server, shutdown Shutdown, log *slog.Logger) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.InfoContext(ctx, "shutting down")
	shutdown.Drain()
	time.Sleep(shutdown.Delay)
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown.Timeout)
	defer cancel()
	if err := server.Shutdown(waiting); err != nil {
		err := server.Close()
		waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutOffTimeout)
		defer cancel()
		shutdown.Wait(waiting) // so that the log has them
		return errors.Join(errors.New("some requests were cut off"), err)
	}
	return nil
}

// ErrorLog takes what an HTTP server says of connections, in the log's format. Most of it is what clients do, so only
// debugging shows it.
func ErrorLog(log *slog.Logger) *stdlog.Logger {
	return slog.NewLogLogger(log.Handler(), slog.LevelDebug)
}
