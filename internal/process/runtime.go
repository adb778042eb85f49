package process

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	// garbagePercent is two and a half times Go's default: an answer leaves megabytes behind that die with it, so
	// collecting more rarely costs some memory and saves most of the collector's time. docs/performance.md has the figures.
	garbagePercent = 250
	// memoryLimit, in bytes, makes the collector work harder instead of growing further under many large answers at
	// once. It is a soft limit: what is in use stays.
	memoryLimit = 256 << 20
)

// Tune sets what was measured to be best, unless the operator has said otherwise by Go's own variables.
func Tune(arguments []string, getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	// Samples of what allocates are taken all the time for a profile that nobody can ask for. The rate must be set before
	// anything else runs, so this looks for the flag before the flags are parsed.
	isFlag := func(argument string) bool { return strings.HasPrefix(argument, "--pprof") }
	if getenv("PPROF") == "" && !slices.ContainsFunc(arguments, isFlag) {
		runtime.MemProfileRate = 0
	}
}
