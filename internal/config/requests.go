package config

import (
	"os"
	"time"

	"mstudio-graphql/gateway"
)

// Requests is how requests are taken in, whatever they ask for.
type Requests struct {
	MaxInFlight          int                   `group:"Requests" default:"128" min:"1" env:"MAX_IN_FLIGHT" help:"How many operations may run at once. Those beyond are refused with 503, after a wait of 50 ms."`
	MaxInFlightPerCaller int                   `group:"Requests" default:"32" min:"1" env:"MAX_IN_FLIGHT_PER_CALLER" help:"How many of them may be of one caller."`
	MaxBody              int                   `group:"Requests" name:"max-body-bytes" default:"131072" min:"1" env:"MAX_BODY_BYTES" help:"How long the body of an operation may be, in bytes."`
	MaxHeader            int                   `group:"Requests" name:"max-header-bytes" default:"32768" min:"1" env:"MAX_HEADER_BYTES" help:"How long the headers of a request may be, in bytes."`
	HeaderTimeout        time.Duration         `group:"Requests" default:"5s" min:"1" env:"HEADER_TIMEOUT" help:"How long a client may take to send the headers of a request."`
	ReadTimeout          time.Duration         `group:"Requests" default:"15s" min:"1" env:"READ_TIMEOUT" help:"How long it may take to send the whole request."`
	IdleTimeout          time.Duration         `group:"Requests" default:"60s" min:"1" env:"IDLE_TIMEOUT" help:"How long a connection is kept open for the next request."`
	Introspection        gateway.Introspection `group:"Requests" default:"authenticated" enum:"on,off,authenticated" env:"INTROSPECTION" help:"Who may ask for the schema: on, off, or authenticated, which is whose token mStudio accepts. With off, errors suggest no names either."`
	PersistedQueries     int                   `group:"Requests" name:"persisted-query-bytes" default:"8388608" min:"0" env:"PERSISTED_QUERY_BYTES" help:"How many bytes the queries may take that are kept for clients that send only their hashes (automatic persisted queries). 0 turns that off."`
	TrustedDocuments     trustedDocuments      `group:"Requests" env:"TRUSTED_DOCUMENTS" placeholder:"FILE" help:"Manifest of the documents that clients may ask for by their ids: Apollo's format, or Relay's."`
	TrustedDocumentsOnly bool                  `group:"Requests" env:"TRUSTED_DOCUMENTS_ONLY" help:"Execute no other documents."`
}

// trustedDocuments is the content of a manifest, by the ids of the documents.
type trustedDocuments map[string]string

// UnmarshalText reads the file of that name.
func (d *trustedDocuments) UnmarshalText(name []byte) error {
	data, err := os.ReadFile(string(name))
	if err != nil {
		return err
	}
	*d, err = gateway.ReadManifest(data)
	return err
}

// apply puts the settings into the gateway's configuration.
func (s Requests) apply(to *gateway.Config) {
	to.MaxInFlight, to.MaxInFlightPerCaller, to.MaxBody = s.MaxInFlight, s.MaxInFlightPerCaller, s.MaxBody
	to.Introspection = s.Introspection
	to.TrustedDocuments, to.TrustedDocumentsOnly = s.TrustedDocuments, s.TrustedDocumentsOnly
	to.PersistedQueries = s.PersistedQueries
	if s.PersistedQueries == 0 {
		to.PersistedQueries = -1 // the library's zero value is its default
	}
}
