//go:build race

package gateway_test

// slowness is how many times longer a test may take with the race detector.
const slowness = 20
