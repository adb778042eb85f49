package gateway

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/rest"
	"mstudio-graphql/rest/budget"
)

// request is one GraphQL request.
type request struct {
	token   rest.Token // zero for an anonymous request
	client  string     // the client's name for itself
	params  *graphql.RawParams
	form    *uploads.Form // nil without files
	explain explainMode
	batch   bool // X-Priority
	awaited awaited
	slot    *slot

	header   http.Header // which the operation depends on
	isGet    bool
	ofSocket bool
	stream   string // the media type of a subscription's stream, or "" if the client accepts none
	respond  string // the media type of the response

	rate   *budget.State // after the operation; nil if it is unknown
	source live.Source   // of a subscription that has started, in this place
	place  *live.Place
}
