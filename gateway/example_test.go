package gateway_test

import (
	"log/slog"
	"net/http"
	"os"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
)

// The gateway is a handler, so it can be one route of a server that you have already.
func ExampleNew() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	client, err := rest.New(rest.Config{Log: log})
	if err != nil {
		log.Error("bad configuration", "error", err)
		return
	}
	door, err := gateway.New(gateway.Config{Client: client, Log: log, CORSOrigins: []string{"https://portal.example.com"}})
	if err != nil {
		log.Error("bad configuration", "error", err)
		return
	}
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: door, ReadHeaderTimeout: 5 * time.Second}
	log.Error("stopped", "error", server.ListenAndServe())
}
