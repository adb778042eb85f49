package limits

// maxCount is where counting stops. The sum of two such counts does not overflow an int, even with 32 bits.
const maxCount = 1<<30 - 1

func plus(a, b int) int { return min(a+b, maxCount) }
