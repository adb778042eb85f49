package resolvers

import (
	"context"
	"strings"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// edge leads from an object to the conversations that are related to it or shared with it.
type edge struct {
	object              rest.Reference
	kind, id            string
	includesDescendants bool // whether conversations of objects that belong to the object are included
}

func edgeOf(object rest.Reference, includesDescendants bool) *edge {
	return &edge{object, kindOf(object), strings.ToLower(rest.ReferenceID(object)), includesDescendants}
}

// scope distinguishes the cursors of the object's list.
func (e *edge) scope() string {
	switch {
	case e == nil:
		return ""
	case e.includesDescendants:
		return "&below=" + e.kind + "/" + e.id
	}
	return "&of=" + e.kind + "/" + e.id
}

// conversations returns the conversations of a full list that the edge leads to, which are all without an edge. If isWhole is
// false, some may be missing. The caller must not change the slice.
func (e *edge) conversations(ctx context.Context, list *loader.FullList) (found []*rest.Conversation, isWhole bool, err error) {
	switch {
	case e == nil:
		return list.Conversations, true, nil
	case e.includesDescendants:
		rollup, err := loader.From(ctx).RollUp(ctx, list, e.object)
		if err != nil {
			return nil, false, err
		}
		return rollup.ByOwner[e.id], rollup.IsWhole, nil
	}
	for _, row := range list.About(e.id) {
		if e.is(row.RelatedTo) || e.is(row.SharedWith) {
			found = append(found, row)
		}
	}
	return found, true, nil
}

func (e *edge) is(reference rest.Reference) bool {
	return reference != nil && kindOf(reference) == e.kind && strings.EqualFold(rest.ReferenceID(reference), e.id)
}
