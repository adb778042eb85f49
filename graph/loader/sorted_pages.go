package loader

import "slices"

// sortedPages is a binary search in the pages of a sorted list. It is certain of the order only of the pages that it has read,
// so it reads the last page before it gives up: a list in another order shows there.
type sortedPages struct {
	wanted    string
	count     int // of all pages
	low, high int // the wanted value is on a page from low to before high
	read      []span
}

// span is the range of values on a page.
type span struct {
	page        int
	first, last string
}

// next returns the page to read, or false if no page has the value.
func (s *sortedPages) next() (page int, isLeft bool) {
	if s.low < s.high {
		return (s.low + s.high) / 2, true
	}
	last := s.count - 1
	return last, last >= 0 && !slices.ContainsFunc(s.read, func(other span) bool { return other.page == last })
}

// add narrows the search by the values on a page. Those of unreadable rows are empty. It returns false if the list is in
// another order or the page has no values.
func (s *sortedPages) add(page int, values []string) bool {
	values = slices.DeleteFunc(values, func(value string) bool { return value == "" })
	if len(values) == 0 {
		return s.count == 0
	}
	added := span{page, values[0], values[len(values)-1]}
	if !slices.IsSorted(values) || slices.ContainsFunc(s.read, added.contradicts) {
		return false
	}
	s.read = append(s.read, added)
	switch {
	case s.wanted < added.first:
		s.high = min(s.high, page)
	case s.wanted > added.last:
		s.low = max(s.low, page+1)
	default:
		s.low = s.high
	}
	return true
}

// contradicts reports whether two pages are not in order.
func (s span) contradicts(other span) bool {
	if s.page < other.page {
		return s.last > other.first
	}
	return other.last > s.first
}
