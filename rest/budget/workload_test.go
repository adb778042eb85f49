package budget_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"mstudio-graphql/rest/budget"
)

// api counts calls in fixed windows, as mStudio does. A window begins with the first call after the last one has ended.
type api struct {
	limit     int
	window    time.Duration
	roundDown bool

	mu              sync.Mutex
	ends            time.Time
	used            int
	passed, refused int
}

func (a *api) take(own bool) (ok bool, rate budget.Rate) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if !now.Before(a.ends) {
		a.ends, a.used = now.Add(a.window), 0
	}
	a.used++
	ok = a.used <= a.limit
	if own && ok {
		a.passed++
	} else if own {
		a.refused++
	}
	reset := a.ends.Sub(now)
	if !a.roundDown {
		reset += time.Second - 1
	}
	return ok, budget.Rate{Limit: a.limit, Remaining: max(0, a.limit-a.used), Reset: reset.Truncate(time.Second)}
}

// kind is a sort of operation. Its stages are numbers of calls; the first response shows how many the second has.
type kind struct {
	name         string
	stages       []int
	isWrite      bool
	first, every time.Duration
	after        time.Duration // again that long after the last one has ended, instead of every
	times        int
	deadline     time.Duration
}

// outcome counts operations of a kind.
type outcome struct{ asked, complete, calls int }

// lab runs a workload of one caller.
type lab struct {
	api      *api
	replicas []*budget.Budget // that serve the operations in turn
	others   float64          // calls per second of another program
	total    time.Duration

	mu       sync.Mutex
	rnd      *rand.Rand
	outcomes map[string]*outcome
	wasted   int // calls of operations that were not completed
}

func newLab(limit int, window time.Duration, seed uint64) *lab {
	return &lab{
		api: &api{limit: limit, window: window}, replicas: []*budget.Budget{{}}, total: 240 * time.Second,
		rnd: rand.New(rand.NewPCG(seed, 1)), outcomes: map[string]*outcome{},
	}
}

func (l *lab) random() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rnd.Float64()
}

// replica returns the next replica.
func (l *lab) replica() *budget.Budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replicas = append(l.replicas[1:], l.replicas[0])
	return l.replicas[0]
}

func (l *lab) call(ctx context.Context, b *budget.Budget, o *budget.Operation, isWrite bool) error {
	for {
		if err := b.Start(ctx, o, isWrite); err != nil {
			return err
		}
		sent, latency := time.Now(), time.Duration(float64(60*time.Millisecond)*(0.5+l.random()))
		time.Sleep(latency / 2)
		ok, rate := l.api.take(true)
		time.Sleep(latency / 2)
		b.End(budget.Response{Sent: sent, Rate: &rate, Refused: !ok})
		if ok {
			return nil
		}
	}
}

func (l *lab) operation(k kind) {
	ctx, cancel := context.WithTimeout(context.Background(), max(k.deadline, 15*time.Second))
	defer cancel()
	b, o := l.replica(), budget.NewOperation()
	shape := uint64(len(k.name))
	defer b.Release(o, shape, 0)
	err := b.Admit(ctx, o, max(b.Need(shape), k.stages[0]), nil)
	for i, calls := range k.stages {
		if err == nil && i > 0 {
			err = b.Claim(ctx, o, calls)
		}
		if err != nil {
			break
		}
		var group errgroup.Group
		group.SetLimit(32)
		for range calls {
			group.Go(func() error { return l.call(ctx, b, o, k.isWrite && i == 0) })
		}
		err = group.Wait()
	}
	l.count(k.name, o.Calls(), err == nil)
}

func (l *lab) count(name string, calls int, complete bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.outcomes[name]
	if found == nil {
		found = &outcome{}
		l.outcomes[name] = found
	}
	found.asked++
	found.calls += calls
	if complete {
		found.complete++
	} else {
		l.wasted += calls
	}
}

// run runs the workload in virtual time.
func (l *lab) run(kinds ...kind) {
	start := time.Now()
	var group sync.WaitGroup
	for _, k := range kinds {
		group.Go(func() {
			for time.Sleep(k.first); time.Since(start) < l.total; time.Sleep(max(k.every, k.after)) {
				for range max(k.times, 1) {
					if k.after > 0 {
						l.operation(k)
					} else {
						group.Go(func() { l.operation(k) })
					}
				}
			}
		})
	}
	if l.others > 0 {
		group.Go(func() {
			for time.Since(start) < l.total {
				l.api.take(false)
				time.Sleep(time.Duration(-1e9 / l.others * math.Log(1-l.random())))
			}
		})
	}
	group.Wait()
}

