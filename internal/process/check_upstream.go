package process

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"mstudio-graphql/rest"
)

// CheckUpstream makes one call of mStudio in the background, for the public list of categories, and logs a warning with the
// reason if it fails. Otherwise a wrong URL, proxy or certificate would show only in the requests of callers. wait returns
// when the check has ended, which it does when ctx ends.
func CheckUpstream(ctx context.Context, client *rest.Client, log *slog.Logger) (wait func()) {
	var running sync.WaitGroup
	running.Go(func() {
		_, err := client.ConversationCategories(ctx)
		if failure, ok := errors.AsType[*rest.Error](err); ok && ctx.Err() == nil {
			log.LogAttrs(ctx, slog.LevelWarn, "mStudio check failed",
				slog.String("reason", string(failure.Reason())), slog.Int("status", failure.Status))
		}
	})
	return running.Wait
}
