package watcher

import (
	"context"
	"time"

	"mstudio-graphql/rest"
)

// Config configures a [Hub]. Only Begin is required. The tags declare settings as flags; zero means the default.
type Config struct {
	Interval time.Duration `group:"Live" name:"live-interval" min:"0" env:"LIVE_INTERVAL" help:"Time between two polls of a caller with subscriptions. 0s means 2s to 2m, by the caller's activity and rate limit."`
	Polls    int           `group:"Live" name:"live-polls" default:"200" min:"1" env:"LIVE_POLLS" help:"Maximum polls of all callers per second. Beyond, all intervals stretch by the same factor."`
	Rows     int           `group:"Live" name:"live-rows" default:"2000" min:"1" env:"LIVE_ROWS" help:"Conversations of a caller that subscriptions watch, newest message first."`
	// Subscriptions is at most 64.
	Subscriptions int `group:"Live" name:"max-subscriptions-per-caller" default:"20" min:"1" env:"MAX_SUBSCRIPTIONS_PER_CALLER" help:"Maximum concurrent subscriptions of one caller, at most 64."`

	// PendingBytes is the maximum size of the results of a subscription that wait until they are written. Beyond, one RESYNC
	// takes their place. Default: 256 KiB.
	PendingBytes int `kong:"-" default:"262144" min:"1"`
	// Begin prepares a poll: it returns a context that carries loaders, and the client that they use, which has the caller's
	// token and these limits. end is called once with the poll's error, which it may replace.
	Begin func(ctx context.Context, caller Caller, limits rest.Limits) (_ context.Context, client *rest.Client, end func(error) error) `kong:"-"`
	// Reserve takes bytes for a result that waits, which release gives back. If ok is false, there are none left, and RESYNC
	// takes the place of the result. Default: no limit.
	Reserve func(caller string, bytes int) (release func(), ok bool) `kong:"-"`
	// Peers shares the polls with other replicas. Default: none.
	Peers Peers `kong:"-"`
	// Observer counts what the hub does.
	Observer Observer `kong:"-"`
}

// Observer is a set of hooks. They must not block, and may be called concurrently. Any hook may be nil.
type Observer struct {
	// Polled is called after each poll with its result: "unchanged", "changed" or, in lower case, the code of an error.
	Polled func(result string)
	// Changed is called for each change that is rendered, with its kind in lower case and, if it is known, the time since the
	// newest message.
	Changed func(kind string, delay time.Duration)
	// Dropped is called if RESYNC takes the place of changes, with the reason: "slow_reader", "memory", "too_many",
	// "late_rows" or "old_cursor".
	Dropped func(reason string)
}

func (o Observer) polled(result string) {
	if o.Polled != nil {
		o.Polled(result)
	}
}

// changed reports a change of a row, which may be nil.
func (o Observer) changed(kind string, row *rest.Conversation) {
	if o.Changed == nil {
		return
	}
	delay := time.Duration(0)
	if row != nil && row.LastMessage != nil {
		delay = time.Since(row.LastMessage.CreatedAt)
	}
	o.Changed(kind, delay)
}

func (o Observer) dropped(reason string) {
	if o.Dropped != nil {
		o.Dropped(reason)
	}
}

// State describes what a hub watches.
type State struct {
	// Callers is the number of callers with subscriptions.
	Callers, Subscriptions int
	// Leads is the number of callers for whom this replica polls in place of others.
	Leads int
	// Stretch is the factor of all intervals that keeps the polls per second within the limit, at least 1.
	Stretch float64
}
