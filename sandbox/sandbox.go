// Package sandbox is a stateful imitation of the part of mittwald's mStudio v2 REST API that concerns support
// conversations.
//
// It serves invented conversations of three customers over HTTP, with the authentication, paging, search, rate limits
// and errors of mStudio, so that the gateway can be tried, tested and measured without an account. Every sandbox starts
// with the same IDs, texts and times; package data holds them.
//
// One conversation, [FutureConversationID], is deliberately ahead of the documented API. It shows how a client handles
// unknown values, alternatives and fields.
package sandbox

import (
	"cmp"
	"net/http"
	"time"
)

// FutureConversationID is the ID of the conversation "from the future": it has a status, references, message types, file
// states and fields that the API does not document. Only the first of [DemoTokens] may see it.
const FutureConversationID = "f0700e00-2027-4e27-9a11-5afe00000001"

// Config configures delays and limits of a sandbox. The zero value is valid. The tags declare settings as flags.
type Config struct {
	// Latency delays every response, including errors, until the request is cancelled.
	Latency time.Duration `default:"0s" env:"SANDBOX_LATENCY" help:"Delay of each response of the sandbox."`

	// EventLag delays a change until it is visible to reads without If-Event-Reached.
	EventLag time.Duration `default:"0s" env:"SANDBOX_EVENT_LAG" help:"Delay before a change is visible to reads without If-Event-Reached, as in mStudio."`

	// Activity is the interval in which other people write: employees of mittwald, and users of another customer. Zero
	// means that nobody does. Only [Start] uses it.
	Activity time.Duration `default:"0s" env:"SANDBOX_ACTIVITY" help:"Interval in which other people answer, open and close conversations in the sandbox, such as 20s, up to 5,000 times. 0s: never."`

	// RateLimit limits the requests of one token. The zero value means 100,000 per minute.
	RateLimit RateLimit `env:"SANDBOX_RATE_LIMIT" placeholder:"CALLS/TIME" help:"Rate limit of each token in the sandbox, such as 300/20s. Default: 100000/1m."`

	// RateRounding is "down" or "up", which is the default: how the seconds in X-RateLimit-Reset are rounded. mStudio does
	// not document its rounding.
	RateRounding string `default:"up" enum:"up,down" env:"SANDBOX_RATE_ROUNDING" help:"Rounding of X-RateLimit-Reset in the sandbox: up or down. mStudio does not document its own."`

	// MaxFileKB limits the size of an uploaded file, in units of 1024 bytes. Default: 102400, which is 100 MiB.
	MaxFileKB int `kong:"-"`

	// EventTimeout limits the wait of a read for its event. After it, the response is a 412. Default: 10s.
	EventTimeout time.Duration `kong:"-"`

	// Now returns the time of a change. EventLag is always in real time. Default: time.Now.
	Now func() time.Time `kong:"-"`
}

// Sandbox is the imitated API, an [http.Handler] for paths that start with /v2/. It is safe for concurrent use.
type Sandbox struct {
	latency  time.Duration
	router   *router
	activity *activity
}

// New returns a sandbox in its initial state. Sandboxes share no state.
func New(cfg Config) *Sandbox {
	events := newEventLog(cfg.EventLag, cmp.Or(cfg.EventTimeout, defaultEventTimeout))
	rt := newRouter(initial().Callers, newLimiter(cmp.Or(cfg.RateLimit, RateLimit{100_000, time.Minute}), cfg.RateRounding == "down"), events)
	users, conversations := newUsers(initial().Users), newConversations(initial().conversations)
	notifications := newNotifications(initial(), conversations, events)
	uploads := newUploads(conversations, cmp.Or(cfg.MaxFileKB, defaultMaxFileKB))
	writer := &writer{
		conversations: conversations, users: users, categories: initial().Categories, uploads: uploads, events: events,
		notifications: notifications, now: cfg.Now, changedAt: initial().Now.Time,
	}
	if cfg.Now == nil {
		writer.now = time.Now
	}
	for _, register := range []func(*router){
		conversations.routes, writer.conversationRoutes, writer.messageRoutes, users.routes, initial().Categories.routes,
		initial().Preferences.routes, initial().Inventory.routes, uploads.routes, notifications.routes,
		newDownloads(conversations, users, &initial().Inventory, uploads, rt.mu.RLocker()).routes,
	} {
		register(rt)
	}
	return &Sandbox{latency: cfg.Latency, router: rt, activity: newActivity(writer, initial().Callers)}
}

// ServeHTTP handles one API request after the configured latency.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if wait(r, s.latency) != nil {
		writeFailure(w, errStopped)
		return
	}
	s.router.mux.ServeHTTP(w, r)
}
