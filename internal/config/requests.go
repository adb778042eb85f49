package config

import (
	"os"
	"time"

	"mstudio-graphql/gateway/documents"
)

// Requests is how requests are taken in, whatever they ask for.
type Requests struct {
	MaxHeader        int              `group:"Requests" name:"max-header-bytes" default:"32768" min:"1" env:"MAX_HEADER_BYTES" help:"How long the headers of a request may be, in bytes."`
	HeaderTimeout    time.Duration    `group:"Requests" default:"5s" min:"1" env:"HEADER_TIMEOUT" help:"How long a client may take to send the headers of a request."`
	ReadTimeout      time.Duration    `group:"Requests" default:"15s" min:"1" env:"READ_TIMEOUT" help:"How long it may take to send the whole request."`
	IdleTimeout      time.Duration    `group:"Requests" default:"60s" min:"1" env:"IDLE_TIMEOUT" help:"How long a connection is kept open for the next request."`
	TrustedDocuments trustedDocuments `group:"Requests" env:"TRUSTED_DOCUMENTS" placeholder:"FILE" help:"Manifest of the documents that clients may ask for by their ids: Apollo's format, or Relay's."`
}

// trustedDocuments is the content of a manifest, by the ids of the documents.
type trustedDocuments map[string]string

// UnmarshalText reads the file of that name.
func (d *trustedDocuments) UnmarshalText(name []byte) error {
	data, err := os.ReadFile(string(name))
	if err != nil {
		return err
	}
	*d, err = documents.ReadManifest(data)
	return err
}
