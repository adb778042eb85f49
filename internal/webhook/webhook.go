// Package webhook sends the changes of a caller's conversations to a URL, as Standard Webhooks (standardwebhooks.com).
//
// It is a client of the gateway in the same process: it subscribes to the inbox, queries the list whenever the subscription
// may have missed changes, and compares both with the entries that have been reported to the receiver.
package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/live"
)

// Config configures [Run].
type Config struct {
	// Session runs the operations. Its caller's conversations are watched.
	Session Session
	// Filter is a ConversationFilter as JSON. Nil means all conversations.
	Filter map[string]any
	// URL receives the webhooks.
	URL string
	// Keys sign each webhook, each with its own signature, so that a key can be replaced. Without keys, nothing is signed.
	Keys [][]byte
	// StateFile stores the confirmed entries for the next start. Default: no file.
	StateFile string
	// Content adds titles and texts.
	Content bool
	// UserAgent is the User-Agent of each request.
	UserAgent string
	// Transport sends the requests.
	Transport http.RoundTripper
	Log       *slog.Logger
}

// Session runs the operations of one caller, as a [live.Session] does.
type Session interface {
	Start(ctx context.Context, params *graphql.RawParams) live.Source
}

// ErrGone is returned if the receiver responds with 410.
var ErrGone = errors.New("the receiver responded with 410 Gone")

const (
	// saveInterval is the least time between two writes of the state file.
	saveInterval = time.Second
	// staleInterval is the wait for a history that lacks the newest message of the list.
	staleInterval = 5 * time.Second
	// minBackoff and maxBackoff limit the wait after an operation that failed.
	minBackoff, maxBackoff = 5 * time.Second, 2 * time.Minute
)

// watch is a running [Run]. Only its goroutine uses it.
type watch struct {
	Config

	state    *state
	expected map[string]entry // the confirmed entries when the queue is empty
	synced   bool             // whether the list has been read
	queue    queue
	sender   sender

	source  live.Source // nil if there is no subscription
	ready   chan struct{}
	cursor  string // continues the subscription
	sent    chan delivery
	failed  int // operations in a row
	dropped int // events

	subscribeAt, syncAt, saveAt time.Time // zero means never
	final                       bool      // the sync does not wait for stale histories
}

// Run sends webhooks until ctx ends, the receiver responds with 410, or mStudio rejects the token or the filter.
func Run(ctx context.Context, config Config) error {
	state, err := loadState(config.StateFile, config.Filter, time.Now())
	if err != nil {
		return err
	}
	w := &watch{
		Config: config, state: state, expected: state.copy(), sender: newSender(config),
		ready: make(chan struct{}, 1), sent: make(chan delivery, 1), subscribeAt: time.Now(),
	}
	err = w.run(ctx)
	w.unsubscribe()
	return errors.Join(err, w.state.save(config.StateFile))
}

func (w *watch) run(ctx context.Context) error {
	sending, stop := context.WithCancel(ctx)
	defer func() {
		stop()
		if w.queue.taken != nil {
			<-w.sent
		}
	}()
	for {
		if ctx.Err() != nil {
			return nil
		}
		if err := w.runDue(ctx); err != nil {
			return err
		}
		w.send(sending)
		wake := time.NewTimer(time.Until(w.wakeAt()))
		select {
		case <-ctx.Done():
		case <-w.ready:
			if err := w.take(); err != nil {
				return err
			}
		case delivery := <-w.sent:
			if err := w.settle(delivery); err != nil {
				return err
			}
		case <-wake.C:
		}
		wake.Stop()
	}
}

// wakeAt returns the time of the next thing to do.
func (w *watch) wakeAt() time.Time {
	next := time.Now().Add(time.Hour)
	for _, at := range []time.Time{w.subscribeAt, w.syncAt, w.saveAt, w.queue.nextAt()} {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return next
}

// runDue does what is due.
func (w *watch) runDue(ctx context.Context) error {
	now := time.Now()
	if isDue(&w.subscribeAt, now) {
		w.subscribe(ctx)
	}
	if isDue(&w.syncAt, now) {
		if err := w.sync(ctx); err != nil {
			return err
		}
	}
	if isDue(&w.saveAt, now) {
		if err := w.state.save(w.StateFile); err != nil {
			w.Log.LogAttrs(ctx, slog.LevelError, "state file not written", slog.Any("error", err))
		}
	}
	return nil
}

// isDue reports whether a time has come, and clears it.
func isDue(at *time.Time, now time.Time) bool {
	due := !at.IsZero() && !at.After(now)
	if due {
		*at = time.Time{}
	}
	return due
}

// entryOf returns the entry of a conversation. If there is no entry, all messages since the first start are new.
func (w *watch) entryOf(entries map[string]entry, id string) entry {
	if found, ok := entries[id]; ok {
		return found
	}
	return entry{Newest: w.state.Since}
}

// expect replaces the expected entry of a conversation, and the confirmed one if no event of the conversation waits.
func (w *watch) expect(id string, e entry) {
	w.expected[id] = e
	if !w.queue.has(id) {
		w.confirm(id, e)
	}
}

// confirm replaces the confirmed entry of a conversation.
func (w *watch) confirm(id string, e entry) {
	w.state.Conversations[id] = e
	if w.StateFile != "" && w.saveAt.IsZero() {
		w.saveAt = time.Now().Add(saveInterval)
	}
}
