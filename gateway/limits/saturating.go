package limits

// most is where counting stops. Two counts of this size can be added without an overflow, even in 32 bits.
const most = 1<<30 - 1

func plus(a, b int) int { return min(a+b, most) }

// times multiplies counts, neither of which is negative.
func times(a, b int) int {
	if a != 0 && b > most/a {
		return most
	}
	return a * b
}
