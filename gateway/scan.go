package gateway

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
)

// reportFullLists says in the answer how many rows were looked at for fields that mStudio cannot filter, because nothing in
// the query shows it.
func reportFullLists(response *graphql.Response, loaders *loader.Loaders) {
	scans := loaders.FullLists()
	if len(scans) == 0 {
		return
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["scan"] = scans
}
