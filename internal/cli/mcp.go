package cli

import (
	"context"
	"io"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
)

// serveMCP serves tools until the input or ctx ends. Only the protocol is written to stdout.
func serveMCP(ctx context.Context, s config.MCP, stdin io.ReadCloser, stdout, stderr io.Writer) error {
	log := process.NewLogger(stderr, s.LogLevel.Level, s.LogFormat)
	process.CaptureStandardLog(log)
	client, err := rest.New(config.RestConfig(s.Upstream, process.Version(), log))
	if err != nil {
		return err
	}
	defer client.Close()
	handler, err := gateway.New(s.GatewayConfig(client, log, process.Version()))
	if err != nil {
		return err
	}
	defer handler.EndStreams(ctx, 0)
	return handler.ServeTools(ctx, s.CallerToken(), stdin, stdout)
}
