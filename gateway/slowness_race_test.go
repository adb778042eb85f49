//go:build race

package gateway_test

// slowness is how many times longer a test takes than the program: the race detector watches each access to memory.
const slowness = 20
