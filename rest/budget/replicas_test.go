package budget_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/rest"
	"mstudio-graphql/rest/budget"
)

// callerRate is the shared rate limit of the only caller.
type callerRate struct{ sharedstate.Rates }

func (r callerRate) Find(ctx context.Context) (budget.SharedRate, bool) {
	return r.Rates.Find(ctx, rest.SharedCaller{})
}

func (r callerRate) Claim(ctx context.Context, calls int) (budget.SharedRate, bool) {
	return r.Rates.Claim(ctx, rest.SharedCaller{}, calls)
}

func (r callerRate) Saw(rate budget.SharedRate) { r.Rates.Saw(rest.SharedCaller{}, rate) }

func (r callerRate) Refused(wait time.Duration) { r.Rates.Refused(rest.SharedCaller{}, wait) }

// newReplicas returns replicas that share the rate limit of a caller.
func newReplicas(t *testing.T, pipe *sharedstatetest.Pipe, count int) (replicas []*budget.Budget, end func()) {
	t.Helper()
	stores := make([]*sharedstate.Store, count)
	for i := range stores {
		store, err := sharedstate.New(sharedstate.Config{URL: pipe.URL(), Key: make([]byte, 32), Dial: pipe.Dial})
		if err != nil {
			t.Fatal(err)
		}
		stores[i] = store
		replicas = append(replicas, budget.New(callerRate{store.Rates()}))
	}
	synctest.Wait()
	return replicas, func() {
		for _, store := range stores {
			store.Close()
		}
	}
}

// ticketPercent is how many of the tickets are complete at least. All are in most runs. A replica reserves room for its own tickets
// and learns what others spend from responses, so in some runs a window is used up shortly before its end: 234 of 240.
const ticketPercent = 95

// Three large operations at a time, over replicas in turn, leave room for tickets and messages, because replicas know each
// other's claims. Each replica writes once per second, and asks before a large operation.
func TestWorkload_Replicas(t *testing.T) {
	t.Parallel()
	second := batch
	second.first = 300 * time.Millisecond
	for _, test := range []struct {
		replicas, limit, batches int
		roundDown                bool
	}{
		{2, 100, 0, false},
		{2, 300, 20, false},
		{2, 300, 20, true},
		{2, 1000, 90, false},
		{3, 300, 20, false},
	} {
		t.Run(fmt.Sprintf("%d replicas/%d/%t", test.replicas, test.limit, test.roundDown), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				pipe := sharedstatetest.NewPipe(t)
				l := newLab(test.limit, 20*time.Second, 1)
				l.api.roundDown = test.roundDown
				replicas, end := newReplicas(t, pipe, test.replicas)
				defer end()
				l.replicas = replicas
				l.run(batch, second, batch, ticket, send)
				commands := pipe.Commands("EVALSHA")
				t.Logf("%s, %d commands", l, commands)
				for name, percent := range map[string]int{"ticket": ticketPercent, "send": 100} {
					if o := l.outcomes[name]; o.complete*100 < o.asked*percent || o.asked < 60 {
						t.Errorf("%s: %d of %d are complete", name, o.complete, o.asked)
					}
				}
				if got := l.outcomes["batch"].complete; got < test.batches {
					t.Errorf("%d batches are complete, want %d", got, test.batches)
				}
				if calls := l.api.passed + l.api.refused; l.api.refused*100 > calls {
					t.Errorf("refused %d of %d calls", l.api.refused, calls)
				}
				if most := test.replicas*240 + 3*l.outcomes["batch"].asked; commands > most {
					t.Errorf("%d commands, want at most %d", commands, most)
				}
			})
		})
	}
}
