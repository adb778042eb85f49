package faults_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
)

// shipped is a gateway with the shipped settings.
type shipped struct {
	*gateway.Gateway

	client *rest.Client
}

func newShipped(upstream string) (*shipped, error) {
	client, err := rest.New(rest.Config{BaseURL: upstream})
	if err != nil {
		return nil, err
	}
	server, err := gateway.New(gateway.Config{
		Client: client, Log: slog.New(slog.DiscardHandler),
		MinInFlight: math.MaxInt, // the processors are busy with other tests
	})
	return &shipped{server, client}, err
}

// ask sends an operation and returns status and body.
func (s *shipped) ask(ctx context.Context, tenant gatewaytest.Tenant, query string) string {
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, newTenantRequest(ctx, tenant, query))
	return fmt.Sprint(answer.Code, answer.Body)
}

func (s *shipped) close() { s.client.Close() }
