package gateway_test

import (
	"context"
	"log/slog"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

// brokenLog is a log handler that panics on errors.
type brokenLog struct{ slog.Handler }

func (brokenLog) Enabled(context.Context, slog.Level) bool { return true }

func (brokenLog) Handle(_ context.Context, record slog.Record) error {
	if record.Level >= slog.LevelError {
		panic("the log is broken")
	}
	return nil
}

// A panic while an error is presented happens in a goroutine of a resolver, where it would end the process. It fails
// only its field.
func TestPanicWhileAnErrorIsPresented(t *testing.T) {
	t.Parallel()
	server := gatewaytest.NewServer(t, nil, gateway.Config{
		Client: panickingClient(t), Log: slog.New(brokenLog{slog.DiscardHandler}),
	})
	for _, query := range []string{
		`{ viewer { id } __typename }`, `{ a: viewer { id } b: conversationCategories { id } nodes(ids: ["` + shortID + `", "` + otherID + `"]) { id } }`,
	} {
		errs := checkErrors(t, ask(t, server, query))
		if len(errs) == 0 {
			t.Error("no error")
		}
		for _, err := range errs {
			diff(t, err.path(), "INTERNAL_SERVER_ERROR", err.code())
		}
	}
	wantErrors(t, ask(t, server, `{ __typename }`))
}
