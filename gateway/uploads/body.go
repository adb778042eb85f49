package uploads

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
)

// idleTimeoutReader reads a request body with an idle timeout instead of a total one. Read fails if the context ends or the
// body exceeds its limit; its errors are safe to return to the client.
type idleTimeoutReader struct {
	body       io.Reader
	controller *http.ResponseController
	// idleTimeout is how long Read waits. Zero means that the deadline of the server or of endWithin applies.
	idleTimeout time.Duration
	limit, left int64           // bytes of files, and bytes that may still arrive, including other parts
	ctx         context.Context //nolint:containedctx // io.Reader has no context
	failed      error
}

// Read waits for the next bytes.
func (b *idleTimeoutReader) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	n, err := b.wait(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		b.failed = b.tooLarge()
		b.endWithin(drainIdleTimeout) // the server reads on, to keep the connection
		return 0, b.failed
	}
	b.left -= int64(n)
	if errors.Is(err, io.EOF) {
		// The server now reads ahead to detect a disconnected client, without a deadline.
		_ = b.controller.SetReadDeadline(time.Time{})
		return n, io.EOF
	}
	if err != nil {
		b.failed = b.presentError(err)
	}
	return n, b.failed
}

// wait reads until the idle timeout or the context ends. A writer without deadlines keeps the server's own.
func (b *idleTimeoutReader) wait(p []byte) (int, error) {
	if b.idleTimeout > 0 {
		_ = b.controller.SetReadDeadline(time.Now().Add(b.idleTimeout))
	}
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(b.ctx, func() {
		defer close(interrupted)
		_ = b.controller.SetReadDeadline(time.Unix(1, 0))
	})
	n, err := b.body.Read(p)
	if !stop() {
		<-interrupted // so that it cannot end a later read
	}
	if err == nil && b.idleTimeout > 0 {
		b.pause()
	}
	return n, err
}

// pause ends the deadline until the next read, because the client waits meanwhile. Over HTTP/2, a deadline that passes between
// two reads ends the body for good.
func (b *idleTimeoutReader) pause() { _ = b.controller.SetReadDeadline(time.Time{}) }

// endWithin limits all reads until the next one with an idle timeout together.
func (b *idleTimeoutReader) endWithin(timeout time.Duration) {
	b.idleTimeout = 0
	_ = b.controller.SetReadDeadline(time.Now().Add(timeout))
}

// tooLarge returns the error for a body over its limit. The actual size is a lower bound, because the rest is not read.
func (b *idleTimeoutReader) tooLarge() error {
	return &limits.ExceededError{Limit: limits.LimitUploadBytes, Max: int(b.limit), Actual: int(b.limit) + 1}
}

func (b *idleTimeoutReader) presentError(err error) error {
	switch {
	case b.ctx.Err() != nil:
		return &model.Error{Code: model.CodeTimeout, Message: "The operation ended before the files arrived."}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &model.Error{Code: model.CodeTimeout, Message: "The upload stalled and timed out."}
	}
	return model.BadInput("The request ended before it was complete.")
}
