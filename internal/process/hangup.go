package process

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// OnHangup calls reload after each SIGHUP until the caller calls stop, one call at a time. Without it, SIGHUP ends the process.
func OnHangup(ctx context.Context, reload func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				reload(ctx)
			}
		}
	})
	return func() {
		signal.Stop(signals)
		cancel()
		running.Wait()
	}
}
