package httpapi

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
)

// persistedQuery is the extension that holds the hash in Apollo's automatic persisted queries.
const persistedQuery = "persistedQuery"

// DocumentID returns the document ID of a request, which may come with a query or instead of it. It returns "" if the
// request has no ID.
func DocumentID(params *graphql.RawParams) string {
	extension, _ := params.Extensions[persistedQuery].(map[string]any)
	id, _ := extension["sha256Hash"].(string)
	return id
}

// UnknownPersistedQueryVersion reports whether the request uses another version of automatic persisted queries than 1.
func UnknownPersistedQueryVersion(params *graphql.RawParams) bool {
	extension, _ := params.Extensions[persistedQuery].(map[string]any)
	version, given := extension["version"]
	return given && version != json.Number("1")
}

// requireQuery returns params if they have a query. Otherwise it looks for a document ID in the request's members, which
// member returns, and in Apollo's extension.
func requireQuery(params *graphql.RawParams, member func(name string) (id string, ok bool)) (*graphql.RawParams, *Error) {
	if params.Query != "" {
		return params, nil
	}
	// The first is from the draft of GraphQL over HTTP, the others are from Relay's guide.
	for _, name := range []string{"documentId", "id", "doc_id"} {
		id, ok := member(name)
		if !ok {
			return nil, BadRequest("A document ID must be a string.")
		}
		if id != "" {
			setDocumentID(params, id)
			return params, nil
		}
	}
	if DocumentID(params) == "" {
		return nil, BadRequest("`query` is missing.")
	}
	return params, nil
}

// setDocumentID stores an ID where Apollo's clients send it.
func setDocumentID(params *graphql.RawParams, id string) {
	if params.Extensions == nil {
		params.Extensions = map[string]any{}
	}
	params.Extensions[persistedQuery] = map[string]any{"sha256Hash": id}
}
