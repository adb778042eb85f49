package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/gatewaytest/querygen"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/sandbox"
)

// The tests in this file send random operations to two gateways with the same upstream, one with the renderer and one
// without, also with upstream faults. Responses and upstream calls must be equal.

const (
	defaultCases = 480
	// manyRuns is the number of responses that together must contain every type.
	manyRuns = 6000
	// shards is the number of concurrent runs, each with a separate upstream.
	shards = 4
)

// fileLink matches a link to a file.
var fileLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+/files/[\w-]+`)

var aSecond = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z"`)

// anyTime matches the start of a time, and time a whole DateTime.
var (
	anyTime  = regexp.MustCompile(`"\d+-\d\d-\d\dT\d\d:\d\d:[^"]*"`)
	dateTime = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$`)
)

// checkTimes checks that each time has the one form that the scalar's specification allows.
func checkTimes(t testing.TB, body []byte) {
	t.Helper()
	for _, found := range anyTime.FindAll(body, -1) {
		if !dateTime.Match(found) {
			t.Errorf("time %s", found)
		}
	}
}

// soon replaces the expiry of a link if the gateway has chosen it because mStudio's was invalid. The two responses may
// be a second apart.
func soon(quoted []byte) []byte {
	at, err := time.Parse(`"`+time.RFC3339+`"`, string(quoted))
	if away := time.Until(at); err != nil || away < 0 || away > time.Hour {
		return quoted
	}
	return []byte(`"soon"`)
}

// pair holds two gateways that differ only in their renderer.
type pair struct{ renderer, executor *gatewaytest.Server }

// laboratory holds an upstream and the gateways in front of it.
type laboratory struct {
	upstream  *gatewaytest.Upstream
	faults    atomic.Pointer[faults]
	generator *querygen.Generator
	schema    *ast.Schema
	// plain redacts secrets, revealing does not.
	plain, revealing pair

	mu    sync.Mutex
	calls map[string][]string // of the upstream, by request ID
	count atomic.Int64        // of requests so far
}

func newLaboratory(t testing.TB) *laboratory {
	t.Helper()
	lab := &laboratory{calls: map[string][]string{}}
	lab.upstream = gatewaytest.NewUpstream(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: 1 << 30, Window: time.Minute}})
	lab.faults.Store(&faults{})
	lab.upstream.Intercept(func(next http.Handler) http.Handler {
		next = accessUntilAugust(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			lab.note(r)
			lab.faults.Load().serve(w, r, next)
		})
	})
	for into, reveal := range map[*pair]bool{&lab.plain: false, &lab.revealing: true} {
		// Responses must not depend on earlier operations or on timing.
		config := gateway.Config{RevealSecrets: reveal, KeepCategories: -1, MaxCalls: 10_000, OperationTimeout: time.Minute, Limits: unlimited()}
		into.renderer = gatewaytest.NewServer(t, lab.upstream, config)
		config.NoRenderer = true
		into.executor = gatewaytest.NewServer(t, lab.upstream, config)
	}
	lab.schema = publicSchema(t)
	lab.generator = querygen.New(lab.schema, lab.pools(t))
	return lab
}

func publicSchema(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../graph/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return view.Public(gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: string(text)}))
}

// accessUntilAugust returns the same expiry for all access to files.
func accessUntilAugust(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/access-token") {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"accessToken":"a-token","expiresAt":"2026-08-01T00:00:00Z"}`)
	})
}

// unlimited returns limits that random operations do not exceed.
func unlimited() limits.Limits {
	const many = 1 << 20
	return limits.Limits{
		Bytes: many, Tokens: many, Depth: many, Fields: many, Aliases: many, RootFields: many, Directives: many, Fragments: many,
		Cost: 1 << 30, EventCalls: 1 << 30, Nodes: 1 << 30,
	}
}

func (l *laboratory) note(r *http.Request) {
	id := r.Header.Get("X-Request-Id")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[id] = append(l.calls[id], r.Method+" "+r.URL.RequestURI())
}

func (l *laboratory) takeCalls(id string) []string {
	l.upstream.TakeCalls() // it would store them forever
	l.mu.Lock()
	defer l.mu.Unlock()
	// Calls for the list of categories have no request ID.
	calls := slices.Concat(l.calls[id], l.calls[""])
	delete(l.calls, id)
	delete(l.calls, "")
	slices.Sort(calls)
	return calls
}

// tokens returns the tokens of the demo callers.
func tokens() []string {
	var all []string
	for _, token := range sandbox.DemoTokens() {
		all = append(all, token.Token)
	}
	return all
}

