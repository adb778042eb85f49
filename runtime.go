package main

import "runtime/debug"

const (
	// garbagePercent is three and a half times Go's default: an answer leaves megabytes behind that die with it, so
	// collecting more rarely costs some memory and saves most of the collector's time. docs/performance.md has the figures.
	garbagePercent = 350
	// memoryLimit, in bytes, makes the collector work harder instead of growing further under many large answers at
	// once. It is a soft limit: what is in use stays.
	memoryLimit = 256 << 20
)

// tuneRuntime sets what was measured to be best, unless the operator has said otherwise by Go's own variables.
func tuneRuntime(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
