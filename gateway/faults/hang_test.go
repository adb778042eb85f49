package faults_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const (
	hangTenants    = 8   // whose operations need the route that hangs
	hangOperations = 160 // of these tenants, more than may run at once
	hangInterval   = 25 * time.Millisecond
)

// hangRoutes returns routes of mStudio, each with an operation that needs it and at most one other route.
func hangRoutes() map[string]struct{ path, query, other string } {
	one := `{ conversation(id: "` + shortID + `") `
	return map[string]struct{ path, query, other string }{
		"viewer":       {`/users/self$`, `{ viewer { name } }`, ""},
		"conversation": {`/conversations/[^/]+$`, one + `{ title } }`, ""},
		"messages":     {`/messages$`, one + `{ messages { totalCount } } }`, "conversation"},
		"members":      {`/members$`, one + `{ members { user { name } } } }`, "conversation"},
		"list":         {`/conversations$`, `{ conversations(first: 5) { nodes { title } } }`, ""},
	}
}

// While a route hangs, and more operations arrive that need it than may run at once, another tenant's operations that do not
// need it get the same responses as before. When the route works again, so do the operations that need it, at the latest when
// the attempts that hang have ended. The settings are the shipped ones.
func TestHangingRouteCostsNobodyElse(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup // not subtests, most of which would wait for others that wait
	for name := range hangRoutes() {
		all.Go(func() {
			if err := hang(t.Context(), name); err != nil {
				t.Errorf("%s hangs: %v", name, err)
			}
		})
	}
	all.Wait()
}

// hang returns an error if a route that hangs costs another tenant something.
func hang(ctx context.Context, name string) error {
	var hangs atomic.Bool
	path := regexp.MustCompile(hangRoutes()[name].path)
	u := &upstream{healthy: gatewaytest.Tenants(sandbox.New(sandbox.Config{})), fault: fault{answer: (*exchange).hold}}
	u.meets = func(r *http.Request) bool { return hangs.Load() && path.MatchString(r.URL.Path) }
	if err := u.start(http1); err != nil {
		return err
	}
	defer u.close()
	server, err := newShipped(u.url)
	if err != nil {
		return err
	}
	defer server.close()
	ctx, cancel := context.WithCancel(ctx)
	var load sync.WaitGroup
	defer load.Wait()
	defer cancel()
	calm, others := map[string]string{}, []string{}
	for other, route := range hangRoutes() {
		calm[other] = server.ask(ctx, spared, route.query)
		if other != name && route.other != name {
			others = append(others, other)
		}
	}
	hangs.Store(true)
	arrivals := time.NewTicker(hangInterval)
	defer arrivals.Stop()
	for i := range hangOperations {
		load.Go(func() { server.ask(ctx, gatewaytest.Tenant(10+i%hangTenants), hangRoutes()[name].query) })
		other := others[i%len(others)]
		if got := server.ask(ctx, spared, hangRoutes()[other].query); got != calm[other] {
			return fmt.Errorf("%d operations later, %s: want %s, got %s", i, other, calm[other], got)
		}
		<-arrivals.C
	}
	hangs.Store(false)
	if !poll(5*time.Second, func() bool { return server.ask(ctx, spared, hangRoutes()[name].query) == calm[name] }) {
		return errors.New("it does not work again")
	}
	return nil
}
