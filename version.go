package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// version returns the module's version, or "devel" for a build from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// versionFlag prints the version and ends the program.
type versionFlag bool

// BeforeReset is called by the flag parser before anything else is looked at.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	_, err := fmt.Fprintln(app.Stdout, versionText())
	app.Exit(0)
	return err
}

func versionText() string {
	return fmt.Sprintf("mstudio-graphql %s (commit %s, %s)", version(), commit(), runtime.Version())
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
