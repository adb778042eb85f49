// Package faults_test sends operations through the gateway to an upstream that fails in every way that we know.
//
//	make faults                                                the table of faults, as Markdown
//	go test ./gateway/faults -run TestMatrix -v -fault gzip    some of them
//	make soak                                                  half an hour of faults against the real binary
//
// The upstream needs only the standard library: net/http for correct responses, and the bare connection for the others.
package faults_test

import (
	"errors"
	"flag"
	"log"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"mstudio-graphql/gateway/gatewaytest"
)

var onlyFaults = flag.String("fault", "", "regular expression: run only the faults whose names match")

// authority signs the certificates of every upstream. The process trusts it.
var authority = newAuthority()

// standardLog holds what net/http writes past our own logger.
var standardLog gatewaytest.Output

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "faults")
	if err != nil {
		panic(err)
	}
	// The standard library reads these when it verifies the first certificate.
	roots := filepath.Join(folder, "roots.pem")
	err = errors.Join(os.WriteFile(roots, authority.pem(), 0o600), os.Setenv("SSL_CERT_FILE", roots), os.Setenv("SSL_CERT_DIR", folder))
	if err != nil {
		panic(err)
	}
	log.SetOutput(&standardLog)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code) //nolint:forbidigo // as m.Run documents
	}))
}
