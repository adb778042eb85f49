// Package process provides what a long-running process needs around its HTTP handler: the log, a tracer provider, the
// servers, and settings of the Go runtime.
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

// Build returns a line with version, commit and Go version.
func Build() string {
	return fmt.Sprintf("mstudio-graphql %s (commit %s, %s)", Version(), commit(), runtime.Version())
}

// BuildMetric returns the definition of the metric that reports the version.
func BuildMetric() metrics.Definition {
	return metrics.Definition{
		Name: "mstudio_graphql_build_info", Kind: "gauge", Labels: []string{"version", "commit", "go"}, Help: "Always 1. The labels identify the build.",
	}
}

// commit returns the commit that the binary was built from, or "unknown".
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
