// Package process holds what a long-running process needs around an HTTP handler: its log, its tracer provider, the
// servers that it listens with, and the settings of the Go runtime.
package process

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"mstudio-graphql/gateway/telemetry/metrics"
)

// Version returns the module's version, or "devel" for a build from a checkout.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// Build describes the binary in one line.
func Build() string {
	return fmt.Sprintf("mstudio-graphql %s (commit %s, %s)", Version(), commit(), runtime.Version())
}

// BuildMetric defines the metric that carries the version.
func BuildMetric() metrics.Definition {
	return metrics.Definition{
		Name: "mstudio_graphql_build_info", Kind: "gauge", Labels: []string{"version", "commit", "go"}, Help: "1, with the version that runs.",
	}
}

// commit returns the commit that the binary was built from, "unknown" if nobody has written it down.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}