// experiment is one operation to send to both gateways.
type experiment struct {
	seed, round uint64
	query       *querygen.Case
	token       string
	faults      faults
	reveal      bool
}

// outcome describes the response of both gateways.
type outcome struct {
	rejected bool // by the parser or validation
	failed   bool // the response has errors
	body     []byte
}

// run sends an operation to both gateways and compares responses and calls.
func (l *laboratory) run(t testing.TB, e experiment) outcome {
	t.Helper()
	l.faults.Store(&e.faults)
	servers := l.plain
	if e.reveal {
		servers = l.revealing
	}
	variables, err := json.Marshal(e.query.Variables(e.round))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{
		"query": e.query.Query, "variables": json.RawMessage(variables), "operationName": e.query.Operation(e.round),
	})
	if err != nil {
		t.Fatal(err)
	}
	about := fmt.Sprintf("seed %d, round %d, token %s, faults %+v, reveal %t, operation %q, variables %s\n%s",
		e.seed, e.round, e.token, e.faults, e.reveal, e.query.Operation(e.round), variables, e.query.Query)
	got, gotCalls := l.ask(t, servers.renderer, e.token, body)
	want, wantCalls := l.ask(t, servers.executor, e.token, body)
	if got.Status != want.Status || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("%s\nstatus: renderer %d, executor %d\n%s", about, got.Status, want.Status, firstDifference(got.Body, want.Body))
	}
	if e.faults.drift == 0 { // which puts times into texts
		checkTimes(t, want.Body)
	}
	checkNulls(t, l.schema, e.query.Query, e.query.Operation(e.round), want.Body)
	result := outcome{
		rejected: bytes.HasPrefix(want.Body, []byte(`{"errors":`)) && !bytes.Contains(want.Body, []byte(`],"data":`)),
		failed:   bytes.HasPrefix(want.Body, []byte(`{"errors":`)),
		body:     want.Body,
	}
	if result.rejected {
		t.Logf("rejected: %s\n%.500s", about, want.Body)
	}
	if e.faults.drift+e.faults.failures > 0 {
		gotCalls, wantCalls = slices.DeleteFunc(gotCalls, isFullList), slices.DeleteFunc(wantCalls, isFullList)
	}
	if e.query.Racing() {
		gotCalls, wantCalls = slices.DeleteFunc(gotCalls, isLookup), slices.DeleteFunc(wantCalls, isLookup)
	}
	if !slices.Equal(certainCalls(gotCalls, want.Body), certainCalls(wantCalls, want.Body)) {
		t.Errorf("%s\ncalls with the renderer:\n\t%s\ncalls without the renderer:\n\t%s\n%.1000s", about,
			strings.Join(gotCalls, "\n\t"), strings.Join(wantCalls, "\n\t"), want.Body)
	}
	return result
}

// certainCalls removes the calls that depend on timing: prefetched calls are cancelled at the end of the operation if
// their object is missing. If a response has neither nulls nor errors, all calls are certain.
func certainCalls(calls []string, body []byte) []string {
	calls = slices.Compact(slices.Clone(calls))
	response := struct {
		Errors json.RawMessage `json:"errors"`
		Data   map[string]any  `json:"data"`
	}{}
	if json.Unmarshal(body, &response) == nil && response.Errors == nil && allFound(response.Data) {
		return calls
	}
	return slices.DeleteFunc(calls, func(call string) bool {
		return strings.HasSuffix(call, "/messages") || strings.HasSuffix(call, "/members") || strings.HasPrefix(call, "GET /v2/notifications") || isFullList(call)
	})
}

// isFullList reports whether a call reads a page of a full list. Such lists are fetched concurrently with the list
// whose elements refer to theirs, without need if that list fails or is empty. If several pages fail, the first error
// cancels the others.
func isFullList(call string) bool {
	return strings.Contains(call, "limit=100&") || strings.HasSuffix(call, "?limit=1000")
}

func isLookup(call string) bool { return lookup.MatchString(call) }

var lookup = regexp.MustCompile(`^GET /v2/conversations/[^/]*$`)

func allFound(data map[string]any) bool {
	for _, value := range data {
		list, _ := value.([]any)
		if value == nil || slices.Contains(list, nil) {
			return false
		}
	}
	return true
}

// newPost returns a request. It has no testing.TB, because goroutines use it as well.
func newPost(server *gatewaytest.Server, token string, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return request, nil
}

