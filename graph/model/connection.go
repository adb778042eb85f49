// Package model holds the types that exist only in GraphQL: pages of a list, their cursors, and the errors that a
// client can do something about.
package model

import "mstudio-graphql/rest"

// Connection is one page of a list.
type Connection[T any] struct {
	Edges    []*Edge[T]
	PageInfo *PageInfo
	// TotalCount is the length of the whole list, nil if mStudio does not say it.
	TotalCount *int
}

// Edge is an item's place in a list.
type Edge[T any] struct {
	Cursor string
	Node   T
}

// PageInfo says where a page lies within its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	// StartCursor and EndCursor are nil if the page is empty.
	StartCursor *string
	EndCursor   *string
}

// The connections of the schema.
type (
	ConversationConnection = Connection[*rest.Conversation]
	ConversationEdge       = Edge[*rest.Conversation]
	MessageConnection      = Connection[rest.Message]
	MessageEdge            = Edge[rest.Message]
)

// Nodes returns the items without their cursors.
func (c *Connection[T]) Nodes() []T {
	nodes := make([]T, len(c.Edges))
	for i, edge := range c.Edges {
		nodes[i] = edge.Node
	}
	return nodes
}

// NewConnection makes a page from its edges.
func NewConnection[T any](edges []*Edge[T], hasPrevious, hasNext bool) *Connection[T] {
	info := &PageInfo{HasPreviousPage: hasPrevious, HasNextPage: hasNext}
	if len(edges) > 0 {
		info.StartCursor = &edges[0].Cursor
		info.EndCursor = &edges[len(edges)-1].Cursor
	}
	return &Connection[T]{Edges: edges, PageInfo: info}
}
