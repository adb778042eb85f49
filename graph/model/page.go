package model

// maxPage is how many items a page may have.
const maxPage = 100

// PageArguments is first, after, last and before as the client gave them.
type PageArguments struct {
	First, Last   *int32
	After, Before *string
}

// Check returns a BadInput [*Error] unless the arguments go together. Too large a page is an error and never cut
// down silently, because the client could not tell.
func (a PageArguments) Check() error {
	switch {
	case a.First != nil && a.Last != nil:
		return BadInput("first and last cannot be combined.")
	case !inRange(a.First):
		return BadInput("first must be from 1 to 100.")
	case !inRange(a.Last):
		return BadInput("last must be from 1 to 100.")
	}
	return nil
}

func inRange(count *int32) bool { return count == nil || *count >= 1 && *count <= maxPage }

// Size returns how many items are asked for, fallback if the client does not say, and whether from the end.
func (a PageArguments) Size(fallback int) (count int, fromEnd bool) {
	switch {
	case a.Last != nil:
		return int(*a.Last), true
	case a.First != nil:
		return int(*a.First), false
	}
	return fallback, false
}

// Cut applies first or last to the items that after and before have left: it returns how many to drop on each side.
func (a PageArguments) Cut(length, fallback int) (front, back int) {
	count, fromEnd := a.Size(fallback)
	surplus := max(length-count, 0)
	if fromEnd {
		return surplus, 0
	}
	return 0, surplus
}
