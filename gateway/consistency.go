package gateway

import (
	"errors"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/eventid"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/loader"
)

// eventIDExtension holds the events that a mutation has caused. A client that sends them with a later request reads its
// writes, from any replica. A header repeats them for clients that do not forward extensions.
const eventIDExtension = "eventId"

// awaited holds the events that an operation must wait for.
type awaited struct {
	events []loader.Event
	// unknown reports that the client also sent events that the gateway has not signed. They are not waited for, because
	// they may not exist, and not an error, because they may be from a gateway with other keys, such as before a restart.
	unknown bool
}

// readEvents returns the events in the headers. A client may send several IDs in one header or in many.
func (p *parts) readEvents(given http.Header) (read awaited, rejected *httpapi.Error) {
	for _, header := range given.Values(httpapi.EventReachedHeader) {
		if header == "" {
			continue // the client has not written yet
		}
		for id := range strings.SplitSeq(header, ",") {
			parsed, err := p.eventIDs.Parse(strings.TrimSpace(id))
			if errors.Is(err, eventid.ErrUnknown) {
				read.unknown = true
				continue
			}
			if err != nil || len(read.events)+len(parsed) > eventid.Max {
				return read, httpapi.BadRequest("`X-If-Event-Reached` must be a value of `extensions.eventId`, or several separated by commas, for at most 100 conversations.")
			}
			read.events = append(read.events, parsed...)
		}
	}
	return read, nil
}

// addTo makes the reads of an operation wait.
func (a awaited) addTo(loaders *loader.Loaders) {
	for _, event := range a.events {
		loaders.Await(event)
	}
	if a.unknown {
		loaders.AwaitUnknown()
	}
}

// addConsistency adds the events of the operation's writes, and reports if the response may not include them yet, or if other
// replicas may not know an idempotency key.
func (p *parts) addConsistency(response *graphql.Response, loaders *loader.Loaders) {
	if written := loaders.Written(); len(written) > 0 {
		extend(response, eventIDExtension, p.eventIDs.Format(written))
	}
	if loaders.Stale() {
		extend(response, "consistency", "stale")
	}
	if loaders.KeysAreLocal() {
		extend(response, "idempotency", "local")
	}
}

// setEventID repeats the event ID in a header.
func setEventID(w http.ResponseWriter, response *graphql.Response) {
	if id, ok := response.Extensions[eventIDExtension].(string); ok {
		w.Header().Set(httpapi.EventIDHeader, id)
	}
}
