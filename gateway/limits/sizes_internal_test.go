package limits

import "testing"

// If a string reached the estimate, it would count as the number that gqlgen converts it to.
func TestSizeOf_Strings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"100": 100, "+7": 7, "-7": 0, "99999999999999999999": maxCount, "1.5": 1.5, "": 1, "9b1f": 1, "Infinity": maxCount} {
		if got, given := sizeOf(text); got != want || !given {
			t.Errorf("%q: want %v, got %v", text, want, got)
		}
	}
}
