//go:build unix

package gateway_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

const (
	// attackTime is the maximum CPU time of an attack, on both sides of the connection.
	attackTime = 50 * time.Millisecond * slowness
	// attackMemory is the maximum that an attack allocates, in bytes, without the request body.
	attackMemory = 20 << 20 * bloat
	tenMegabytes = 10 << 20
)

// attack is a request that would be expensive if the gateway did not reject it.
type attack struct {
	body   string
	status int
	code   string
	limit  string // in the error's extensions; empty if the limits do not apply
}

func nested(start, middle, end string, levels int) string {
	return strings.Repeat(start, levels) + middle + strings.Repeat(end, levels)
}

// doubled is a chain of fragments, each of which selects the next one twice.
func doubled(kind, twice string, levels int, last string) string {
	var text strings.Builder
	for i := range levels {
		fmt.Fprintf(&text, " fragment F%d on %s { %s }", i, kind, strings.ReplaceAll(twice, "NEXT", fmt.Sprintf("...F%d", i+1)))
	}
	return text.String() + fmt.Sprintf(" fragment F%d on %s { %s }", levels, kind, last)
}

func manyOfOne() map[string]attack {
	const tooLarge, limit = "REQUEST_TOO_LARGE", "OPERATION_LIMIT"
	return map[string]attack{
		"10000 root aliases":         {asking("{" + numbered("a%d: viewer { id } ", 10_000) + "}"), 413, tooLarge, "body"},
		"10000 leaf aliases":         {asking("{ viewer {" + numbered("a%d:id ", 10_000) + "} }"), 200, tooLarge, "bytes"},
		"10000 equal objects":        {asking("{" + strings.Repeat(`conversation(id:"0"){id} `, 10_000) + "}"), 413, tooLarge, "body"},
		"10000 times __typename":     {asking("{" + strings.Repeat("__typename ", 10_000) + "}"), 200, tooLarge, "bytes"},
		"10000 directives":           {asking("{ viewer { id " + strings.Repeat("@a ", 10_000) + "} }"), 200, limit, "tokens"},
		"10000 comments":             {asking(strings.Repeat("#\n", 8000) + "{ viewer { id } }"), 200, limit, "tokens"},
		"990 times __typename":       {asking("{" + strings.Repeat("__typename ", 990) + "}"), 200, limit, "rootFields"},
		"200 root aliases":           {asking("{" + numbered("a%d:__typename ", 200) + "}"), 200, limit, "rootFields"},
		"200 leaf aliases":           {asking("{ viewer {" + numbered("a%d:id ", 200) + "} }"), 200, limit, "aliases"},
		"51 calls of one kind":       {asking("{" + numbered("a%d:viewer{id} ", 51) + "}"), 200, limit, "rootFields"},
		"100 mutations":              {asking("mutation {" + numbered("a%d:close(id:1) ", 100) + "}"), 200, limit, "rootMutations"},
		"400 directives":             {asking("{ viewer { id " + strings.Repeat("@a ", 400) + "} }"), 200, limit, "directives"},
		"190 operations":             {asking(numbered("query Q%d { __typename } ", 190)), 200, limit, "operations"},
		"200 variables":              {asking("query(" + numbered("$v%d:ID ", 200) + ") { viewer { id } }"), 200, limit, "variables"},
		"101 fragments":              {asking("{ viewer {" + numbered("...F%d ", 101) + "} }" + numbered(" fragment F%d on User { id }", 101)), 200, limit, "fragments"},
		"1500 fragments":             {asking("{ viewer {" + numbered("...F%d ", 1500) + "} }" + numbered(" fragment F%d on User { id }", 1500)), 200, limit, "tokens"},
		"1000 batched operations":    {"[" + strings.Repeat(`{"query": "{ viewer { id } }"},`, 999) + `{"query": "{ __typename }"}]`, 400, "BAD_USER_INPUT", ""},
		"six lists of histories":     {asking(expensiveQuery()), 200, "COMPLEXITY_LIMIT_EXCEEDED", "cost"},
		"large pages of large pages": {asking("{ a: conversations(first: 100) { nodes {" + numbered("m%d:messages(first:100){nodes{...on TextMessage{a:files{id} b:files{id} c:files{id}}}} ", 5) + "} } }"), 200, "COMPLEXITY_LIMIT_EXCEEDED", "nodes"},
		"ten million conversations":  {asking("{ conversations(first: 10000000) { nodes { id } } }"), 200, "COMPLEXITY_LIMIT_EXCEEDED", "nodes"},
		"ten million with messages":  {asking("{ conversations(first: 10000000) { nodes { messages { totalCount } } } }"), 200, "COMPLEXITY_LIMIT_EXCEEDED", "cost"},
		"ten million in a variable":  {asks("query($n: Int) { conversations(last: $n) { edges { node { id } } } }", `{"n": 10000000}`), 200, "COMPLEXITY_LIMIT_EXCEEDED", "nodes"},
		"ten million messages":       {asking(`{ conversation(id: "` + shortID + `") { messages(first: 10000000) { nodes { __typename } } } }`), 200, "COMPLEXITY_LIMIT_EXCEEDED", "nodes"},
		"ten million, only counted":  {asking("{ conversations(first: 10000000) { totalCount } }"), 200, "BAD_USER_INPUT", ""},
		"60000 ids":                  {asks("query($v: [ID!]!) { nodes(ids: $v) { id } }", `{"v": [1`+strings.Repeat(",1", 60_000)+`]}`), 200, "COMPLEXITY_LIMIT_EXCEEDED", "cost"},
		"21000 ids of 309 digits":    {asks("query($v: [ID!]!) { nodes(ids: $v) { id } }", `{"v": [1`+strings.Repeat(",1e308", 21_000)+`]}`), 200, "COMPLEXITY_LIMIT_EXCEEDED", "cost"},
	}
}