func (l *lab) String() string {
	var text strings.Builder
	for _, name := range []string{"ticket", "send", "batch", "page", "lookup"} {
		if o := l.outcomes[name]; o != nil {
			fmt.Fprintf(&text, "%s %d/%d, ", name, o.complete, o.asked)
		}
	}
	fmt.Fprintf(&text, "wasted %d, calls %d, refused %d", l.wasted, l.api.passed, l.api.refused)
	return text.String()
}

var (
	batch  = kind{name: "batch", stages: []int{1, 100}, after: 500 * time.Millisecond}
	ticket = kind{name: "ticket", stages: []int{3}, every: time.Second}
	send   = kind{name: "send", stages: []int{1, 1}, isWrite: true, every: 3 * time.Second, deadline: 20 * time.Second}
)

// All tickets and messages are complete, whatever the batch does, and the batch gets what is left.
func TestWorkload(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limit, batches int // batches that must be complete: 95% of the possible
		roundDown      bool
		window         time.Duration
	}{
		{100, 0, false, 20 * time.Second},
		{300, 23, false, 20 * time.Second},
		{300, 23, true, 20 * time.Second},
		{1000, 103, false, 20 * time.Second},
		{300, 0, false, 60 * time.Second},
	} {
		t.Run(fmt.Sprintf("%d/%s/%t", test.limit, test.window, test.roundDown), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(test.limit, test.window, 1)
				l.api.roundDown = test.roundDown
				l.run(batch, ticket, send)
				t.Log(l)
				for _, name := range []string{"ticket", "send"} {
					if o := l.outcomes[name]; o.complete != o.asked || o.asked < 60 {
						t.Errorf("%s: %d of %d are complete", name, o.complete, o.asked)
					}
				}
				if got := l.outcomes["batch"].complete; got < test.batches {
					t.Errorf("%d batches are complete, want %d", got, test.batches)
				}
				if l.api.refused > 0 || l.wasted > 5 {
					t.Errorf("refused %d, wasted %d", l.api.refused, l.wasted)
				}
			})
		})
	}
}

// Another program that spends half of the limit causes few refused calls, and takes no ticket or message.
func TestWorkload_AnotherProgram(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{300, 1000} {
		refused, calls := 0, 0
		for seed := range uint64(20) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(limit, 20*time.Second, seed)
				l.others = float64(limit) / 40
				l.run(batch, ticket, send)
				for _, name := range []string{"ticket", "send"} {
					if o := l.outcomes[name]; o.complete != o.asked {
						t.Errorf("limit %d, seed %d: %s", limit, seed, l)
					}
				}
				if l.outcomes["batch"].complete < limit/30 {
					t.Errorf("limit %d, seed %d: %s", limit, seed, l)
				}
				refused, calls = refused+l.api.refused, calls+l.api.passed+l.api.refused
			})
		}
		t.Logf("limit %d: %d of %d calls were refused", limit, refused, calls)
		if refused*100 > calls {
			t.Errorf("limit %d: %d of %d calls were refused", limit, refused, calls)
		}
	}
}

// Work that begins while a batch runs is not late, and pages that do not fit cost no calls.
func TestWorkload_Shapes(t *testing.T) {
	t.Parallel()
	lookup := kind{name: "lookup", stages: []int{1}, first: 2500 * time.Millisecond, every: 5 * time.Second}
	page := func(every time.Duration) kind {
		return kind{name: "page", stages: []int{1, 20}, every: every, times: 5}
	}
	later := func(k kind) kind { k.first = 10 * time.Second; return k }
	for name, test := range map[string]struct {
		lab   *lab
		kinds []kind
		pages int
	}{
		"interactive work later": {newLab(300, 20*time.Second, 1), []kind{batch, later(ticket), later(send)}, 0},
		"a page each 30 s":       {newLab(60, time.Minute, 1), []kind{page(30 * time.Second), lookup}, 57},
		"a page each minute":     {newLab(120, time.Minute, 1), []kind{page(time.Minute), lookup}, 125},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := test.lab
				if test.pages > 0 {
					l.total = 1800 * time.Second
				}
				l.run(test.kinds...)
				t.Log(l)
				for _, name := range []string{"ticket", "send", "lookup"} {
					if o := l.outcomes[name]; o != nil && o.complete != o.asked {
						t.Errorf("%s: %d of %d are complete", name, o.complete, o.asked)
					}
				}
				if test.pages > 0 && l.outcomes["page"].complete < test.pages {
					t.Errorf("%d pages are complete, want %d", l.outcomes["page"].complete, test.pages)
				}
				if l.api.refused > 0 || l.wasted > 5 {
					t.Errorf("refused %d, wasted %d", l.api.refused, l.wasted)
				}
			})
		})
	}
}
