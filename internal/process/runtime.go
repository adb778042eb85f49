package process

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	// garbagePercent is two and a half times Go's default. Each large result leaves megabytes of garbage. Collecting less often
	// costs some memory and saves most of the collector's time; see docs/performance.md.
	garbagePercent = 250
	// memoryLimit makes the collector work harder instead of letting the heap grow under many large results, in bytes. The
	// limit is soft: memory in use is not affected.
	memoryLimit = 256 << 20
)

// Tune sets runtime parameters that docs/performance.md measures, unless Go's own variables set them.
func Tune(arguments []string, getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	// Without --pprof, no client can read the heap profile, so its sampling is disabled. The rate must be set before any
	// other code runs, so this looks for the flag before the flags are parsed. A file of --config may contain it.
	isFlag := func(argument string) bool {
		return strings.HasPrefix(argument, "--pprof") || strings.HasPrefix(argument, "--config")
	}
	if getenv("PPROF") == "" && getenv("CONFIG_FILE") == "" && !slices.ContainsFunc(arguments, isFlag) {
		runtime.MemProfileRate = 0
	}
}