// spread returns a document whose estimate visits the last selection hundreds of times, in each of nested conversations.
func spread(last string) string {
	const next = "{ ...on Project { conversations { nodes { NEXT } edges { node { NEXT } } } } ...on Customer { conversations { nodes { NEXT } edges { node { NEXT } } } } } "
	return asking(`{ conversation(id: "` + shortID + `") { ...F0 } }` + doubled("Conversation", "relatedTo "+next+"relations "+next, 3, last))
}

func fragments() map[string]attack {
	const tooLarge, limit, invalid, costly = "REQUEST_TOO_LARGE", "OPERATION_LIMIT", "GRAPHQL_VALIDATION_FAILED", "COMPLEXITY_LIMIT_EXCEEDED"
	const filtered = "relatedTo { ...on Project { conversations(filter: {%s}) { totalCount } } }"
	return map[string]attack{
		"fragments doubled 28 times":         {asking("{ ...F0 }" + doubled("Query", "NEXT NEXT", 28, "viewer { id }")), 200, limit, "rootFields"},
		"fragments doubled below a field":    {asking("{ viewer { ...F0 } }" + doubled("User", "NEXT NEXT", 28, "id")), 200, limit, "fields"},
		"fields and fragments doubled":       {asking("{ node(id: 1) { ...F0 } }" + doubled("Conversation", "createdBy { NEXT } mainUser { NEXT }", 24, "id")), 200, limit, "depth"},
		"introspection doubled 25 times":     {asking("{ __schema { types { ...F0 } } }" + doubled("__Type", "ofType { NEXT } a: ofType { NEXT }", 25, "name")), 200, limit, "fields"},
		"a chain of 35 that is spread twice": {asking("{ viewer { ...F0 ...F0 } }" + doubled("User", "id NEXT name NEXT", 35, "id")), 200, limit, "fields"},
		"a chain of 1500":                    {asking("{ viewer { ...F0 } }" + doubled("User", "NEXT", 1500, "id")), 200, limit, "tokens"},
		"a fragment in itself":               {asking("{ viewer { ...A } } fragment A on User { id ...A }"), 200, invalid, ""},
		"a circle of fragments":              {asking("{ viewer { ...F0 } }" + doubled("User", "NEXT NEXT", 30, "...F0 ...F1")), 200, invalid, ""},
		"60 kB of an argument, often":        {spread(`messages(after: "` + strings.Repeat("x", 60_000) + `") { totalCount }`), 200, costly, "cost"},
		"60 kB of a search, often":           {spread(fmt.Sprintf(filtered, `search: "`+strings.Repeat("x", 60_000)+`"`)), 200, costly, "nodes"},
		"4500 states of a filter, often":     {spread(fmt.Sprintf(filtered, "states: ["+strings.Repeat("OPEN ", 4500)+"]")), 200, costly, "nodes"},
		"circular introspection":             {asking("{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"), 200, invalid, ""},
	}
}

