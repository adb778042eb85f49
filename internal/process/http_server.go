package process

import (
	"context"
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
	Listener *net.TCPListener      // accepts the connections
	Drain    func()                // called first, to report that the process is not ready
	Delay    time.Duration         // time between Drain and the end of accepting requests; none after an interrupt
	Timeout  time.Duration         // limits the running requests after that
	Wait     func(context.Context) // waits for cut off requests
}

// cutOffTimeout limits the wait for requests that were cut off. They end soon, because their connections are closed.
const cutOffTimeout = time.Second

// Serve serves requests until ctx ends, then shuts the server down. Responses close their connections from then on. It returns
// an error if it had to cut off requests.
func Serve(ctx context.Context, listener net.Listener, server *http.Server, shutdown Shutdown, log *slog.Logger) error {
	server.Handler = closing(ctx, server.Handler)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.InfoContext(ctx, "shutting down")
	shutdown.Drain()
	if !isInterrupted(ctx) {
		time.Sleep(shutdown.Delay)
		stopAccepting(shutdown.Listener)
	}
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown.Timeout)
	defer cancel()
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
