package cli

import (
	"fmt"

	"github.com/alecthomas/kong"

	"mstudio-graphql/internal/process"
)

// versionFlag prints the version and ends the program.
type versionFlag bool

// BeforeReset is called by the flag parser before anything else is looked at.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	_, err := fmt.Fprintln(app.Stdout, process.Build())
	app.Exit(0)
	return err
}
