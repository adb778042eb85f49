package budget_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/budget"
)

// waits reports whether a call of an operation waits for a second.
func waits(t *testing.T, b *budget.Budget, o *budget.Operation) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := b.Start(ctx, o, false)
	if err != nil {
		rejectionOf(t, err)
	}
	return err != nil
}

// After a 429, calls of all lanes wait, also if no response has shown a limit.
func TestEnd_RefusedWithoutALimit(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]func() *budget.Operation{"small": budget.NewOperation, "poll": budget.NewPoll, "batch": budget.NewBatch} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &budget.Budget{}
				for range 5 {
					start(t, b, budget.NewOperation())
				}
				for range 5 {
					b.End(budget.Response{Sent: time.Now(), Refused: true, Wait: 10 * time.Second})
				}
				if !waits(t, b, o()) {
					t.Error("a call was sent before the time that the 429 has named")
				}
			})
		})
	}
}
