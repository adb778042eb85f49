package faults_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// Two tenants use one gateway. The calls of the first meet faults.
const (
	struck = gatewaytest.Tenant(1)
	spared = gatewaytest.Tenant(2)
)

const (
	stormWorkers = 12  // of the struck tenant; they need more calls at once than there are connections
	stormRounds  = 5   // of the spared tenant
	stormCalls   = 150 // that have met the fault before the first round, or fewer if the gateway holds the others back
	stormPause   = 100 * time.Millisecond
)

// While every call of one tenant meets a fault, another tenant gets the same responses from the same calls as in a calm, and
// each of its calls starts as soon as it could in a calm.
func TestStormOfOneTenantSparesTheOther(t *testing.T) {
	t.Parallel()
	all := allFaults()
	for _, name := range []string{
		"500", "503", "401", "404", "429: 30 s", "429: reset in 1 s", "reset before the status line", "reset in the body", "no response",
		"half of the body, then nothing", "JSON cut short", "h2: stream reset before the headers",
	} {
		at := slices.IndexFunc(all, func(f fault) bool { return f.name == name })
		if at < 0 {
			t.Fatalf("no fault is named %q", name)
		}
		for _, protocol := range []string{http1, http2} {
			if f := all[at]; f.only == "" || f.only == protocol {
				t.Run(name+", HTTP "+protocol, func(t *testing.T) { t.Parallel(); testStorm(t, f, protocol) })
			}
		}
	}
}

func testStorm(t *testing.T, f fault, protocol string) {
	t.Helper()
	steps := &steps{next: gatewaytest.Tenants(sandbox.New(sandbox.Config{})), others: gatewaytest.Tenants(sandbox.New(sandbox.Config{}))}
	u := &upstream{fault: f, healthy: steps, meets: func(r *http.Request) bool {
		return r.Header.Get("X-Access-Token") == struck.Token() && r.URL.Path != "/v2/conversations"
	}}
	if err := u.start(protocol); err != nil {
		t.Fatal(err)
	}
	defer u.close()
	server, err := newShipped(u.url)
	if err != nil {
		t.Fatal(err)
	}
	defer server.close()
	calm := steps.round(t, server)
	defer startStorm(t, server)()
	poll(time.Second, func() bool { return u.requests.Load() >= stormCalls })
	if u.requests.Load() == 0 {
		t.Error("no call met the fault")
	}
	for range stormRounds {
		if diff := cmp.Diff(calm, steps.round(t, server)); diff != "" {
			t.Fatalf("(-calm +storm)\n%s", diff)
		}
	}
}

// startStorm sends operations of the struck tenant until stop is called.
func startStorm(t *testing.T, server http.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for worker := range stormWorkers {
		workers.Go(func() {
			for turn := worker; ctx.Err() == nil; turn++ {
				queries := []string{
					`{ viewer { name } conversations(first: 20) { nodes { messages { totalCount } } } }`,
					`{ conversations(first: 20) { nodes { messages { totalCount } members { user { name } } } } }`,
					`{ a: conversation(id: "` + shortID + `") { title messages { totalCount } members { user { name } } } }`,
					`mutation { sendMessage(input: {conversationId: "` + otherID + `", content: "storm"}) { messageId } }`,
				}
				server.ServeHTTP(httptest.NewRecorder(), newTenantRequest(ctx, struck, queries[turn%len(queries)]))
				select {
				case <-ctx.Done():
				case <-time.After(stormPause):
				}
			}
		})
	}
	return func() { cancel(); workers.Wait() }
}

func newTenantRequest(ctx context.Context, tenant gatewaytest.Tenant, query string) *http.Request {
	request := newRequest(ctx, query)
	request.Header.Set("Authorization", "Bearer "+tenant.Token())
	return request
}

// steps serves the calls of the spared tenant in steps: it responds to none of them before all calls of the step have
// arrived. A gateway that delays one of them never completes the step.
type steps struct {
	next, others http.Handler // of the spared tenant, and of all others

	mu       sync.Mutex
	want     []int // calls per step
	arrived  int
	complete chan struct{} // closed when the step is complete
	taken    []int
}

// stepTimeout is how long a step may take. Nothing but the gateway delays a call.
const stepTimeout = 5 * time.Second

// eventID differs between equal writes.
var eventID = regexp.MustCompile(`"eventId":"[^"]*"`)

// round sends the operations of the spared tenant one after another, and returns what they got and the steps they took.
func (s *steps) round(t *testing.T, server http.Handler) []string {
	t.Helper()
	var all []string
	for _, operation := range []struct {
		query string
		calls []int
	}{
		{`{ viewer { name } }`, []int{1}},
		{`{ conversation(id: "` + shortID + `") { title messages { totalCount } members { user { name } } } }`, []int{3}},
		{`{ conversations(first: 20) { nodes { title messages(last: 1) { nodes { ...on TextMessage { content } } } } } }`, []int{1, 20}},
		{`mutation { setConversationStatus(input: {conversationId: "` + otherID + `", status: CLOSED}) { userErrors { code } } }`, []int{1}},
	} {
		s.begin(operation.calls)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, newTenantRequest(t.Context(), spared, operation.query))
		all = append(all, fmt.Sprintf("%d %v %s", answer.Code, s.end(), eventID.ReplaceAllString(answer.Body.String(), "")))
		for _, mark := range append(gatewaytest.Marks(answer.Body.String()), spared.Mark()) {
			if mark != spared.Mark() || strings.Contains(answer.Body.String(), canary) {
				t.Errorf("data of the other tenant or of the fault: %s", answer.Body)
			}
		}
	}
	return all
}

func (s *steps) begin(calls []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want, s.arrived, s.complete, s.taken = calls, 0, make(chan struct{}), nil
}

// end returns the number of calls of each step.
func (s *steps) end() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.arrived > 0 {
		s.taken = append(s.taken, s.arrived)
	}
	return s.taken
}

func (s *steps) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Access-Token") != spared.Token() {
		s.others.ServeHTTP(w, r)
		return
	}
	select {
	case <-s.arrive():
	case <-time.After(stepTimeout):
	case <-r.Context().Done():
		return
	}
	s.next.ServeHTTP(w, r)
}

// arrive counts a call and returns the channel that is closed when its step is complete.
func (s *steps) arrive() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived++
	complete := s.complete
	if step := len(s.taken); step < len(s.want) && s.arrived == s.want[step] {
		s.taken = append(s.taken, s.arrived)
		s.arrived, s.complete = 0, make(chan struct{})
		close(complete)
	}
	return complete
}
