// Package sandbox is a stateful imitation of mittwald's mStudio v2 REST API, as far as it concerns support conversations.
//
// It serves invented but believable conversations of three customers over real HTTP, with the authentication, paging,
// search, rate limits and errors of the original, so that the gateway can be tried, tested and measured without an
// account. Its data is the same in every process: ids, texts and times never change between runs, until somebody
// changes something.
//
// One conversation, [FutureConversationID], is deliberately ahead of the documented API. It shows what a client does
// with values, alternatives and fields that it has never seen.
package sandbox

import (
	"cmp"
	"net/http"
	"time"
)

// FutureConversationID is the id of the conversation "from the future": it holds a status, references, message types,
// file states and fields that the documented API does not know. Only the first of [DemoTokens] may see it.
const FutureConversationID = "f0700e00-2027-4e27-9a11-5afe00000001"

const defaultRateLimit = 100_000

// Config tunes how the sandbox answers, never what it answers. The zero value is usable.
type Config struct {
	// Latency is waited before every answer, errors included. The wait ends early when the request is cancelled.
	// Zero answers at once.
	Latency time.Duration

	// RateLimit is the number of requests that one token may send per minute; the next one is answered with 429.
	// Zero means 100000.
	RateLimit int

	// MaxFileKB is how large an uploaded file may be, in units of 1024 bytes. Zero means 102400, which is 100 MiB.
	MaxFileKB int

	// EventLag is after what time a change can be seen by reads that do not wait for its event. Zero shows it at once.
	EventLag time.Duration

	// EventPatience is how long a read waits for its event before it is answered with 412. Zero means 10 s.
	EventPatience time.Duration

	// Now is when changes happen. Nil means the time of day. The lag is always in real time.
	Now func() time.Time
}

// Sandbox is the imitated API: an [http.Handler] for paths that start with /v2/. It is safe for concurrent use.
type Sandbox struct {
	latency time.Duration
	store   *store
	limiter *limiter
	mux     *http.ServeMux
	events  *eventLog
	now     func() time.Time
	fileKey []byte // signs access tokens

	uploads   *uploads
	maxFileKB int
}

// New makes a sandbox in its initial state. Sandboxes share nothing: what happens to one is not seen in another.
func New(cfg Config) *Sandbox {
	if cfg.RateLimit == 0 {
		cfg.RateLimit = defaultRateLimit
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.EventPatience == 0 {
		cfg.EventPatience = defaultEventPatience
	}
	s := &Sandbox{
		latency: cfg.Latency, store: blueprint().clone(), limiter: newLimiter(cfg.RateLimit), fileKey: newFileKey(),
		events: newEventLog(cfg.EventLag, cfg.EventPatience), now: cfg.Now,
	}
	s.uploads, s.maxFileKB = newUploads(), cmp.Or(cfg.MaxFileKB, defaultMaxFileKB)
	s.mux = s.routes()
	return s
}

func (s *Sandbox) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /v2/conversations", s.private(s.listConversations))
	mux.Handle("GET /v2/conversations/{conversationId}", s.private(s.getConversation))
	mux.Handle("GET /v2/conversations/{conversationId}/messages", s.private(s.listMessages))
	mux.Handle("POST /v2/conversations", s.creating(s.createConversation))
	mux.Handle("PUT /v2/conversations/{conversationId}", s.changing(http.StatusOK, s.updateConversation))
	mux.Handle("PUT /v2/conversations/{conversationId}/status", s.changing(http.StatusOK, s.changeStatus))
	mux.Handle("POST /v2/conversations/{conversationId}/messages", s.changing(http.StatusCreated, s.createMessage))
	mux.Handle("PATCH /v2/conversations/{conversationId}/messages/{messageId}", s.changing(http.StatusOK, s.updateMessage))
	mux.Handle("GET /v2/conversations/{conversationId}/members", s.private(s.listMembers))
	mux.Handle("GET /v2/conversation-categories", s.public(s.listCategories))
	mux.Handle("GET /v2/conversation-categories/{categoryId}", s.public(s.getCategory))
	mux.Handle("GET /v2/customers/{customerId}/conversation-preferences", s.private(s.getPreferences))
	mux.Handle("GET /v2/users/{userId}", s.private(s.getUser))
	owned := s.store.property
	mux.Handle("GET /v2/customers", s.listPossessions(&owned.customers, 1000))
	mux.Handle("GET /v2/customers/{customerId}", s.getPossession(&owned.customers, "customerId"))
	mux.Handle("GET /v2/projects", s.listPossessions(&owned.projects, 10_000))
	mux.Handle("GET /v2/projects/{projectId}", s.getPossession(&owned.projects, "projectId"))
	mux.Handle("GET /v2/servers", s.listPossessions(&owned.servers, 10_000))
	mux.Handle("GET /v2/servers/{serverId}", s.getPossession(&owned.servers, "serverId"))
	mux.Handle("GET /v2/services", s.listPossessions(&owned.services, 1000))
	mux.Handle("GET /v2/app-installations/{appInstallationId}", s.getPossession(&owned.apps, "appInstallationId"))
	mux.Handle("GET /v2/extension-instances/{extensionInstanceId}", s.getPossession(&owned.extensions, "extensionInstanceId"))
	mux.Handle("GET /v2/conversations/{conversationId}/files/{fileId}/access-token", s.private(s.getFileAccess))
	mux.Handle("POST /v2/conversations/{conversationId}/files", s.private(s.requestFileUpload))
	mux.HandleFunc("GET /v2/files/{fileId}", s.serveFile)
	mux.HandleFunc("POST /v2/files", s.createFile)
	mux.Handle("/", s.unrouted())
	return mux
}

// ServeHTTP answers one API request after the configured latency.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if wait(r, s.latency) != nil {
		writeFailure(w, errStopped)
		return
	}
	s.mux.ServeHTTP(w, r)
}
