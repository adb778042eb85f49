package cli

import (
	"fmt"

	"github.com/alecthomas/kong"

	"mstudio-graphql/internal/process"
)

// versionFlag prints the version and exits.
type versionFlag bool

// BeforeReset runs before the parser validates other flags.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	_, err := fmt.Fprintln(app.Stdout, process.Build())
	app.Exit(0)
	return err
}
