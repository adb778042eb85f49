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

// The renderer must not be seen in any answer. Here random queries are put to two gateways in front of one upstream,
// of which only one has it, in good weather and in bad.

const (
	defaultCases = 400
	// manyRuns is after how many answers every type must have been seen in one.
	manyRuns = 6000
	// shards run at the same time, each with an upstream of its own.
	shards = 4
)

// fileLink is a link to a file.
var fileLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+/files/[\w-]+`)

var aSecond = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)

// soon replaces the end of a link that the gateway has chosen itself, because mStudio's was no use: the second of two
// answers may have been given a second later.
func soon(quoted []byte) []byte {
	at, err := time.Parse(`"`+time.RFC3339+`"`, string(quoted))
	if away := time.Until(at); err != nil || away < 0 || away > time.Hour {
		return quoted
	}
	return []byte(`"soon"`)
}

// pair is two gateways that differ in the renderer alone.
type pair struct{ renderer, executor *gatewaytest.Server }

// laboratory is an upstream with what stands in front of it.
type laboratory struct {
	upstream  *gatewaytest.Upstream
	weather   atomic.Pointer[weather]
	generator *querygen.Generator
	schema    *ast.Schema
	// plain redacts secrets, revealing gives them out.
	plain, revealing pair

	mu    sync.Mutex
	calls map[string][]string // of the upstream, by request id
	count atomic.Int64        // of the requests so far
}

func newLaboratory(t testing.TB) *laboratory {
	t.Helper()
	lab := &laboratory{calls: map[string][]string{}}
	lab.upstream = gatewaytest.NewUpstream(t, sandbox.Config{RateLimit: 1 << 30})
	lab.weather.Store(&weather{})
	lab.upstream.Intercept(func(next http.Handler) http.Handler {
		next = accessUntilAugust(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			lab.note(r)
			lab.weather.Load().serve(w, r, next)
		})
	})
	for into, reveal := range map[*pair]bool{&lab.plain: false, &lab.revealing: true} {
		// Nothing is to depend on what was asked before or on how fast it is answered.
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

// accessUntilAugust gives all access to files the same end, whenever it is asked for.
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

// unlimited lets queries pass that nobody would write.
func unlimited() limits.Limits {
	const many = 1 << 20
	return limits.Limits{
		Bytes: many, Tokens: many, Depth: many, Fields: many, Aliases: many, RootFields: many, Directives: many, Fragments: many,
		Cost: 1 << 30, Nodes: 1 << 30,
	}
}

func (l *laboratory) note(r *http.Request) {
	id := r.Header.Get("X-Request-Id")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[id] = append(l.calls[id], r.Method+" "+r.URL.RequestURI())
}

func (l *laboratory) takeCalls(id string) []string {
	l.upstream.TakeCalls() // it would keep them for ever
	l.mu.Lock()
	defer l.mu.Unlock()
	// The list of categories is fetched for no request in particular.
	calls := slices.Concat(l.calls[id], l.calls[""])
	delete(l.calls, id)
	delete(l.calls, "")
	slices.Sort(calls)
	return calls
}

// tokens are those of the demo callers.
func tokens() []string {
	var all []string
	for _, token := range sandbox.DemoTokens() {
		all = append(all, token.Token)
	}
	return all
}

// experiment is one operation for both gateways.
type experiment struct {
	seed, round uint64
	query       *querygen.Case
	token       string
	weather     weather
	reveal      bool
}

// outcome is what both answered, if they agree.
type outcome struct {
	refused bool // by parser or validation
	failed  bool // there are errors
	body    []byte
}

// run compares the two gateways.
func (l *laboratory) run(t testing.TB, e experiment) outcome {
	t.Helper()
	l.weather.Store(&e.weather)
	doors := l.plain
	if e.reveal {
		doors = l.revealing
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
	about := fmt.Sprintf("seed %d, round %d, token %s, weather %+v, reveal %t, operation %q, variables %s\n%s",
		e.seed, e.round, e.token, e.weather, e.reveal, e.query.Operation(e.round), variables, e.query.Query)
	got, gotCalls := l.ask(t, doors.renderer, e.token, body)
	want, wantCalls := l.ask(t, doors.executor, e.token, body)
	if got.Status != want.Status || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("%s\nstatus: renderer %d, executor %d\n%s", about, got.Status, want.Status, firstDifference(got.Body, want.Body))
	}
	result := outcome{
		refused: bytes.HasPrefix(want.Body, []byte(`{"errors":`)) && !bytes.Contains(want.Body, []byte(`],"data":`)),
		failed:  bytes.HasPrefix(want.Body, []byte(`{"errors":`)),
		body:    want.Body,
	}
	if result.refused {
		t.Logf("refused: %s\n%.500s", about, want.Body)
	}
	if e.weather.drift+e.weather.failures > 0 {
		gotCalls, wantCalls = slices.DeleteFunc(gotCalls, isOfWholeList), slices.DeleteFunc(wantCalls, isOfWholeList)
	}
	if e.query.Racing() {
		gotCalls, wantCalls = slices.DeleteFunc(gotCalls, isLookup), slices.DeleteFunc(wantCalls, isLookup)
	}
	if !slices.Equal(settled(gotCalls, want.Body), settled(wantCalls, want.Body)) {
		t.Errorf("%s\ncalls of the renderer:\n\t%s\ncalls of the executor:\n\t%s\n%.1000s", about,
			strings.Join(gotCalls, "\n\t"), strings.Join(wantCalls, "\n\t"), want.Body)
	}
	return result
}

// settled leaves out the calls that may or may not be made: those that were started on the chance that something is
// found, which it was not, are cancelled when the operation is over. Calls of an answer without nulls and errors are
// all settled.
func settled(calls []string, body []byte) []string {
	calls = slices.Compact(slices.Clone(calls))
	response := struct {
		Errors json.RawMessage `json:"errors"`
		Data   map[string]any  `json:"data"`
	}{}
	if json.Unmarshal(body, &response) == nil && response.Errors == nil && allFound(response.Data) {
		return calls
	}
	return slices.DeleteFunc(calls, func(call string) bool {
		return strings.HasSuffix(call, "/messages") || strings.HasSuffix(call, "/members") || isOfWholeList(call)
	})
}

// isOfWholeList reports whether a call is one of a list that is read as a whole. Such lists are started beside the one
// whose elements need them, for nothing if that fails or turns out to be empty; and a scan whose pages fail ends with
// whichever fails first.
func isOfWholeList(call string) bool {
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

// newPost is a request of a test, of its goroutines or of a fuzz target.
func newPost(server *gatewaytest.Server, token string, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return request, nil
}

// ask sends a request with an id of its own, which is replaced where an error repeats it.
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
	answer.Body = bytes.ReplaceAll(answer.Body, []byte(id), []byte("the request's id"))
	answer.Body = fileLink.ReplaceAll(answer.Body, []byte("a link")) // no two are the same
	answer.Body = aSecond.ReplaceAllFunc(answer.Body, soon)
	return answer, l.takeCalls(id)
}

// firstDifference shows where two bodies begin to differ.
func firstDifference(got, want []byte) string {
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	const before, after = 200, 300
	cut := func(body []byte) []byte { return body[max(at-before, 0):min(at+after, len(body))] }
	return fmt.Sprintf("they differ at byte %d of %d and %d\nprojector: …%s…\nexecutor:  …%s…", at, len(got), len(want), cut(got), cut(want))
}

// experimentOf decides everything else about a case by its seed.
func experimentOf(query *querygen.Case, seed, round uint64, token string) experiment {
	e := experiment{seed: seed, round: round, query: query, token: token, reveal: seed%4 == 1}
	if query.Racing() {
		return e // a list and a single conversation say the same in good weather alone
	}
	switch seed % 10 {
	case 0, 1, 2:
		e.weather = weather{seed: seed, drift: int(2 + seed%23)}
	case 3:
		e.weather = weather{seed: seed, failures: 15}
	case 4, 5:
		e.weather = weather{seed: seed, drift: int(2 + seed%11), failures: 8}
	}
	return e
}

// tally is what a whole run was made of.
type tally struct {
	mu                      sync.Mutex
	runs, refused, failed   int
	selected, answeredTypes map[string]bool
	bytes                   int
}

func (s *tally) add(query *querygen.Case, schema *ast.Schema, result outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs++
	s.bytes += len(result.body)
	if result.refused {
		s.refused++
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

// check proves that the run was worth something: queries were valid, answers were good as well as bad, and nothing of
// the schema was left out.
func (s *tally) check(t *testing.T, lab *laboratory) {
	t.Helper()
	t.Logf("%d answers of %d bytes on average, %d refused, %d with errors", s.runs, s.bytes/max(s.runs, 1), s.refused, s.failed)
	if s.refused*50 > s.runs {
		t.Errorf("%d of %d queries were refused, more than 2 %%", s.refused, s.runs)
	}
	if s.failed*10 < s.runs || s.failed*10 > s.runs*8 {
		t.Errorf("%d of %d answers have errors: want at least 10 %% and at most 80 %%", s.failed, s.runs)
	}
	for _, name := range lab.generator.Fields() {
		if !s.selected[name] {
			t.Errorf("%s was never selected", name)
		}
	}
	if s.runs < manyRuns {
		return
	}
	// What only mutations answer with has a test of its own.
	for _, field := range lab.generator.Fields() {
		name, _, _ := strings.Cut(field, ".")
		if lab.schema.Types[name].Kind == ast.Object && !s.answeredTypes[name] {
			t.Errorf("no answer has a %s", name)
		}
	}
}

// TestRendererEqualsExecutor runs DIFFERENTIAL_CASES queries, each for three callers with other variables, beginning
// at the seed DIFFERENTIAL_SEED.
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
		sum.check(t, lab)
	}
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name) //nolint:forbidigo // how much to test is not the program's business
	if text == "" {
		return otherwise
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// FuzzRenderer looks for seeds, variables and weather under which the two gateways differ.
func FuzzRenderer(f *testing.F) {
	for i := range uint64(20) {
		f.Add(1_000_000+i*7919, i%3, i*31, byte(i*5%40), byte(i%4*7), i%5 == 0)
	}
	lab := newLaboratory(f)
	f.Fuzz(func(t *testing.T, seed, round, weatherSeed uint64, drift, failures byte, reveal bool) {
		query := lab.generator.Case(seed)
		e := experiment{seed: seed, round: round % 1000, query: query, token: tokens()[round%3], reveal: reveal}
		if !query.Racing() {
			e.weather = weather{seed: weatherSeed, drift: int(drift % 40), failures: int(failures % 20)}
		}
		lab.run(t, e)
	})
}

// TestRendererInACrowd puts the operations of one document, under all its conditions, to the gateway at the same
// time: more combinations than it keeps plans for.
func TestRendererInACrowd(t *testing.T) {
	t.Parallel()
	lab := newLaboratory(t)
	const fields = "id title status createdBy { name avatarUrl } category { id name } lastMessage { createdAt } " +
		"members { id active } messages(first: 3) { totalCount }"
	var variables, selections []string
	for i, field := range []string{"id", "title", "status", "createdBy { name }", "category { name }", "members { id }", "messages(first: 2) { nodes { ... on TextMessage { content } } }"} {
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
