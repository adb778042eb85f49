// Package model holds the types that exist only in GraphQL: pages of lists with their cursors, payloads of mutations, and
// errors that are shown to clients.
package model

import "mstudio-graphql/rest"

// Connection is one page of a list. It creates edges and page info on demand, because most clients select only the nodes,
// and the cursors would cost more than the rest of the page.
type Connection[T any] struct {
	Nodes []T
	// TotalCount is the length of the whole list, nil if it is unknown.
	TotalCount *int
	// HasPrevious and HasNext report whether the list has items before and after the page.
	HasPrevious, HasNext bool
	// Cursor returns the cursor of the node at an index.
	Cursor func(index int) string
	// Ends returns the cursors of the page's first and last item. If it is nil, these are the first and the last node. It
	// allows clients to leave a page whose items are all unreadable and have no node.
	Ends func() (start, end string)
}

// Edge is an item of a list with its cursor.
type Edge[T any] struct {
	Cursor string
	Node   T
}

// PageInfo describes the position of a page in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	// StartCursor and EndCursor are nil if the page has no items, not even unreadable ones.
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
	MessageEdge            = Edge[rest.Message]
)

// MessageConnection is one page of a history.
type MessageConnection struct {
	Connection[rest.Message]

	TextCount int // in the whole history
}

// Edges returns the nodes with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges := make([]*Edge[T], len(c.Nodes))
	for i, node := range c.Nodes {
		edges[i] = &Edge[T]{Cursor: c.Cursor(i), Node: node}
	}
	return edges
}

// PageInfo returns the position of the page in its list.
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
