// Package cli is the command line of the program: one command a file.
package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"mstudio-graphql/internal/config"
)

// commands is every command of the program, with its flags. Each flag can be set in the environment too; the flag wins.
type commands struct {
	Serve       config.Serve       `cmd:"" default:"withargs" help:"Serve mStudio's support conversations as a GraphQL API. Callers send their own mStudio API token with each request. This is the default command: its name can be left out."`
	Sandbox     sandboxCommand     `cmd:"" help:"Serve only the sandbox: an imitation of mStudio's REST API with demo data, for any REST client."`
	Schema      schemaCommand      `cmd:"" help:"Work with the schema."`
	Explain     explainCommand     `cmd:"" help:"Say how many calls of mStudio operations may need, without a server: for checks before a release."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a gateway on this machine whether it is well; exit with 1 if not. For containers."`
	Version     versionFlag        `help:"Print version, commit and Go version, and exit."`
}

// Run is the program without its process: it returns when ctx ends and everything is shut down.
func Run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	var given commands
	answered := false // by --help or --version, after which nothing is to be run
	parser, err := kong.New(&given,
		kong.Exit(func(int) { answered = true }),
		kong.Name("mstudio-graphql"),
		kong.Description("A GraphQL gateway in front of mStudio's support conversations. Callers send their own mStudio API token with each request."),
		config.Vars(),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.Help(help),
		kong.Writers(stdout, stderr))
	if err != nil {
		return err
	}
	if err := config.UnsetEmpty(parser.Model); err != nil {
		return err
	}
	parsed, err := parser.Parse(arguments)
	if answered {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (try --help)", err)
	}
	switch parsed.Command() {
	case "sandbox":
		return given.Sandbox.run(ctx, stdout)
	case "explain <file>":
		return given.Explain.run(stdout)
	case "healthcheck":
		return given.Healthcheck.run(ctx)
	case "schema print":
		return given.Schema.Print.run(stdout)
	}
	return serve(ctx, given.Serve, stdout, stderr)
}

// help shows the default command's flags to whoever has named no command: they are what one looks for.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	if ctx.Selected() != nil {
		return kong.DefaultHelpPrinter(options, ctx)
	}
	serve, err := kong.Trace(ctx.Kong, []string{"serve"})
	if err != nil {
		return err
	}
	if err := kong.DefaultHelpPrinter(options, serve); err != nil {
		return err
	}
	_, err = fmt.Fprintln(ctx.Stdout, "\nThere are more commands: \"mstudio-graphql sandbox\" serves only the sandbox,\n\"mstudio-graphql explain\" says what operations cost, and \"mstudio-graphql schema print\" prints the\nschema. See their own --help.")
	return err
}