// introspectionParts returns the root field of the query of graphql-js, and its fragments.
func introspectionParts() (field, fragments string) {
	field, fragments, _ = strings.Cut(strings.TrimPrefix(introspectionQuery, "query IntrospectionQuery {"), "\n}\n")
	return field, fragments
}

// introspections repeat introspection by aliases, fragments, leaves and types.
func introspections() map[string]attack {
	const costly, wide = "COMPLEXITY_LIMIT_EXCEEDED", "types{fields{args{name type{name}} type{name fields{name}}} inputFields{name} possibleTypes{fields{name}}}"
	full, parts := introspectionParts()
	return map[string]attack{
		"20 times GraphiQL's query":     {asking("{" + numbered(strings.Replace(full, "__schema", "a%d:__schema", 1), 20) + "}" + parts), 200, costly, "introspection"},
		"20 times the schema":           {asking("{" + numbered("a%d:__schema{"+wide+"} ", 20) + "}"), 200, costly, "introspection"},
		"the schema's types 20 times":   {asking("{__schema{" + numbered("a%d:"+wide+" ", 20) + "}}"), 200, costly, "introspection"},
		"the schema by fragments":       {asking("{" + numbered("...F%d ", 20) + "}" + numbered(" fragment F%[1]d on Query{a%[1]d:__schema{"+wide+"}}", 20)), 200, costly, "introspection"},
		"a description 100 times":       {asking("{__schema{types{fields{" + numbered("a%d:description ", 100) + "}}}}"), 200, costly, "introspection"},
		"a type's name 100 times":       {asking("{__schema{types{fields{" + numbered("a%d:__typename ", 100) + "}}}}"), 200, costly, "introspection"},
		"a type 50 times":               {asking(`{` + numbered(`a%d:__type(name:"Query"){fields{name args{name type{name ofType{name}}} type{name fields{name args{name type{name}} type{name ofType{name}}}}}} `, 50) + `}`), 200, costly, "introspection"},
		"a type 50 times by a variable": {asks(`query($n:String!){`+numbered(`a%d:__type(name:$n){fields{name args{name type{name ofType{name}}} type{name fields{name args{name type{name}} type{name ofType{name}}}}}} `, 50)+`}`, `{"n":"Query"}`), 200, costly, "introspection"},
	}
}

func nesting() map[string]attack {
	const tooLarge, limit, invalid = "REQUEST_TOO_LARGE", "OPERATION_LIMIT", "GRAPHQL_VALIDATION_FAILED"
	const million = 1_000_000
	return map[string]attack{
		"selections nested 300 deep":          {asking(nested("{a", "", "}", 300)), 200, limit, "depth"},
		"selections nested a million deep":    {asking(nested("{a", "", "}", million)), 413, tooLarge, "body"},
		"lists nested 480 deep":               {asking("{ nodes(ids: " + nested("[", "", "]", 480) + ") { id } }"), 200, invalid, ""},
		"lists nested a million deep":         {asking("{ nodes(ids: " + nested("[", "", "]", million) + ") { id } }"), 413, tooLarge, "body"},
		"objects nested 240 deep":             {asking("{ conversations(filter: " + nested("{a:", "1", "}", 240) + ") { totalCount } }"), 200, invalid, ""},
		"types nested 480 deep":               {asking("query($v: " + nested("[", "ID", "]", 480) + ") { nodes(ids: $v) { id } }"), 200, invalid, ""},
		"inline fragments nested 320 deep":    {asking("{ viewer " + nested("{...", "{ideas}", "}", 320) + " }"), 200, invalid, ""},
		"inline fragments nested 20000 deep":  {asking("{ viewer " + nested("{...", "{id}", "}", 20_000) + " }"), 200, tooLarge, "bytes"},
		"a variable nested 9000 deep":         {asks("query($v: [ID!]!) { nodes(ids: $v) { id } }", `{"v": `+nested("[", "", "]", 9000)+`}`), 200, invalid, ""},
		"a variable nested 60000 deep":        {asks("query($v: [ID!]!) { nodes(ids: $v) { id } }", `{"v": `+nested("[", "", "]", 60_000)+`}`), 400, "BAD_USER_INPUT", ""},
		"an unused variable nested 9000 deep": {asks("{ conversations(first: -1) { totalCount } }", `{"v": `+nested(`{"a":`, "1", "}", 9000)+`}`), 200, "BAD_USER_INPUT", ""},
	}
}

