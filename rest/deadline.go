package rest

import (
	"context"
	"errors"
	"time"
)

func timeLeft(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Hour
	}
	return time.Until(deadline)
}

func contextCode(ctx context.Context) Code {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Canceled
	}
	return Expired
}
