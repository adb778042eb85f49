// Package cli implements the command line. Each command has a file.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"

	"mstudio-graphql/internal/config"
)

// commands holds every command and its flags. A flag overrides its environment variable.
type commands struct {
	Serve       config.Serve       `cmd:"" default:"withargs" help:"Serve mStudio's support conversations as a GraphQL API. Callers send their own mStudio API token with each request. This is the default command; its name may be omitted."`
	Sandbox     sandboxCommand     `cmd:"" help:"Serve only the sandbox: an imitation of mStudio's REST API with demo data, for any REST client."`
	Schema      schemaCommand      `cmd:"" help:"Work with the schema."`
	Watch       config.Watch       `cmd:"" help:"Send changes of conversations to a URL, as signed webhooks."`
	MCP         config.MCP         `cmd:"" name:"mcp" help:"Serve support tickets as tools for an AI assistant that starts this program (Model Context Protocol over standard input and output)."`
	Explain     explainCommand     `cmd:"" help:"Estimate the mStudio calls of operations offline, for example in CI."`
	Drift       driftCommand       `cmd:"" help:"Compare mStudio's OpenAPI document, or its responses, with what this gateway reads and sends. Exits with 1 for differences, and with 2 if they cannot be determined."`
	Healthcheck healthcheckCommand `cmd:"" help:"Check the health of a gateway on this machine, for example in a container. Exits with 1 if it is not healthy."`
	Version     versionFlag        `help:"Print version, commit and Go version."`
}

// Run runs the command that the arguments name. It returns after the shutdown that the end of ctx starts.
func Run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	var given commands
	exited := false // after --help or --version
	parser, err := newParser(&given, func(int) { exited = true }, stdout, stderr)
	if err != nil {
		return err
	}
	if err := config.UnsetEmpty(parser.Model); err != nil {
		return err
	}
	if len(arguments) > 0 && arguments[0] == "help" {
		arguments = append(slices.Clone(arguments[1:]), "--help")
	}
	parsed, err := parser.Parse(arguments)
	if exited {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (try --help)", err)
	}
	switch parsed.Command() {
	case "sandbox":
		return given.Sandbox.run(ctx, stdout)
	case "watch":
		return watch(ctx, given.Watch, stderr)
	case "mcp":
		return serveMCP(ctx, given.MCP, os.Stdin, stdout, stderr)
	case "explain <file>":
		return given.Explain.run(stdout)
	case "drift":
		return given.Drift.run(ctx, stdout, stderr)
	case "healthcheck":
		return given.Healthcheck.run(ctx)
	case "schema print":
		return given.Schema.Print.run(stdout)
	}
	again := func() (config.Serve, error) {
		var given commands
		parser, err := newParser(&given, func(int) {}, io.Discard, io.Discard)
		if err == nil {
			_, err = parser.Parse(arguments)
		}
		return given.Serve, err
	}
	return serve(ctx, given.Serve, again, stdout, stderr)
}

func newParser(given *commands, exit func(int), stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(given, append(config.Numbers(),
		kong.Exit(exit),
		kong.Name("mstudio-graphql"),
		kong.Description("A GraphQL gateway for mStudio's support conversations. Callers send their own mStudio API token with each request."),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.Help(help),
		kong.WithHyphenPrefixedParameters(true), // --bulk-threshold -1
		kong.Writers(stdout, stderr))...)
}

// help prints the flags of the default command if no command is named.
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
	_, err = fmt.Fprint(ctx.Stdout, `
Other commands, each with its own --help:
  sandbox        serve only the sandbox
  watch          send changes of conversations as webhooks
  mcp            serve tools for an AI assistant over standard input and output
  explain        estimate the mStudio calls of operations
  drift          compare mStudio's API with what the gateway reads
  schema print   print the schema
  healthcheck    check the health of a gateway on this machine
`)
	return err
}
