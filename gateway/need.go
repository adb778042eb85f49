package gateway

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/rest"
)

// priorityBatch is the value of X-Priority for an operation whose calls leave room for the caller's others.
const priorityBatch = "batch"

func isBatch(header http.Header) (bool, *httpapi.Error) {
	switch header.Get(httpapi.PriorityHeader) {
	case "":
		return false, nil
	case priorityBatch:
		return true, nil
	}
	return false, httpapi.BadRequest("`X-Priority` must be batch.")
}

// reserve waits until the caller's rate limit has room for the operation. It makes no call for one that cannot be completed.
// An operation needs as many calls as the last one of its shape, or at least those that it starts with. settle must be called
// when the operation has ended.
func (e *endpoint) reserve(ctx context.Context, client *rest.Client, operation *graphql.OperationContext, req *request) (settle func(), err error) {
	if req.token.IsZero() {
		return func() {}, nil
	}
	shape := e.shapeOf(operation)
	need := client.Need(shape)
	if need == 0 {
		need = e.limits.MinCalls(operation.Doc, operation.Operation, operation.Variables)
	}
	settle = func() { client.Settle(shape) }
	if err := client.Reserve(ctx, need, req.slot.leave); err != nil {
		return settle, err
	}
	if rejected := req.slot.enter(ctx); rejected != nil {
		return settle, rejected
	}
	return settle, nil
}

// shapeOf returns a hash of the document and of the variables that change its calls: numbers, choices and the lengths of
// lists. IDs and cursors differ between operations that need the same number of calls.
func (p *parts) shapeOf(operation *graphql.OperationContext) uint64 {
	var hash maphash.Hash
	hash.SetSeed(p.shapes)
	_, _ = hash.WriteString(operation.RawQuery) // documented never to fail
	_, _ = hash.WriteString(operation.OperationName)
	sum := hash.Sum64()
	for name, value := range operation.Variables { // in any order
		sum += p.hashValue(name, value)
	}
	return sum
}

func (p *parts) hashValue(name string, value any) uint64 {
	switch value := value.(type) {
	case nil, bool, int, int64, float64, json.Number:
		return maphash.Comparable(p.shapes, [2]any{name, value})
	case []any:
		return p.hashValue(name, len(value))
	case map[string]any:
		sum := uint64(0)
		for inner, value := range value {
			sum += p.hashValue(name+"."+inner, value)
		}
		return sum
	}
	return 0
}
