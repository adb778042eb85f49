package process

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// OnHangup calls reload after each SIGHUP until the caller calls stop, one call at a time. Without it, SIGHUP ends the process.
func OnHangup(ctx context.Context, reload func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				reload(ctx)
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		cancel()
		<-ended
	}
}
