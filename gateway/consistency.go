package gateway

import (
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

// readEvents returns the events that the operation must wait for. A client may send several IDs in one header or in
// many.
func readEvents(r *http.Request) ([]loader.Event, *httpapi.Error) {
	var events []loader.Event
	for _, header := range r.Header.Values(httpapi.EventReachedHeader) {
		if header == "" {
			continue // the client has not written yet
		}
		for id := range strings.SplitSeq(header, ",") {
			parsed, err := eventid.Parse(strings.TrimSpace(id))
			if err != nil || len(events)+len(parsed) > eventid.Max {
				return nil, httpapi.BadRequest("`X-If-Event-Reached` must be a value of `extensions.eventId`, or several separated by commas, for at most 100 conversations.")
			}
			events = append(events, parsed...)
		}
	}
	return events, nil
}

// addConsistency adds the events of the operation's writes, and reports if the response may not include them yet.
func addConsistency(response *graphql.Response, loaders *loader.Loaders) {
	if written := loaders.Written(); len(written) > 0 {
		extend(response, eventIDExtension, eventid.Format(written))
	}
	if loaders.Stale() {
		extend(response, "consistency", "stale")
	}
}

// setEventID repeats the event ID in a header.
func setEventID(w http.ResponseWriter, response *graphql.Response) {
	if id, ok := response.Extensions[eventIDExtension].(string); ok {
		w.Header().Set(httpapi.EventIDHeader, id)
	}
}
