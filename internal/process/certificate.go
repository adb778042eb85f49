package process

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// certificateInterval is how often the files of a certificate are read. Programs that renew certificates replace the files and need
// not tell the process.
const certificateInterval = time.Minute

// Certificate is a TLS certificate in two files that may be replaced. It is safe for concurrent use.
type Certificate struct {
	certFile, keyFile string
	current           atomic.Pointer[tls.Certificate]
}

// LoadCertificate reads a certificate with its chain, and its key, in PEM.
func LoadCertificate(certFile, keyFile string) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile}
	_, err := c.Reload()
	return c, err
}

// Reload reads the files and reports whether the certificate is another one. If it returns an error, the previous one remains.
func (c *Certificate) Reload() (changed bool, err error) {
	read, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return false, err
	}
	before := c.current.Swap(&read)
	return before == nil || !bytes.Equal(before.Certificate[0], read.Certificate[0]), nil
}

// Config returns a configuration for servers of HTTP/2 and HTTP/1.1, with the certificate of each moment.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
	}
}

// Watch reloads the certificate whenever its files have changed, until the caller calls stop.
func (c *Certificate) Watch(ctx context.Context, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { every(ctx, certificateInterval, func() { c.look(ctx, log) }) })
	return func() { cancel(); running.Wait() }
}

func (c *Certificate) look(ctx context.Context, log *slog.Logger) {
	changed, err := c.Reload()
	switch {
	case err != nil:
		log.WarnContext(ctx, "certificate not replaced", slog.String("error", err.Error()))
	case changed:
		log.InfoContext(ctx, "certificate replaced", slog.Time("expires", c.current.Load().Leaf.NotAfter))
	}
}
