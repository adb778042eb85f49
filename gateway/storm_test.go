package gateway_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const (
	stormTenants = 16
	stormWorkers = 2 // per tenant
	stormTurns   = 8 // per worker
)

// stormQueries read the same objects in different ways: lists, messages, the same conversation twice, secrets, shared
// data, and writes.
func stormQueries() []string {
	const one = `conversation(id: "` + shortID + `")`
	return []string{
		`{ conversations(first: 10) { nodes { title messages(last: 2) { nodes { ...on TextMessage { content } } } } } conversationCategories { name } }`,
		`{ ` + one + ` { title messages { nodes { ...on TextMessage { content createdBy { name } } } } members { user { name } } } }`,
		`{ a: ` + one + ` { title } b: ` + one + ` { title messages { totalCount } } viewer { name } }`,
		`{ node(id: "` + shortID + `") { ...on Conversation { title } } nodes(ids: ["` + shortID + `", "` + otherID + `"]) { ...on Conversation { title } } }`,
		`mutation { sendMessage(input: {conversationId: "` + otherID + `", content: "Von irgendwem."}) { conversation { title } sentMessage { content } } }`,
		strings.Replace(askSecrets, "{\n", "{ viewer { name } a: "+one+" { title }", 1),
		`{ ` + one + ` { ...on Conversation { title } } __schema { queryType { name } } }`,
	}
}

// storm sends many operations of many tenants concurrently.
type storm struct {
	server              *gatewaytest.Server
	answered, cancelled atomic.Int64
}

// Many tenants read the same objects concurrently, and a third of them disconnect. No tenant gets data of another, and
// none fails because another disconnects.
func TestStormOfTenants(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{Latency: time.Millisecond})
	upstream.Intercept(gatewaytest.Tenants)
	s := &storm{server: gatewaytest.NewServer(t, upstream, gateway.Config{RevealSecrets: true, MaxInFlight: 1000})}
	var group sync.WaitGroup
	for number := range stormTenants * stormWorkers {
		tenant := gatewaytest.Tenant(number % stormTenants)
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(number), 0))
			for range stormTurns {
				s.turn(t, tenant, random)
			}
		})
	}
	group.Wait()
	t.Logf("%d answered, %d cancelled", s.answered.Load(), s.cancelled.Load())
	if s.answered.Load() < stormTenants || s.cancelled.Load() == 0 {
		t.Error("that was no storm")
	}
}

func (s *storm) turn(t *testing.T, tenant gatewaytest.Tenant, random *rand.Rand) {
	queries := stormQueries()
	query := queries[random.IntN(len(queries))]
	request := s.server.NewRequest(t, tenant.Token(), query, nil)
	hangsUp := random.IntN(3) == 0
	if hangsUp {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(30))*time.Millisecond)
		defer cancel()
		request = request.WithContext(ctx)
	}
	response, err := s.server.Send(request)
	switch {
	case err != nil && hangsUp:
		s.cancelled.Add(1)
	case err != nil:
		t.Error(err)
	default:
		s.answered.Add(1)
		checkTenant(t, tenant, query, response)
	}
}

// checkTenant checks that a response has no data of other tenants and no error.
func checkTenant(t *testing.T, tenant gatewaytest.Tenant, query string, response gatewaytest.Response) {
	body := string(response.Body)
	marks := gatewaytest.Marks(body)
	if len(marks) == 0 {
		t.Errorf("%d: nothing of the tenant's: %s", tenant, body)
	}
	if i := slices.IndexFunc(marks, func(mark string) bool { return mark != tenant.Mark() }); i >= 0 {
		t.Errorf("%d was given what belongs to %s: %s", tenant, marks[i], body)
	}
	if response.Status != http.StatusOK || strings.Contains(body, `"errors"`) || strings.Contains(body, "token-of-") {
		t.Errorf("%d: %d: %s\n%s", tenant, response.Status, query, body)
	}
}

// A thousand times, two callers read one conversation at the same moment. mStudio gets both tokens each time.
func TestTwoCallersAtOnce(t *testing.T) {
	t.Parallel()
	seen := &callers{calls: map[string][]string{}}
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	upstream.Intercept(gatewaytest.Tenants)
	upstream.Intercept(seen.watch)
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	const rounds = 1000 / slowness
	for range rounds {
		var responses []<-chan gatewaytest.Response
		for tenant := range gatewaytest.Tenant(2) {
			responses = append(responses, server.Start(server.NewRequest(t, tenant.Token(), `{ conversation(id: "`+shortID+`") { title } }`, nil)))
		}
		for tenant, response := range responses {
			checkTenant(t, gatewaytest.Tenant(tenant), "", <-response)
		}
	}
	for tenant := range gatewaytest.Tenant(2) {
		diff(t, fmt.Sprintf("calls of %d", tenant), rounds, len(seen.of(tenant.Token())))
	}
}
