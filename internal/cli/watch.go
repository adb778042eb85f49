package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/process"
	"mstudio-graphql/internal/webhook"
	"mstudio-graphql/rest"
)

// watch sends webhooks until ctx ends. It is a client of a gateway without a listener.
func watch(ctx context.Context, s config.Watch, stderr io.Writer) error {
	log := process.NewLogger(stderr, s.LogLevel.Level, s.LogFormat)
	process.CaptureStandardLog(log)
	client, err := rest.New(config.RestConfig(s.Upstream, process.Version(), log))
	if err != nil {
		return err
	}
	defer client.Close()
	handler, err := gateway.New(s.GatewayConfig(client, log))
	if err != nil {
		return err
	}
	defer handler.EndStreams(ctx, 0)
	transport := &http.Transport{ // without a proxy from the environment
		TLSHandshakeTimeout: 10 * time.Second, MaxConnsPerHost: 1, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	err = webhook.Run(ctx, webhook.Config{
		Session: handler.Session(s.TokenFile.Token), Filter: s.Filter, Content: s.Content,
		URL: s.To, Keys: s.Secrets(), StateFile: s.StateFile,
		UserAgent: "mstudio-graphql/" + process.Version(), Transport: transport, Log: log,
	})
	if errors.Is(err, webhook.ErrGone) { // success, so that a service manager does not start it again
		log.WarnContext(ctx, "webhooks ended", "error", err)
		return nil
	}
	return err
}
