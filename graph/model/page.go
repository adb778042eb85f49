package model

import "fmt"

// MaxPage is the maximum page size of most connections.
const MaxPage = 100

// PageArguments holds the arguments first, after, last and before as sent by the client.
type PageArguments struct {
	First, Last   *int32
	After, Before *string
}

// Check returns a BadInput [*Error] unless the arguments are valid together. It rejects a page size above the maximum
// instead of reducing it, because the client would not notice.
func (a PageArguments) Check(maxSize int32) error {
	isInvalid := func(count *int32) bool { return count != nil && (*count < 0 || *count > maxSize) }
	switch {
	case a.First != nil && a.Last != nil:
		return BadInput("`first` and `last` cannot be combined.")
	case isInvalid(a.First):
		return BadInput(fmt.Sprintf("`first` must be between 0 and %d.", maxSize))
	case isInvalid(a.Last):
		return BadInput(fmt.Sprintf("`last` must be between 0 and %d.", maxSize))
	}
	return nil
}

// Size returns the number of requested items, and whether they are the last of the list or before the cursor. The number
// is defaultSize if the client has sent neither first nor last.
func (a PageArguments) Size(defaultSize int) (count int, fromEnd bool) {
	switch {
	case a.Last != nil:
		return int(*a.Last), true
	case a.First != nil:
		return int(*a.First), false
	}
	return defaultSize, a.Before != nil && a.After == nil
}

// IsEmpty reports whether the client has requested no items.
func (a PageArguments) IsEmpty() bool {
	count, _ := a.Size(1)
	return count == 0
}

// Part is a contiguous part of a list.
type Part[T any] struct {
	Rows     []T
	Position int  // of the first row
	HasMore  bool // whether the list has rows after these
	Total    *int // the length of the list, nil if it is unknown
}

// Whole returns a complete list as a part.
func Whole[T any](rows []T) Part[T] {
	total := len(rows)
	return Part[T]{Rows: rows, Total: &total}
}

// End returns the position after the last row.
func (p Part[T]) End() int { return p.Position + len(p.Rows) }

// Page returns the page that the arguments select from the rows between two indexes, which are the places of the cursors
// after and before. The page is empty if end is less than start. cursor returns the cursor of the row at an index.
func (p Part[T]) Page(start, end int, arguments PageArguments, defaultSize int, cursor func(index int) string) *Connection[T] {
	end = max(start, end)
	count, fromEnd := arguments.Size(defaultSize)
	if surplus := max(end-start-count, 0); fromEnd {
		start += surplus
	} else {
		end -= surplus
	}
	return &Connection[T]{
		Nodes:       p.Rows[start:end],
		TotalCount:  p.Total,
		HasPrevious: p.Position+start > 0,
		HasNext:     end < len(p.Rows) || p.HasMore,
		Cursor:      func(index int) string { return cursor(start + index) },
	}
}
