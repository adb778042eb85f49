// Package webhook sends the changes of a caller's conversations to a URL, as Standard Webhooks (standardwebhooks.com).
//
// It is a client of the gateway in the same process: it subscribes to the inbox, queries the list whenever the subscription
// cannot know what has changed, and compares both with the entries of what the receiver has been told.
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
	// StateFile keeps what the receiver knows, for the next start. Default: no file.
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

	state  *state           // what the receiver has been told
	seen   map[string]entry // what it will have been told when the queue is empty
	synced bool             // whether the list has been read
	queue  queue
	sender sender

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
	state, err := loadState(config.StateFile, time.Now())
	if err != nil {
		return err
	}
	w := &watch{
		Config: config, state: state, seen: state.copy(), sender: newSender(config),
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
			<-w.sent // nobody sends after Run
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

// known returns an entry. Of an unknown conversation, the messages since the first start are reported.
func (w *watch) known(entries map[string]entry, id string) entry {
	if known, ok := entries[id]; ok {
		return known
	}
	return entry{Newest: w.state.Since}
}

// know records what the receiver knows when the queue is empty.
func (w *watch) know(id string, known entry) {
	w.seen[id] = known
	if !w.queue.has(id) {
		w.tell(id, known)
	}
}

// tell records what the receiver knows now.
func (w *watch) tell(id string, known entry) {
	w.state.Conversations[id] = known
	if w.StateFile != "" && w.saveAt.IsZero() {
		w.saveAt = time.Now().Add(saveInterval)
	}
}
