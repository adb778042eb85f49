package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"mstudio-graphql/gateway"
)

// doorSettings is how requests are taken in, whatever they ask for.
type doorSettings struct {
	MaxInFlight          int                   `group:"Requests" default:"128" env:"MAX_IN_FLIGHT" help:"How many operations may run at once. Those beyond are refused with 503, after a wait of 50 ms."`
	MaxInFlightPerCaller int                   `group:"Requests" default:"32" env:"MAX_IN_FLIGHT_PER_CALLER" help:"How many of them may be of one caller."`
	MaxBody              int                   `group:"Requests" name:"max-body-bytes" default:"131072" env:"MAX_BODY_BYTES" help:"How long the body of an operation may be, in bytes."`
	MaxHeader            int                   `group:"Requests" name:"max-header-bytes" default:"32768" env:"MAX_HEADER_BYTES" help:"How long the headers of a request may be, in bytes."`
	HeaderTimeout        time.Duration         `group:"Requests" default:"5s" env:"HEADER_TIMEOUT" help:"How long a client may take to send the headers of a request."`
	ReadTimeout          time.Duration         `group:"Requests" default:"15s" env:"READ_TIMEOUT" help:"How long it may take to send the whole request."`
	IdleTimeout          time.Duration         `group:"Requests" default:"60s" env:"IDLE_TIMEOUT" help:"How long a connection is kept open for the next request."`
	Introspection        gateway.Introspection `group:"Requests" default:"authenticated" enum:"on,off,authenticated" env:"INTROSPECTION" help:"Who may ask for the schema: on, off, or authenticated, which is whose token mStudio accepts. With off, errors suggest no names either."`
}

// Validate reports what would refuse everything.
func (s doorSettings) Validate() error {
	var mistakes []error
	for _, number := range []struct {
		flag  string
		value int
	}{
		{"--max-in-flight", s.MaxInFlight},
		{"--max-in-flight-per-caller", s.MaxInFlightPerCaller},
		{"--max-body-bytes", s.MaxBody},
		{"--max-header-bytes", s.MaxHeader},
	} {
		if number.value < 1 {
			mistakes = append(mistakes, fmt.Errorf("%s must be at least 1", number.flag))
		}
	}
	if s.HeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.IdleTimeout <= 0 {
		mistakes = append(mistakes, errors.New("--header-timeout, --read-timeout and --idle-timeout must be more than zero"))
	}
	return errors.Join(mistakes...)
}

// server returns an HTTP server that nobody can occupy by being slow.
func (s serveSettings) server(door http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           door,
		ReadHeaderTimeout: s.Door.HeaderTimeout,
		ReadTimeout:       s.Door.ReadTimeout,
		WriteTimeout:      s.Door.ReadTimeout + s.OperationTimeout + 10*time.Second, // it counts from the end of the headers
		IdleTimeout:       s.Door.IdleTimeout,
		MaxHeaderBytes:    s.Door.MaxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
