package load

import (
	"cmp"
	"math"
	"slices"
)

// Percentile returns the smallest of the sorted values that is not below the given share of them, such as 0.99; the
// zero value if there are none.
func Percentile[T any](sorted []T, share float64) T {
	if len(sorted) == 0 {
		var none T
		return none
	}
	rank := int(math.Ceil(share * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Number is what a median can be made of.
type Number interface {
	~int | ~int64 | ~float64
	cmp.Ordered
}

// Median returns the middle of the values, or the mean of the two in the middle; 0 if there are none.
func Median[T Number](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Spread is a median and what lies farthest from it on both sides.
type Spread struct{ Median, Min, Max float64 }

// NewSpread returns the spread of the values; zeros if there are none.
func NewSpread(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	return Spread{Median(values), slices.Min(values), slices.Max(values)}
}
