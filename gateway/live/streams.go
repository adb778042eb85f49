package live

import (
	"context"
	"net/http"
	"time"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/telemetry/metrics"
)

// Streams are the open streams of a gateway. They are safe for concurrent use.
type Streams struct {
	config  Config
	metrics *metrics.Metrics // nil without metrics
}

// New returns Streams without a stream. counted may be nil.
func New(config Config, counted *metrics.Metrics) *Streams {
	return &Streams{config: config, metrics: counted}
}

// Reason is why a stream has ended, for the access log.
type Reason string

// The reasons.
const (
	ReasonComplete        Reason = "complete"
	ReasonClient          Reason = "client" // it has left
	ReasonSlow            Reason = "slow"   // a write timed out
	ReasonLife            Reason = "life"
	ReasonDrain           Reason = "drain"
	ReasonUnauthenticated Reason = "unauthenticated"
	ReasonProtocol        Reason = "protocol" // a WebSocket client has broken a rule
)

// Enter takes a place for a stream, or returns status 503. The caller must call [Place.Leave].
func (s *Streams) Enter() (*Place, *httpapi.Error) { return &Place{}, nil }

// Drain rejects further streams and ends those that are open, spread over a time. It returns when all have ended, or closes
// their connections when ctx ends.
func (s *Streams) Drain(ctx context.Context, over time.Duration) {}

// Open returns the number of places that are taken.
func (s *Streams) Open() int { return 0 }

// Serve writes the results of a subscription until source or the stream ends, as server-sent events or in parts, and closes
// source and place. mediaType is a stream type of [httpapi.Negotiate]. Serve may return before the stream ends, because it
// takes the connection over if it can.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, mediaType string, place *Place, source Source) {
	panic("the next commit")
}

// Place is the place of one stream.
type Place struct{}

// Claim counts the place as one of the caller's, or returns status 503. It must be called once.
func (p *Place) Claim(caller string) *httpapi.Error { return nil }

// OnEnd sets the function that ends the stream when its life is over or in a drain. The function must not block.
func (p *Place) OnEnd(end func(Reason)) {}

// Leave gives the place back. It may be called twice.
func (p *Place) Leave() {}

// Log makes the access log wait for the end of the stream that the request starts. ended writes the line.
func (p *Place) Log(r *http.Request, status int, transport string) (ended func(telemetry.Stream)) {
	return func(telemetry.Stream) {}
}
