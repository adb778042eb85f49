package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/metrics"
	"time"

	"mstudio-graphql/bench/internal/floor"
	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/bench/internal/textbook"
	"mstudio-graphql/bench/internal/upstream"
)

// memoryPath is the path at which the floor and the textbook report their allocations.
const memoryPath = "/bench/memory"

// allocated holds the allocations of a program since its start.
type allocated struct {
	Objects uint64 `json:"objects"`
	Bytes   uint64 `json:"bytes"`
}

// serveRole runs one of the programs that the benchmark starts, such as "serve-upstream".
func serveRole(ctx context.Context, role string, arguments []string, stdout io.Writer) error {
	flags := flag.NewFlagSet(role, flag.ContinueOnError)
	upstreamURL := flags.String("upstream-url", "", "base URL of the upstream")
	conversations := flags.Int("conversations", 0, "number of conversations of the upstream")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	handler, err := roleHandler(role, *upstreamURL, *conversations)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+memoryPath, serveMemory)
	mux.Handle("/", handler)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	_, _ = fmt.Fprintf(stdout, "http://%s\n", listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return server.Close()
	}
}

func roleHandler(role, upstreamURL string, conversations int) (http.Handler, error) {
	client := mstudio.New(upstreamURL)
	switch role {
	case "serve-upstream":
		return upstream.New(conversations)
	case "serve-floor":
		return floor.Handler(client), nil
	case "serve-textbook":
		return textbook.Handler(client), nil
	}
	return nil, fmt.Errorf("unknown role %q", role)
}

func serveMemory(w http.ResponseWriter, _ *http.Request) {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	said, err := json.Marshal(allocated{samples[0].Value.Uint64(), samples[1].Value.Uint64()})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(said) // fails only if the client has disconnected
}
