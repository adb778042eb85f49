package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"

	"mstudio-graphql/internal/process"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// sandboxCommand serves the sandbox without a gateway.
type sandboxCommand struct {
	Listen string         `default:"127.0.0.1:8081" env:"LISTEN" help:"Address to listen on."`
	Config sandbox.Config `embed:""`
}

// run serves the sandbox until ctx ends.
func (s sandboxCommand) run(ctx context.Context, stdout io.Writer) error {
	server, err := sandbox.Start(ctx, s.Listen, s.Config)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "Sandbox of mStudio's REST API: %s\n", server.URL())
	printTokens(stdout)
	<-ctx.Done()
	return server.Close()
}

// pictures serves the pictures of a sandbox, because browsers may be unable to reach the sandbox itself. Their IDs are UUIDs.
// Any other ID could lead to another path of the sandbox.
func pictures(upstream string, log *slog.Logger) http.Handler {
	files, _ := url.Parse(upstream + "/v2/files") // the sandbox's own URL is valid
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL, r.Out.Host, r.Out.Header = files.JoinPath(r.In.PathValue("id")), "", http.Header{}
		},
		ErrorLog: process.ErrorLog(log),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := rest.ParseID(r.PathValue("id")); err != nil {
			http.NotFound(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

func printTokens(stdout io.Writer) {
	_, _ = fmt.Fprintln(stdout, "Tokens:")
	for _, token := range sandbox.DemoTokens() {
		_, _ = fmt.Fprintf(stdout, "  %-20s %s: %s\n", token.Token, token.Name, token.About)
	}
}
