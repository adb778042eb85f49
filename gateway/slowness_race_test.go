//go:build race

package gateway_test

// slowness is how many times longer a test may take with the race detector.
const slowness = 20

// bloat is how many times more a test may allocate with the race detector.
const bloat = 2
