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

// idleTimeoutReader is the body of a request that takes long. It gives each piece the same time instead of all of them
// together, and ends with a context or when too much has come. Its errors are for the client.
type idleTimeoutReader struct {
	body       io.Reader
	controller *http.ResponseController
	// idleTimeout is how long a piece may take; 0 while the server's own deadline is the one that counts.
	idleTimeout time.Duration
	limit, left int64           // bytes that may come, and may still come with what is not a file
	ctx         context.Context //nolint:containedctx // a reader has no other way to know whom it is read for
	failed      error
}

// Read waits for the next piece.
func (b *idleTimeoutReader) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	n, err := b.wait(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		b.failed = b.tooLarge()
		return 0, b.failed
	}
	b.left -= int64(n)
	if errors.Is(err, io.EOF) {
		// From here on the server watches whether the client is still there. That has no deadline.
		_ = b.controller.SetReadDeadline(time.Time{})
		return n, io.EOF
	}
	if err != nil {
		b.failed = b.presentError(err)
	}
	return n, b.failed
}

// wait reads until the idleTimeout or the context ends. Where the server cannot be told so, its own deadlines stay.
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
		<-interrupted // or it could end a later read
	}
	return n, err
}

// tooLarge says no more than that it is at least one byte: nobody counts what is not read.
func (b *idleTimeoutReader) tooLarge() error {
	return &limits.ExceededError{Limit: limits.LimitUploadBytes, Max: int(b.limit), Actual: int(b.limit) + 1}
}

func (b *idleTimeoutReader) presentError(err error) error {
	switch {
	case b.ctx.Err() != nil:
		return &model.Error{Code: model.CodeTimeout, Message: "The operation ended before the files had arrived."}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &model.Error{Code: model.CodeTimeout, Message: "The files did not go on arriving in time."}
	}
	return model.BadInput("The request ended before it was complete.")
}
