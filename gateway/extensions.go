package gateway

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
)

// extend sets an extension of a response.
func extend(response *graphql.Response, name string, value any) {
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions[name] = value
}

// reportLists adds the rows and calls that a query does not show: extensions.scan has each list that was read to its end,
// extensions.paging each page that needed more than one call.
func reportLists(response *graphql.Response, loaders *loader.Loaders) {
	if lists := loaders.FullLists(); len(lists) > 0 {
		extend(response, "scan", lists)
	}
	if searches := loaders.Searches(); len(searches) > 0 {
		extend(response, "paging", searches)
	}
}
