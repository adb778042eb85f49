package budget_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/budget"
)

// written is what a replica has written for the others.
type written struct{ rates []budget.SharedRate }

func (*written) Find(context.Context) (budget.SharedRate, bool) { return budget.SharedRate{}, false }

func (*written) Claim(context.Context, int) (budget.SharedRate, bool) {
	return budget.SharedRate{}, false
}
func (w *written) Saw(rate budget.SharedRate) { w.rates = append(w.rates, rate) }
func (*written) Refused(time.Duration)        {}

// A burst that uses up the limit within a second is known to the others, with few writes.
func TestSharedRate_Burst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := &written{}
		b := budget.New(shared)
		for remaining := 299; remaining >= 2; remaining-- {
			start(t, b, budget.NewOperation())
			b.End(budget.Response{Sent: time.Now(), Rate: &budget.Rate{Limit: 300, Remaining: remaining, Reset: 20 * time.Second}})
		}
		if last := shared.rates[len(shared.rates)-1].Remaining; last != 2 || len(shared.rates) > 10 {
			t.Errorf("%d writes, the last one with %d remaining calls", len(shared.rates), last)
		}
	})
}
