package process

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// maxLogDelay is how long the line of a request waits for others to be written with.
	maxLogDelay = 100 * time.Millisecond
	// maxLogBatch is how many bytes wait at most.
	maxLogBatch = 64 << 10
)

// NewLogger returns the program's log, in the format text or json. Records with the message batched
// wait for others to be written with. flush writes what waits.
func NewLogger(out io.Writer, level slog.Level, format, batched string) (log *slog.Logger, flush func()) {
	batch := newLogBatch(out)
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(batch, options)
	if format == "json" {
		handler = slog.NewJSONHandler(batch, options)
	}
	return slog.New(patientLog{handler, batched, batch}), batch.flush
}

// patientLog lets the lines of requests wait for others, and writes all other lines at once, behind those that wait.
type patientLog struct {
	slog.Handler

	batched string // the message of records that may wait
	batch   *logBatch
}

// Handle writes a record.
func (l patientLog) Handle(ctx context.Context, line slog.Record) error {
	err := l.Handler.Handle(ctx, line)
	if line.Message != l.batched {
		l.batch.flush()
	}
	return err
}

// WithAttrs returns a handler whose records have these attributes as well.
func (l patientLog) WithAttrs(attributes []slog.Attr) slog.Handler {
	return patientLog{l.Handler.WithAttrs(attributes), l.batched, l.batch}
}

// WithGroup returns a handler whose records have their attributes in a group.
func (l patientLog) WithGroup(name string) slog.Handler {
	return patientLog{l.Handler.WithGroup(name), l.batched, l.batch}
}

// logBatch writes lines together, since a write of its own would cost more than all else that a line takes. It never
// fails: there is nowhere to say that the log is gone.
type logBatch struct {
	out io.Writer

	mu      sync.Mutex
	lines   []byte
	waiting bool // for the timer
	timer   *time.Timer
}

func newLogBatch(out io.Writer) *logBatch {
	batch := &logBatch{out: out}
	batch.timer = time.AfterFunc(time.Hour, batch.flush)
	batch.timer.Stop()
	return batch
}

// Write adds whole lines.
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

// flush writes what waits.
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
