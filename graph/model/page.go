package model

// maxPage is the maximum page size.
const maxPage = 100

// PageArguments holds the arguments first, after, last and before as sent by the client.
type PageArguments struct {
	First, Last   *int32
	After, Before *string
}

// Check returns a BadInput [*Error] unless the arguments are valid together. It rejects a page size above the maximum
// instead of reducing it, because the client would not notice.
func (a PageArguments) Check() error {
	switch {
	case a.First != nil && a.Last != nil:
		return BadInput("`first` and `last` cannot be combined.")
	case !inRange(a.First):
		return BadInput("`first` must be between 1 and 100.")
	case !inRange(a.Last):
		return BadInput("`last` must be between 1 and 100.")
	}
	return nil
}

func inRange(count *int32) bool { return count == nil || *count >= 1 && *count <= maxPage }

// Size returns the number of requested items, and whether they are the last of the list. The number is defaultSize if the
// client has sent neither first nor last.
func (a PageArguments) Size(defaultSize int) (count int, fromEnd bool) {
	switch {
	case a.Last != nil:
		return int(*a.Last), true
	case a.First != nil:
		return int(*a.First), false
	}
	return defaultSize, false
}

// Slice returns the page that first and last select from the rows between two indexes, which are the positions of the
// cursors after and before. The page is empty if end is less than start. cursor returns the cursor of a row.
func Slice[T any](rows []T, start, end int, arguments PageArguments, defaultSize int, cursor func(T) string) *Connection[T] {
	end = max(start, end)
	count, fromEnd := arguments.Size(defaultSize)
	if surplus := max(end-start-count, 0); fromEnd {
		start += surplus
	} else {
		end -= surplus
	}
	total, nodes := len(rows), rows[start:end]
	return &Connection[T]{
		Nodes:       nodes,
		TotalCount:  &total,
		HasPrevious: start > 0,
		HasNext:     end < total,
		Cursor:      func(index int) string { return cursor(nodes[index]) },
	}
}
