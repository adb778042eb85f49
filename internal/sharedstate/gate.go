package sharedstate

import "errors"

// errURL does not quote the URL, which may contain a password.
var errURL = errors.New("--valkey-url must be redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE")

// gate lets no command through while the server does not answer.
type gate struct{}

func (*gate) isClosed() bool { return true }

func (*gate) report(error) {}
