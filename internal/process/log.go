package process

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// maxLogDelay limits how long a batched record waits.
	maxLogDelay = 100 * time.Millisecond
	// maxLogBatch is the size of a batch at which it is written, in bytes.
	maxLogBatch = 64 << 10
)

// NewLogger returns a logger that writes to out, in the format text or json. The level may change later. Records whose message equals batched may wait
// and are written in batches. Other records are written at once. The caller must call flush before the process ends.
func NewLogger(out io.Writer, level slog.Leveler, format, batched string) (log *slog.Logger, flush func()) {
	batch := newLogBatch(out)
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(batch, options)
	if format == "json" {
		handler = slog.NewJSONHandler(batch, options)
	}
	return slog.New(batchingHandler{handler, batched, batch}), batch.flush
}

// batchingHandler flushes the batch after each record that must not wait. Records stay in order.
type batchingHandler struct {
	slog.Handler

	batched string // message of the records that may wait
	batch   *logBatch
}

// Handle writes record to the batch.
func (h batchingHandler) Handle(ctx context.Context, record slog.Record) error {
	err := h.Handler.Handle(ctx, record)
	if record.Message != h.batched {
		h.batch.flush()
	}
	return err
}

// WithAttrs returns a handler that adds attributes to each record.
func (h batchingHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return batchingHandler{h.Handler.WithAttrs(attributes), h.batched, h.batch}
}

// WithGroup returns a handler that puts the attributes of each record into a group.
func (h batchingHandler) WithGroup(name string) slog.Handler {
	return batchingHandler{h.Handler.WithGroup(name), h.batched, h.batch}
}

// logBatch collects records and writes several at once, because a system call for each would cost more than the rest of the
// record. Errors of out are ignored: there is no other place to report them.
type logBatch struct {
	out io.Writer

	mu      sync.Mutex
	lines   []byte
	waiting bool // whether timer is set
	timer   *time.Timer
}

func newLogBatch(out io.Writer) *logBatch {
	batch := &logBatch{out: out}
	batch.timer = time.AfterFunc(time.Hour, batch.flush)
	batch.timer.Stop()
	return batch
}

// Write adds whole lines to the batch.
func (b *logBatch) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, lines...)
	switch {
	case len(b.lines) >= maxLogBatch:
		b.write()
	case !b.waiting:
		b.waiting = true
		b.timer.Reset(maxLogDelay)
	}
	return len(lines), nil
}

// flush writes the batch.
func (b *logBatch) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.write()
}

func (b *logBatch) write() {
	b.waiting = false
	b.timer.Stop()
	if len(b.lines) > 0 {
		_, _ = b.out.Write(b.lines)
		b.lines = b.lines[:0]
	}
}
