package process

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Shutdown configures a graceful shutdown.
type Shutdown struct {
	Drain   func()                // called first, to report that the process is not ready
	Delay   time.Duration         // time between Drain and the end of accepting requests
	Timeout time.Duration         // limits the running requests after that
	Wait    func(context.Context) // waits for cut off requests
}

// cutOffTimeout limits the wait for requests that were cut off. They end soon, because their connections are closed.
const cutOffTimeout = time.Second

// Serve serves requests until ctx ends, then shuts the server down. It returns an error if it had to cut off requests.
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
		shutdown.Wait(waiting) // so that their records reach the log
		return errors.Join(errors.New("some requests were cut off"), err)
	}
	return nil
}
