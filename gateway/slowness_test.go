//go:build !race

package gateway_test

// slowness is how many times longer a test may take.
const slowness = 1

// bloat is how many times more a test may allocate.
const bloat = 1
