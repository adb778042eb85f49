// Command mstudio-graphql serves mittwald's mStudio v2 support conversations as a GraphQL API.
package main

//go:generate go run ./graph/scalar/gen
//go:generate go tool gqlgen generate
//go:generate go run ./graph/render/gen
//go:generate go test ./internal/config -run ^TestOperationsPage -update

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"mstudio-graphql/internal/cli"
	"mstudio-graphql/internal/process"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	process.Tune(os.Args[1:], os.Getenv)
	go process.ReturnMemory(ctx)
	if err := cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "mstudio-graphql:", err)
		stop()
		os.Exit(cli.ExitCode(err)) //nolint:gocritic // stop has run
	}
}
