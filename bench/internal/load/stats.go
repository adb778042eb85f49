package load

import (
	"cmp"
	"math"
	"slices"
)

// Percentile returns the percentile of sorted values for a share such as 0.99, or zero for an empty slice.
func Percentile[T any](sorted []T, share float64) T {
	if len(sorted) == 0 {
		var none T
		return none
	}
	rank := int(math.Ceil(share * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Number is the constraint for values with a median.
type Number interface {
	~int | ~int64 | ~float64
	cmp.Ordered
}

// Median returns the median, or 0 for an empty slice.
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

// Spread is a median with the minimum and maximum.
type Spread struct{ Median, Min, Max float64 }

// NewSpread returns the spread of the values. It returns zeros for an empty slice.
func NewSpread(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	return Spread{Median(values), slices.Min(values), slices.Max(values)}
}
