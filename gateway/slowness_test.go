//go:build !race

package gateway_test

// slowness is how many times longer a test takes than the program.
const slowness = 1
