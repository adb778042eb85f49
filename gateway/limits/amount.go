package limits

import "math"

// amount is the cost of a selection.
type amount struct{ typical, calls, nodes, values, introspected quantity }

func (a amount) plus(b amount) amount {
	return amount{a.typical.plus(b.typical), a.calls.plus(b.calls), a.nodes.plus(b.nodes), a.values.plus(b.values), a.introspected.plus(b.introspected)}
}

func (a amount) max(b amount) amount {
	return amount{a.typical.max(b.typical), a.calls.max(b.calls), a.nodes.max(b.nodes), a.values.max(b.values), a.introspected.max(b.introspected)}
}

func (a amount) times(size sizes) amount {
	return amount{a.typical.times(size.typical), a.calls.times(size.most), a.nodes.times(size.nodes), a.values.times(size.nodes), a.introspected.times(size.nodes)}
}

// sizes holds the number of elements of a list for each estimate.
type sizes struct{ typical, most, nodes float64 }

// quantity is a number of calls, objects or values.
type quantity struct {
	total float64
	most  float64 // the largest part of total that one field adds
	at    *step   // this field
}

func (q quantity) plus(other quantity) quantity {
	sum := q
	if other.most > q.most {
		sum = other
	}
	sum.total = min(q.total+other.total, maxCount)
	return sum
}

func (q quantity) max(other quantity) quantity {
	if other.total > q.total {
		return other
	}
	return q
}

func (q quantity) times(size float64) quantity {
	q.total, q.most = min(q.total*size, maxCount), min(q.most*size, maxCount)
	return q
}

func (q quantity) count() int { return int(math.Ceil(q.total)) }

// check returns an error if the quantity exceeds allowed.
func (q quantity) check(limit Limit, allowed int) *ExceededError {
	exceeded := check(limit, allowed, q.count())
	if exceeded != nil {
		exceeded.Costliest = q.at.String()
	}
	return exceeded
}

// step is a field on the way to another.
type step struct {
	above *step
	name  string
}

// calls returns the cost of calls that the field makes itself.
func (s *step) calls(typical, most float64) amount {
	return amount{typical: quantity{total: typical, most: typical, at: s}, calls: quantity{total: most}}
}

// objects returns the number of objects or values that the field returns.
func (s *step) objects(count float64) quantity { return quantity{total: count, most: count, at: s} }

// maxPath is the approximate maximum length of a path in bytes. Aliases may be as long as the document.
const maxPath = 150

// String returns the path to the field.
func (s *step) String() string {
	switch {
	case s == nil:
		return ""
	case s.above == nil:
		return s.name[:min(len(s.name), maxPath)]
	}
	path := s.above.String() + "." + s.name
	return path[:min(len(path), maxPath)]
}