func largeBodies() map[string]attack {
	const tooLarge = "REQUEST_TOO_LARGE"
	return map[string]attack{
		"10 MB of a literal":          {asking(`{ conversation(id: "` + strings.Repeat("a", tenMegabytes) + `") { id } }`), 413, tooLarge, "body"},
		"10 MB of a variable":         {asks("query($v: ID!) { conversation(id: $v) { id } }", `{"v": "`+strings.Repeat("a", tenMegabytes)+`"}`), 413, tooLarge, "body"},
		"10 MB of numbers":            {asks("query($v: [ID!]!) { nodes(ids: $v) { id } }", `{"v": [1`+strings.Repeat(",1", tenMegabytes/2)+`]}`), 413, tooLarge, "body"},
		"10 MB of no JSON":            {strings.Repeat("canary ", tenMegabytes/7), 413, tooLarge, "body"},
		"10 MB of space":              {strings.Repeat(" ", tenMegabytes), 413, tooLarge, "body"},
		"a variable nested a million": {asks("{ __typename }", `{"v": `+nested("[", "", "]", 1_000_000)+`}`), 413, tooLarge, "body"},
		"120 kB of a literal":         {asking(`{ conversation(id: "` + strings.Repeat("a", 120_000) + `") { id } }`), 200, tooLarge, "bytes"},
		"120 kB of a name":            {asking("{ " + strings.Repeat("a", 120_000) + " }"), 200, tooLarge, "bytes"},
		"15 kB of a type's name":      {asking("{ viewer { ...F } } fragment F on " + strings.Repeat("a", 15_000) + " { id }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"15 kB of a field's name":     {asking("{ viewer { " + strings.Repeat("a", 15_000) + " } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"120 kB of no JSON":           {strings.Repeat("canary ", 17_000), 400, "BAD_USER_INPUT", ""},
		"120 kB of a variable":        {asks("query($v: ID!) { conversation(id: $v) { id } }", `{"v": "`+strings.Repeat("a", 120_000)+`"}`), 200, "BAD_USER_INPUT", ""},
		"550 conflicting fields":      {asking("{ conversations(first: 1) { nodes {" + numbered("messages(first:%d){totalCount}", 550) + "} } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"820 conflicting leaves":      {asking("{ viewer {" + numbered("name(a:%d) ", 820) + "} }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"98 conflicts by conditions":  {asking("query($a: Boolean = false) { conversations(first: 1) { nodes {" + numbered("messages(first: %d) @skip(if: $a) {totalCount} ", 98) + "} } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"480 conditions in another":   {asking("{ viewer" + nested("{id ...on "+strings.Repeat("a", 80), "{id}", "}", 480) + " }"), 200, "OPERATION_LIMIT", "depth"},
		"300 unknown fields of 190":   {asking("{ viewer {" + numbered(strings.Repeat("a", 190)+"%d ", 300) + "} }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"75 unknown fields of 199":    {asking("{ conversations { nodes {" + numbered(strings.Repeat("a", 197)+"%d ", 75) + "} } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"300 unknown types of 190":    {asking("{ viewer {" + numbered("...on "+strings.Repeat("a", 190)+"%d{id} ", 300) + "} }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"40 fragments, 350 fields":    {asking("{ conversations { nodes {" + numbered("...F%d ", 40) + numbered("createdBefore%d ", 350) + "} } }" + numbered(" fragment F%d on "+strings.Repeat("a", 197)+"%[1]d { id }", 40)), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"75 arguments of 199":         {asking("{ conversations(" + numbered(strings.Repeat("a", 197)+"%d: 1 ", 75) + ") { totalCount } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"10000 members of a variable": {asks("query($v: ConversationFilter) { conversations(filter: $v) { totalCount } }", `{"v": {`+numbered(`"a%d":1,`, 10_000)+`"b":1}}`), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		"10000 unused variables":      {asks("{ conversations(first: -1) { totalCount } }", `{`+numbered(`"a%d":1,`, 10_000)+`"b":1}`), 200, "BAD_USER_INPUT", ""},
	}
}

// TestAttacks sends documents that are known to have stopped other servers for seconds or minutes. CPU time is measured
// for the whole process, so the test does not run in parallel.
//
//nolint:paralleltest // it measures the CPU time of the process
func TestAttacks(t *testing.T) {
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{Subgraph: true})
	open := gatewaytest.NewServer(t, upstream, gateway.Config{Introspection: gateway.IntrospectionOn})
	wantErrors(t, ask(t, server, "{ viewer { id } }")) // opens the connection
	wantErrors(t, ask(t, open, "{ viewer { id } }"))
	upstream.TakeCalls()
	for _, attacks := range []map[string]attack{manyOfOne(), fragments(), nesting(), largeBodies(), introspections()} {
		for name, attack := range attacks {
			sendAttack(t, server, "/graphql", name, attack)
		}
	}
	for name, attack := range introspections() {
		sendAttack(t, server, "/subgraph", name+" at /subgraph", attack)
		sendAttack(t, open, "/graphql", name+" with introspection on", attack)
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

func sendAttack(t *testing.T, server *gatewaytest.Server, path, name string, attack attack) {
	t.Helper()
	response, spent := cheapest(t, attackTime, func(int) gatewaytest.Response { return call{path: path, body: attack.body}.send(t, server) })
	diff(t, name+": status", attack.status, response.Status)
	checkAttack(t, name, attack, checkErrors(t, response))
	t.Log(name, spent.time, spent.memory)
	if spent.time > attackTime || spent.memory > attackMemory {
		t.Errorf("%s took %v of CPU time and %d bytes", name, spent.time, spent.memory)
	}
	if len(response.Body) > 4000 || strings.Contains(string(response.Body), "canary") {
		t.Errorf("%s is answered by %d bytes: %.200s", name, len(response.Body), response.Body)
	}
}

func checkAttack(t *testing.T, name string, attack attack, errs []responseError) {
	t.Helper()
	if len(errs) == 0 || len(errs) > 5 {
		t.Errorf("%s: %d errors", name, len(errs))
	}
	for _, err := range errs {
		diff(t, name+": code", attack.code, err.code())
		limit, _ := err.Extensions["limit"].(string)
		diff(t, name+": limit", attack.limit, limit)
		if limit == "" {
			continue
		}
		most, _ := err.Extensions["max"].(float64)
		actual, _ := err.Extensions["actual"].(float64)
		if most < 1 || actual <= most || !strings.Contains(err.Message, fmt.Sprintf("%.0f", most)) || !strings.Contains(err.Message, fmt.Sprintf("%.0f", actual)) {
			t.Errorf("%s: %v of %v, and says %q", name, actual, most, err.Message)
		}
	}
}

// The slowest documents within all limits. Each is new to the gateway, and none has an error.
//
//nolint:paralleltest // it measures the CPU time of the process
func TestWorstThatIsAccepted(t *testing.T) {
	server, upstream := start(t, gateway.Config{})
	const objects = "mainUser{id} createdBy{id} lastMessage{createdBy{id}} category{id} relatedTo{...on Reference{id}} "
	full, parts := introspectionParts()
	calls := 0
	spreads, fragments := numbered("...F%d ", 95), numbered("fragment F%d on Conversation { mainUser { id id id id id id id id id id } } ", 95)
	for name, query := range map[string]string{
		"4980 equal leaves":       "{ viewer {" + strings.Repeat("id ", 4980) + "} }",
		"4980 times __typename":   "{ viewer {" + strings.Repeat("__typename ", 4980) + "} }",
		"99 aliases, 4500 leaves": "{ viewer {" + numbered("a%d:id ", 99) + strings.Repeat("id ", 4500) + "} }",
		"fragments of leaves":     "{ viewer {" + strings.Repeat("...A ...B ", 480) + "} } fragment A on User { id name isEmployee domain aggregate } fragment B on User { id name isEmployee domain aggregate }",
		"1240 equal objects":      "{ conversations(first: 1) { nodes {" + strings.Repeat("mainUser{id}", 1240) + "} } }",
		"1240 inline fragments":   "{ viewer {" + strings.Repeat("...{id}", 1240) + "} }",
		"600 objects and spreads": "{ conversations(first: 1) { nodes {" + strings.Repeat("mainUser{id} ...F ", 600) + "} } } fragment F on Conversation { mainUser { name } }",
		"600 kinds and objects":   "{ conversations(first: 1) { nodes { messages { nodes {" + strings.Repeat("...on TextMessage{createdBy{id}}...on MessageItem{id}", 300) + "} } } } }",
		"550 equal pages":         "{ conversations(first: 1) { nodes {" + strings.Repeat("messages(first:1){totalCount}", 550) + "} } }",
		"95 fragments":            "{ conversations(first: 1) { nodes {" + spreads + "} } } " + fragments,
		"95 fragments, twice":     "{ conversations(first: 1) { nodes {" + spreads + "} edges { node {" + spreads + "} } } } " + fragments,
		"98 fragments of objects": "{ conversations(first: 1) { nodes {" + numbered("...F%d ", 98) + "} } } " + numbered("fragment F%d on Conversation {"+objects+"} ", 98),
		"98 conditions":           "query($a: Boolean = false) { conversations(first: 1) { nodes {" + strings.Repeat("mainUser @skip(if: $a) {id name} ", 98) + "} } }",
		"310 kinds of message":    "{ conversations(first: 1) { nodes { messages { nodes {" + strings.Repeat("...on TextMessage{id createdBy{id}}...on UnknownMessage{id}", 310) + "} } } } }",
		"30 pages for each":       "{ conversations(first: 100) { nodes {" + numbered("a%d:messages{totalCount} ", 30) + "} } }",
		"introspection":           introspectionQuery,
		"introspection, twice":    "{" + full + strings.Replace(full, "__schema", "a:__schema", 1) + "}" + parts,
		"90 descriptions":         "{ __schema { types {" + numbered("a%d:description ", 90) + "} } }",
		"30 pages, and all else":  "{ conversations(first: 30) { nodes {" + numbered("a%d:messages(first:1){nodes{...on MessageItem{id}}}", 30) + "} } }",
	} {
		wantErrors(t, ask(t, server, query+" "))
		counted := len(upstream.TakeCalls())
		calls += counted
		limit := attackTime*2 + time.Duration(counted)*callTime
		response, spent := cheapest(t, limit, func(attempt int) gatewaytest.Response {
			return ask(t, server, query+strings.Repeat(" ", attempt+2)) // a new document for the gateway
		})
		upstream.TakeCalls()
		wantErrors(t, response)
		t.Log(name, spent.time, spent.memory)
		if spent.time > limit || spent.memory > attackMemory {
			t.Errorf("%s took %v of CPU time and %d bytes", name, spent.time, spent.memory)
		}
	}
	if calls > 12+30+30+101 {
		t.Errorf("%d calls", calls)
	}
}

// spending is the CPU time and the memory of the process: both sides of the connection, and the sandbox.
type spending struct {
	time   time.Duration
	memory uint64 // allocated, in bytes
}

// callTime is what a call may take on both sides. It is the sandbox's work as well, so that it does not count as an attack's.
const callTime = 500 * time.Microsecond * slowness

// attempts is the maximum number of times that a request is measured.
const attempts = 5

// cheapest repeats a request until its CPU time is within the limit, because processors that are busy with something else are slower.
func cheapest(t *testing.T, limit time.Duration, run func(attempt int) gatewaytest.Response) (response gatewaytest.Response, spent spending) {
	t.Helper()
	for attempt := range attempts {
		response, spent = measured(t, func() gatewaytest.Response { return run(attempt) })
		if spent.time <= limit {
			break
		}
	}
	return response, spent
}

func measured(t *testing.T, run func() gatewaytest.Response) (gatewaytest.Response, spending) {
	t.Helper()
	runtime.GC() // excludes earlier garbage
	before := spent(t)
	response := run()
	after := spent(t)
	return response, spending{after.time - before.time, after.memory - before.memory}
}

func spent(t *testing.T) spending {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return spending{time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), memory.TotalAlloc}
}
