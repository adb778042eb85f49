// Package model holds the types that exist only in GraphQL: pages of a list, their cursors, and the errors that a
// client can do something about.
package model

import "mstudio-graphql/rest"

// Connection is one page of a list. Edges and PageInfo are made when they are asked for, because most clients ask for
// the nodes alone and a cursor for each would cost more than the rest of the page.
type Connection[T any] struct {
	Nodes []T
	// TotalCount is the length of the whole list, nil if mStudio does not say it.
	TotalCount *int
	// HasPrevious and HasNext say whether there is more on either side.
	HasPrevious, HasNext bool
	// Cursor returns the cursor of the node at an index.
	Cursor func(index int) string
	// Ends returns the cursors of the page's first and last item; nil if these are the first and the last node. A page
	// of items that could not be read has no node, and yet can be left.
	Ends func() (start, end string)
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
	// StartCursor and EndCursor are nil if the page has no item, not even one that could not be read.
	StartCursor *string
	EndCursor   *string
}

// The connections of the schema.
type (
	ConversationConnection = Connection[*rest.Conversation]
	ConversationEdge       = Edge[*rest.Conversation]
	CustomerConnection     = Connection[*rest.Customer]
	CustomerEdge           = Edge[*rest.Customer]
	ProjectConnection      = Connection[*rest.Project]
	ProjectEdge            = Edge[*rest.Project]
	MessageConnection      = Connection[rest.Message]
	MessageEdge            = Edge[rest.Message]
)

// Edges returns the nodes with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges := make([]*Edge[T], len(c.Nodes))
	for i, node := range c.Nodes {
		edges[i] = &Edge[T]{Cursor: c.Cursor(i), Node: node}
	}
	return edges
}

// PageInfo returns where the page lies.
func (c *Connection[T]) PageInfo() *PageInfo {
	info := &PageInfo{HasPreviousPage: c.HasPrevious, HasNextPage: c.HasNext}
	var start, end string
	switch {
	case c.Ends != nil:
		start, end = c.Ends()
	case len(c.Nodes) > 0:
		start, end = c.Cursor(0), c.Cursor(len(c.Nodes)-1)
	default:
		return info
	}
	info.StartCursor, info.EndCursor = &start, &end
	return info
}