// ask sends a request with a unique request ID, and replaces the ID in the response.
func (l *laboratory) ask(t testing.TB, server *gatewaytest.Server, token string, body []byte) (gatewaytest.Response, []string) {
	t.Helper()
	id := "differential-" + strconv.FormatInt(l.count.Add(1), 10)
	request, err := newPost(server, token, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("X-Request-Id", id)
	answer := server.Do(t, request)
	answer.Body = bytes.ReplaceAll(answer.Body, []byte(id), []byte("the request ID"))
	answer.Body = fileLink.ReplaceAll(answer.Body, []byte("a link")) // each is unique
	answer.Body = aSecond.ReplaceAllFunc(answer.Body, soon)
	return answer, l.takeCalls(id)
}

// firstDifference describes the first difference of two bodies.
func firstDifference(got, want []byte) string {
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	const before, after = 200, 300
	cut := func(body []byte) []byte { return body[max(at-before, 0):min(at+after, len(body))] }
	return fmt.Sprintf("first difference at byte %d of %d and %d\nrenderer: …%s…\nexecutor:  …%s…", at, len(got), len(want), cut(got), cut(want))
}

// experimentOf derives all other settings of a case from its seed.
func experimentOf(query *querygen.Case, seed, round uint64, token string) experiment {
	e := experiment{seed: seed, round: round, query: query, token: token, reveal: seed%4 == 1}
	if query.Racing() || query.SearchesShortID(round) || query.SharesRows() {
		return e // the forms of a conversation in several responses are equal only without faults
	}
	switch seed % 10 {
	case 0, 1, 2:
		e.faults = faults{seed: seed, drift: int(2 + seed%23)}
	case 3:
		e.faults = faults{seed: seed, failures: 15}
	case 4, 5:
		e.faults = faults{seed: seed, drift: int(2 + seed%11), failures: 8}
	}
	return e
}

// tally counts the results of a run.
type tally struct {
	mu                      sync.Mutex
	runs, rejected, failed  int
	selected, answeredTypes map[string]bool
	bytes                   int
}

func (s *tally) add(query *querygen.Case, schema *ast.Schema, result outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs++
	s.bytes += len(result.body)
	if result.rejected {
		s.rejected++
	}
	if result.failed {
		s.failed++
	}
	maps.Copy(s.selected, query.Selected)
	for name, of := range schema.Types {
		if !s.answeredTypes[name] && of.Kind == ast.Object && bytes.Contains(result.body, []byte(`:"`+name+`"`)) {
			s.answeredTypes[name] = true
		}
	}
}

// check fails if too many operations were invalid, if too few or too many responses have errors, or if a part of the
// schema was not covered.
func (s *tally) check(t *testing.T, lab *laboratory) {
	t.Helper()
	t.Logf("%d responses of %d bytes on average, %d rejected, %d with errors", s.runs, s.bytes/max(s.runs, 1), s.rejected, s.failed)
	if s.rejected*50 > s.runs {
		t.Errorf("%d of %d queries were rejected (want at most 2 %%)", s.rejected, s.runs)
	}
	if s.failed*10 < s.runs || s.failed*10 > s.runs*8 {
		t.Errorf("%d of %d responses have errors (want 10 to 80 %%)", s.failed, s.runs)
	}
	for _, name := range lab.generator.Fields() {
		if !s.selected[name] {
			t.Errorf("%s was never selected", name)
		}
	}
	if s.runs < manyRuns {
		return
	}
	// Results of mutations have their own test.
	for _, field := range lab.generator.Fields() {
		name, _, _ := strings.Cut(field, ".")
		if lab.schema.Types[name].Kind == ast.Object && !s.answeredTypes[name] {
			t.Errorf("no response has a %s", name)
		}
	}
}

// TestRendererEqualsExecutor runs DIFFERENTIAL_CASES queries from seed DIFFERENTIAL_SEED on, each for three callers
// with different variables.
func TestRendererEqualsExecutor(t *testing.T) {
	t.Parallel()
	cases, first := setting(t, "DIFFERENTIAL_CASES", defaultCases), setting(t, "DIFFERENTIAL_SEED", 0)
	sum := &tally{selected: map[string]bool{}, answeredTypes: map[string]bool{}}
	var lab *laboratory
	t.Run("shards", func(t *testing.T) {
		for shard := range uint64(shards) {
			own := newLaboratory(t)
			lab = own
			t.Run(strconv.FormatUint(shard, 10), func(t *testing.T) {
				t.Parallel()
				for seed := first + shard; seed < first+cases && !t.Failed(); seed += shards {
					query := own.generator.Case(seed)
					for round, token := range tokens() {
						sum.add(query, own.schema, own.run(t, experimentOf(query, seed, uint64(round), token)))
					}
				}
			})
		}
	})
	if cases >= defaultCases && !t.Failed() {
		lab = newLaboratory(t) // those of the shards have ended
		for _, token := range tokens() {
			sum.add(rareTypes(), lab.schema, lab.run(t, experiment{query: rareTypes(), token: token}))
		}
		sum.check(t, lab)
	}
}

// rareTypes selects the types that random queries reach least often: one conversation in 500 has a relocation.
func rareTypes() *querygen.Case {
	return &querygen.Case{Operations: []string{""}, Query: `{
		conversation(id: "1c2cf498-4ab6-5330-82fc-6c60b647f4cf") { messages { nodes { __typename ... on ServiceRequest { payload { __typename
			... on Relocation { contact { __typename firstName } source { __typename providerName } target { __typename organisation }
				domains { __typename domainName } mailboxes { __typename } } } } } } }
		conversations(first: 20) { nodes { messages { nodes { ... on TextMessage { files { __typename ... on UploadedFile { download { __typename url } } } } } } } }
	}`}
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name) //nolint:forbidigo // a setting of the tests, not of the program
	if text == "" {
		return otherwise
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// FuzzRenderer searches for seeds, variables and faults with different results.
func FuzzRenderer(f *testing.F) {
	for i := range uint64(20) {
		f.Add(1_000_000+i*7919, i%3, i*31, byte(i*5%40), byte(i%4*7), i%5 == 0)
	}
	f.Add(uint64(1_150_074), uint64(193), uint64(947), byte(11), byte(7), false) // searches for a short ID
	lab := newLaboratory(f)
	f.Fuzz(func(t *testing.T, seed, round, faultsSeed uint64, drift, failures byte, reveal bool) {
		query := lab.generator.Case(seed)
		e := experiment{seed: seed, round: round % 1000, query: query, token: tokens()[round%3], reveal: reveal}
		if !query.Racing() && !query.SearchesShortID(e.round) {
			e.faults = faults{seed: faultsSeed, drift: int(drift % 40), failures: int(failures % 20)}
		}
		lab.run(t, e)
	})
}

// TestRenderer_ConcurrentConditions sends the operations of one document concurrently, with all values of its
// conditions: more combinations than a plan cache holds.
func TestRenderer_ConcurrentConditions(t *testing.T) {
	t.Parallel()
	lab := newLaboratory(t)
	const fields = "id title status createdBy { name avatarUrl } category { id name } lastMessage { createdAt } " +
		"members { isActive user { id } } messages(first: 3) { totalCount }"
	var variables, selections []string
	for i, field := range []string{"id", "title", "status", "createdBy { name }", "category { name }", "members { user { id } }", "messages(first: 2) { nodes { ... on TextMessage { content } } }"} {
		variables = append(variables, fmt.Sprintf("$c%d: Boolean!", i))
		selections = append(selections, fmt.Sprintf("... @include(if: $c%d) { %s }", i, field))
	}
	declared, conditional := strings.Join(variables, ", "), strings.Join(selections, " ")
	query := fmt.Sprintf(`
		query A(%s) { conversation(id: %q) { __typename ...F } }
		query B(%s) { conversation(id: %q) { __typename ...F } }
		query C { conversation(id: %q) { %s } }
		fragment F on Conversation { %s }`, declared, shortID, declared, otherID, sharedID, fields, conditional)
	combinations := 1 << len(variables)
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range combinations {
				mask := (i*37 + worker*11) % combinations
				values := map[string]any{}
				for bit := range variables {
					values[fmt.Sprintf("c%d", bit)] = mask>>bit&1 == 1
				}
				operation := string("ABC"[(i+worker)%3])
				lab.runText(t, query, operation, values)
			}
		})
	}
	running.Wait()
}

// runText compares the answers to a query that is no random one.
func (l *laboratory) runText(t testing.TB, query, operation string, variables map[string]any) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables, "operationName": operation})
	if err != nil {
		t.Error(err)
		return
	}
	var bodies [2][]byte
	for i, server := range []*gatewaytest.Server{l.plain.renderer, l.plain.executor} {
		request, err := newPost(server, gatewaytest.Token(), body)
		if err != nil {
			t.Error(err)
			return
		}
		answer, err := server.Send(request)
		if err != nil {
			t.Error(err)
			return
		}
		bodies[i] = answer.Body
	}
	if !bytes.Equal(bodies[0], bodies[1]) {
		t.Errorf("%s\n%s", body, firstDifference(bodies[0], bodies[1]))
	}
}
