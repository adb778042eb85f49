package limits

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"golang.org/x/tools/txtar"
)

// figures are the estimated calls and objects if every page is full.
type figures struct{ calls, nodes int }

// costOf returns the estimate for the last operation of a valid document.
func costOf(t testing.TB, g *Checker, text, variables string) figures {
	t.Helper()
	needed := estimateOf(t, g, text, variables)
	if needed.typical.total > needed.calls.total {
		t.Errorf("typically %v of %v calls", needed.typical.total, needed.calls.total)
	}
	return figures{needed.calls.count(), needed.nodes.count()}
}

// estimate returns the cost of an operation.
func (c *Checker) estimate(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) amount {
	return c.estimator(document, variables).operation(operation)
}

func estimateOf(t testing.TB, g *Checker, text, variables string) amount {
	t.Helper()
	document, errs := g.Parse(text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	operation := document.Operations[len(document.Operations)-1]
	return g.estimate(document, operation, readVariables(t, g, operation, variables))
}

// readVariables coerces variables like the executor.
func readVariables(t testing.TB, g *Checker, operation *ast.OperationDefinition, text string) map[string]any {
	t.Helper()
	given := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&given); text != "" && err != nil {
		t.Fatal(err)
	}
	variables, err := validator.VariableValues(g.schema, operation, given)
	if err != nil {
		t.Fatal(err)
	}
	return variables
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{RootMutations: 10})
	for name, test := range map[string]struct {
		query, variables string
		want             figures
	}{
		"nothing":               {"{__typename}", "", figures{}},
		"introspection":         {"{__schema{types{name}} __type(name:\"A\"){name}}", "", figures{}},
		"one call":              {"{viewer{id}}", "", figures{1, 1}},
		"two names":             {"{a:viewer{id} b:viewer{id}}", "", figures{1, 2}},
		"one name":              {"{viewer{id} ...A ...{viewer{name}} ...A} fragment A on Query{viewer{name}}", "", figures{1, 1}},
		"scalars make no nodes": {"{conversationCategories{id name referenceTypes}}", "", figures{1, 50}},

		"an inbox":               {"{conversations(first:50){nodes{id messages{nodes{__typename}}}}}", "", figures{52, 1 + 50 + 50 + 5000}},
		"a page with everything": {"{conversations(first:100){nodes{messages{totalCount} members{user{id}}}}}", "", figures{202, 1 + 100 + 100 + 2000}},
		"a page by default":      {"{conversations{nodes{messages{totalCount}}}}", "", figures{22, 41}},
		"from the end":           {"{conversations(last:3){nodes{messages{totalCount}}}}", "", figures{5, 7}},
		"from both":              {"{conversations(first:2 last:3){nodes{messages{totalCount}}}}", "", figures{5, 7}},
		"null as a size":         {"{conversations(first:null){nodes{messages{totalCount}}}}", "", figures{22, 41}},
		"a size below zero":      {"{conversations(first:-3){nodes{messages{totalCount}}}}", "", figures{2, 1}},
		"edges":                  {"{conversations(first:2){edges{cursor node{messages{totalCount}}} pageInfo{endCursor}}}", "", figures{4, 1 + 2*3 + 1}},
		"edges and nodes":        {"{conversations(first:2){edges{node{messages{totalCount}}} nodes{messages{totalCount}}}}", "", figures{6, 1 + 2*3 + 2*2}},
		"a shared call":          {`{conversation(id:"1"){lastText{content}messages{textCount}closedAt closedBy{name}a:messages(last:1){textCount}members{isActive}}}`, "", figures{3, 15}},
		"aliases":                {"{conversations(first:2){items:nodes{calls:messages(first:7){all:nodes{__typename}}}}}", "", figures{4, 1 + 2 + 2 + 14}},
		"only the total":         {"{conversations(first:100){totalCount}}", "", figures{2, 1}},

		"merged below": {"{conversations(first:2){nodes{id}} ...A} fragment A on Query{conversations(first:2){nodes{messages(first:1){totalCount}}}}", "", figures{4, 5}},
		"merged sizes": {"{conversations(first:2){nodes{...M ...M}}} fragment M on Conversation{messages(first:3){nodes{id:__typename}}}", "", figures{4, 1 + 2 + 2 + 6}},

		"the most expensive member of a union": {
			"{conversation(id:1){messages(first:10){nodes{... on TextMessage{files{id}} ... on ServiceRequest{payload{... on Relocation{domains{domainName} mailboxes{email}}}}}}}}", "",
			figures{2, 1 + 1 + 10*(1+1+5+10)},
		},
		"a message without files":            {"mutation{sendMessage(input:{conversationId:1}){messageId}}", "", figures{2, 1}},
		"files in the document":              {"mutation($f:Upload!){sendMessage(input:{conversationId:1 files:[$f $f $f]}){conversation{id}}}", `{"f":"x"}`, figures{9, 2}},
		"files in a variable":                {"mutation($f:[Upload!]){sendMessage(input:{conversationId:1 files:$f}){messageId}}", `{"f":["x","y"]}`, figures{6, 1}},
		"files in an input":                  {"mutation($i:SendMessageInput!){sendMessage(input:$i){messageId}}", `{"i":{"conversationId":"1","files":["x","y","z"]}}`, figures{8, 1}},
		"no files in an input":               {"mutation($i:SendMessageInput!){sendMessage(input:$i){messageId}}", `{"i":{"conversationId":"1"}}`, figures{2, 1}},
		"a type condition that always holds": {"{conversation(id:1){messages(first:1){nodes{... on MessageItem{id ... on TextMessage{createdBy{id}}}}}}}", "", figures{2, 1 + 1 + 2}},
		"an interface":                       {"{node(id:1){id ... on Conversation{messages{totalCount}}}}", "", figures{3, 2}},
		"an object once for all its fields":  {"{conversation(id:1){relatedTo{... on Project{description status}}}}", "", figures{2, 2}},
		"a reference costs nothing":          {"{conversation(id:1){relatedTo{... on Reference{id domain}}}}", "", figures{1, 2}},
		"an object within another":           {"{conversation(id:1){relatedTo{... on AppInstallation{appName project{description customer{name}}}}}}", "", figures{4, 4}},
		"a complete user":                    {"{conversation(id:1){createdBy{name}}}", "", figures{1, 2}},
		"a user reference":                   {"{conversation(id:1){relatedTo{... on User{name}}}}", "", figures{2, 2}},
		"a user known only by ID":            {"{conversationPreferences(customerId:1){fallbackUser{name}}}", "", figures{2, 2}},

		"a call for all parents":           {"{conversations(first:50){nodes{id isUnread}}}", "", figures{3, 51}},
		"a call in several places":         {"{conversations(first:2){nodes{isUnread unread:isUnread}} conversation(id:1){isUnread}}", "", figures{4, 4}},
		"a call for parents below another": {"{conversation(id:1){messages{nodes{...on TextMessage{viewerCanEdit viewerDidAuthor}}}}}", "", figures{3, 102}},
		"two calls for all parents":        {"{viewer{id} conversations(first:50){nodes{isUnread createdBy{unreadConversationCount}}}}", "", figures{4, 102}},
		"a list that is fetched once":      {"{conversationCategories{id} conversationPreferences(customerId:1){preferredUsers{category{name}}}}", "", figures{2, 50 + 1 + 20 + 20}},
		"a call for each ID":               {"mutation{markConversationsRead(input:{conversationIds:[1,2]}){results{conversationId} viewer{unreadConversationCount}}}", "", figures{5, 4}},

		"ids":             {"{nodes(ids:[1,2,3]){... on Conversation{messages{totalCount}}}}", "", figures{1 + 3 + 3, 6}},
		"a single id":     {"{nodes(ids:77){...on User{id}}}", "", figures{2, 1}},
		"no ids":          {"{nodes(ids:[]){id}}", "", figures{1, 0}},
		"ids in variable": {"query($v:[ID!]!){nodes(ids:$v){...on User{id}}}", `{"v":["a","b","c"]}`, figures{4, 3}},
		"id in variable":  {"query($v:[ID!]!){nodes(ids:$v){...on User{id}}}", `{"v":"a"}`, figures{2, 1}},
		"variable in ids": {"query($v:ID!){nodes(ids:[$v,$v]){...on User{id}}}", `{"v":"a"}`, figures{3, 2}},

		"size in variable":            {"query($n:Int){conversations(first:$n){nodes{id}}}", `{"n":30}`, figures{2, 31}},
		"size by default of variable": {"query($n:Int=40){conversations(first:$n){nodes{id}}}", "", figures{2, 41}},
		"null in variable":            {"query($n:Int=40){conversations(first:$n){nodes{id}}}", `{"n":null}`, figures{2, 21}},
		"variable not given":          {"query($n:Int){conversations(first:$n){nodes{id}}}", "", figures{2, 21}},

		"skipped":               {"{viewer@skip(if:true){id} conversation(id:1)@include(if:false){id} ...@skip(if:true){a:viewer{id}} ...A@include(if:false)} fragment A on Query{b:viewer{id}}", "", figures{}},
		"not skipped":           {"{viewer@skip(if:false){id} ...@include(if:true){a:viewer{id}} ...A@skip(if:false)} fragment A on Query{b:viewer{id}}", "", figures{1, 3}},
		"skipped by variable":   {"query($v:Boolean!){viewer@skip(if:$v){id} a:viewer@include(if:$v){id} b:viewer@include(if:$v){id}}", `{"v":false}`, figures{1, 1}},
		"included by variable":  {"query($v:Boolean!){viewer@skip(if:$v){id} a:viewer@include(if:$v){id} b:viewer@include(if:$v){id}}", `{"v":true}`, figures{1, 2}},
		"the operation's own":   {"query A{viewer{id}} query B{a:viewer{id} b:viewer{id} c:viewer{id}}", "", figures{1, 3}},
		"too large for numbers": {"{conversations(first:2147483647){nodes{messages(first:2147483647){nodes{__typename}}}}}", "", figures{maxCount, maxCount}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, costOf(t, g, test.query, test.variables), cmp.AllowUnexported(figures{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A node costs a call for each type that its selection names.
func TestEstimate_NamedTypes(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	for name, test := range map[string]struct {
		query string
		want  figures
	}{
		"none":            {"{node(id:1){__typename id}}", figures{1 + 9, 1}},
		"its interface":   {"{node(id:1){...on Node{id}}}", figures{1 + 9, 1}},
		"one":             {"{node(id:1){__typename ...A id}} fragment A on Project{id}", figures{1 + 1, 1}},
		"complete":        {"{node(id:1){...on Project{description customer{name}}}}", figures{1 + 1 + 1, 2}},
		"below another":   {"{node(id:1){...on Node{...on Project{id}}}}", figures{1 + 1, 1}},
		"two":             {"{node(id:1){...on Project{id} ...on User{id}}}", figures{1 + 2, 1}},
		"an abstract":     {"{node(id:1){...on Reference{domain}}}", figures{1 + 7, 1}},
		"not included":    {"{node(id:1){...on Project{id} ...on User@include(if:false){id}}}", figures{1 + 1, 1}},
		"for each of ids": {"{nodes(ids:[1,2,3]){...on Project{id} ...on User{id}}}", figures{1 + 3*2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, costOf(t, g, test.query, ""), cmp.AllowUnexported(figures{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEstimate_Mutations(t *testing.T) {
	t.Parallel()
	const schema = `
		directive @cost(weight: Int!, perItem: Int! = 0) on FIELD_DEFINITION
		type Query { a: Int }
		type Mutation { touch: A @cost(weight: 3) }
		type A { b: Int @cost(weight: 4) }`
	g, err := New(gqlparser.MustLoadSchema(&ast.Source{Input: schema}), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(figures{14, 2}, costOf(t, g, "mutation{touch{b} again:touch{b}}", ""), cmp.AllowUnexported(figures{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The estimate of a subscription is that of one event.
func TestCheckCost_Event(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{EventCalls: 3})
	for name, test := range map[string]struct {
		query string
		calls int
	}{
		"nothing below the event": {"subscription { inboxChanged { kind } }", 0},
		"its calls":               {"subscription { inboxChanged { conversation { messages { totalCount } members { user { id } } isUnread } } }", 3},
		"a conversation":          {`subscription { conversationChanged(id: "a") { conversation { members { user { id } } } } }`, 2},
		"too many":                {`subscription { conversationChanged(id: "a") { conversation { messages { totalCount } members { user { id } } isUnread } } }`, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, errs := g.Parse(test.query)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if got := g.Estimate(document, document.Operations[0], nil).TypicalCalls; got != test.calls {
				t.Errorf("got %d calls, want %d", got, test.calls)
			}
			exceeded := g.CheckCost(document, document.Operations[0], nil)
			if test.calls > 3 && (exceeded == nil || exceeded.Limit != LimitEventCalls || exceeded.Max != 3 || exceeded.Actual != test.calls) {
				t.Errorf("got %+v", exceeded)
			} else if test.calls <= 3 && exceeded != nil {
				t.Errorf("got %v", exceeded)
			}
		})
	}
}

// The size of a bulk write is the length of a list in its input.
func TestEstimate_BulkWrites(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	const below = "{results{conversation{id messages{totalCount}}}}"
	for name, test := range map[string]struct {
		query, variables string
		calls            int
	}{
		"a list":               {`mutation{closeConversations(input:{conversationIds:["a","b","c"]}){__typename}}`, "", 3},
		"a single value":       {`mutation{closeConversations(input:{conversationIds:"a"}){__typename}}`, "", 1},
		"an empty list":        {`mutation{closeConversations(input:{conversationIds:[]})` + below + `}`, "", 0},
		"with a selection":     {`mutation{closeConversations(input:{conversationIds:["a","b","c"]})` + below + `}`, "", 9},
		"a list in a variable": {`mutation($v:[ID!]!){closeConversations(input:{conversationIds:$v})` + below + `}`, `{"v":["a","b"]}`, 6},
		"all in a variable": {
			`mutation($v:CloseConversationsInput!){closeConversations(input:$v)` + below + `}`, `{"v":{"conversationIds":["a","b","c","d"]}}`, 12,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.calls, costOf(t, g, test.query, test.variables).calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// No story needs more calls or returns more objects than its estimate.
func TestEstimate_Stories(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	files, err := filepath.Glob("../testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	compared := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sections := map[string][]byte{}
		for _, section := range archive.Files {
			sections[section.Name] = section.Data
		}
		var want struct{ Data any }
		if err := json.Unmarshal(sections["want.json"], &want); err != nil {
			t.Fatal(err)
		}
		if want.Data == nil {
			continue // rejected
		}
		compared++
		needs := costOf(t, g, string(sections["query.graphql"]), string(sections["variables.json"]))
		calls := strings.Fields(string(bytes.ReplaceAll(sections["want.calls"], []byte(" "), nil)))
		calls = slices.Compact(calls) // the attempts of one call count once
		if len(calls) > needs.calls {
			t.Errorf("%s: estimated %d calls, made %d", file, needs.calls, len(calls))
		}
		if objects := objectsIn(want.Data) - 1; objects > needs.nodes {
			t.Errorf("%s: estimated %d objects, got %d", file, needs.nodes, objects)
		}
		if typical := estimateOf(t, g, string(sections["query.graphql"]), string(sections["variables.json"])).typical; typical.count() > g.limits.Cost || needs.nodes > g.limits.Nodes {
			t.Errorf("%s is rejected: %v, typically %d", file, needs, typical.count())
		}
	}
	if compared < 80 {
		t.Errorf("only %d stories were compared", compared)
	}
}

func objectsIn(value any) int {
	count := 0
	switch value := value.(type) {
	case map[string]any:
		count = 1
		for _, member := range value {
			count += objectsIn(member)
		}
	case []any:
		for _, element := range value {
			count += objectsIn(element)
		}
	}
	return count
}

// New rejects a schema with a list of unknown size, because its cost cannot be estimated.
func TestNew_RequiresListSizes(t *testing.T) {
	t.Parallel()
	text := readSchema(t)
	lines := strings.Split(text, "\n")
	removed := 0
	for i, line := range lines {
		before, after, found := strings.Cut(line, "@listSize(")
		if !found || strings.HasPrefix(line, "directive") {
			continue
		}
		removed++
		lines[i] = before + after[strings.Index(after, ")")+1:]
		schema, err := gqlparser.LoadSchema(&ast.Source{Input: strings.Join(lines, "\n")})
		if err != nil {
			t.Fatal(err)
		}
		if g, err := New(schema, Limits{}); err == nil || g != nil || !strings.Contains(err.Error(), "@listSize") {
			t.Errorf("without line %d: %v", i+1, err)
		}
		lines[i] = line
	}
	if removed < 10 {
		t.Errorf("found %d lists", removed)
	}
}

// Nested abstract types multiply the steps of an estimate. It stops at maxSteps.
func TestEstimate_StopsAtMaxSteps(t *testing.T) {
	t.Parallel()
	schema := `
		directive @cost(weight: Int!, perItem: Int! = 0) on FIELD_DEFINITION
		interface I { i: I }
		type Query { i: I }` + numbered(" type A%d implements I { i: I }", 10)
	g, err := New(gqlparser.MustLoadSchema(&ast.Source{Input: schema}), Limits{Depth: 100})
	if err != nil {
		t.Fatal(err)
	}
	if got := costOf(t, g, repeat("{i", 4)+"{__typename}"+repeat("}", 4), ""); got != (figures{0, 4}) {
		t.Errorf("got %v", got)
	}
	document, errs := g.Parse(repeat("{i", 50) + "{__typename}" + repeat("}", 50))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	exceeded := g.CheckCost(document, document.Operations[0], nil)
	if exceeded == nil || exceeded.Limit != LimitCost || exceeded.Actual != maxCount {
		t.Errorf("got %v", exceeded)
	}
}

// On our schema, the most expensive document within the limits needs far fewer steps than maxSteps.
func TestEstimate_StepsOnOurSchema(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	const item = "... on TextMessage{files{... on File{id state} ... on UploadedFile{name} ... on DeletedFile{name}}}"
	text := "{node(id:1){... on Conversation{messages{nodes{" + repeat(item, 35) + "}}}}}"
	document, errs := g.Parse(text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	e := g.estimator(document, nil)
	e.object(g.schema.Query, []ast.SelectionSet{document.Operations[0].SelectionSet}, parent{}, false)
	if e.steps > maxSteps/20 {
		t.Errorf("%d steps", e.steps)
	}
}

func BenchmarkEstimate(b *testing.B) {
	g := newChecker(b, Limits{})
	const inbox = `{ conversations(first: 50) { totalCount nodes { id shortId title status createdAt
		relatedTo { __typename ... on Reference { id domain aggregate } } lastMessage { createdAt createdBy { name isEmployee } } category { id name }
		messages { totalCount nodes { __typename ... on MessageItem { id createdAt isInternal }
			... on TextMessage { content createdBy { id name isEmployee } files { __typename id state } } ... on StatusUpdate { code } } } } } }`
	document, errs := g.Parse(inbox)
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			_, _ = g.Parse(inbox)
		}
	})
	b.Run("measure", func(b *testing.B) {
		for b.Loop() {
			_, _ = g.limits.measure(document)
		}
	})
	b.Run("estimate", func(b *testing.B) {
		for b.Loop() {
			g.estimate(document, document.Operations[0], nil)
		}
	})
	b.Run("accepted", func(b *testing.B) {
		var accepted Accepted
		for b.Loop() {
			_ = accepted.CheckCost(g, document, document.Operations[0], nil)
		}
	})
}

func TestEstimate_Typical(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	const ticket = `{id members{user{id}} messages{nodes{... on TextMessage{files{... on UploadedFile{download{url}}}}}}}`
	for name, test := range map[string]struct {
		query     string
		want      int
		costliest string
	}{
		"nothing":                    {`{__typename}`, 0, ""},
		"a ticket":                   {`{conversation(id:1)` + ticket + `}`, 5, "conversation.messages.nodes.files.download"},
		"the same ticket twice":      {`{a:conversation(id:1)` + ticket + ` b:conversation(id:1)` + ticket + `}`, 5, "a.messages.nodes.files.download"},
		"two tickets":                {`{a:conversation(id:1)` + ticket + ` b:conversation(id:2)` + ticket + `}`, 10, "a.messages.nodes.files.download"},
		"two pages of one history":   {`{conversation(id:1){first:messages(first:1){totalCount} last:messages(last:1){totalCount}}}`, 2, "conversation.first"},
		"two writes":                 {`mutation{a:setConversationStatus(input:{conversationId:1,status:OPEN}){userErrors{code}} b:setConversationStatus(input:{conversationId:1,status:OPEN}){userErrors{code}}}`, 2, "a"},
		"customers of an account":    {`{customers(first:100){nodes{conversations(first:100){nodes{messages(last:1){totalCount}}}}}}`, 1 + 5*5 + 4, "customers.nodes.conversations.nodes.messages"},
		"references of a page":       {`{conversations(first:20){nodes{relatedTo{... on Project{description}}}}}`, 1 + 5, "conversations.nodes.relatedTo.description"},
		"a full list":                {`{conversations(filter:{statuses:WAITING}){totalCount}}`, 5, "conversations"},
		"a service request's author": {`{conversation(id:1){messages{nodes{... on ServiceRequest{payload{... on Relocation{user{name}}}}}}}}`, 2, "conversation.messages"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, errs := g.Parse(test.query)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			got := g.Estimate(document, document.Operations[0], nil)
			if got.TypicalCalls != test.want || got.Costliest != test.costliest {
				t.Errorf("want %d calls, most for %q, got %+v", test.want, test.costliest, got)
			}
			if hint := `conversations reads a full list: filter.search or filter.states would shorten it`; slices.Contains(got.Hints, hint) != (name == "a full list") {
				t.Errorf("hints %q", got.Hints)
			}
			if got.MinCalls > got.TypicalCalls || got.TypicalCalls > got.MaxCalls {
				t.Errorf("not in order: %+v", got)
			}
		})
	}
}

// Scalars count as often as they are written: by aliases, in edges beside nodes, and for repeated IDs.
func TestCheckCost_Values(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Aliases: 1000, Values: 1_000_000})
	const text = `query($v:[ID!]!){nodes(ids:$v){...on Conversation{messages(first:100){nodes{...T} edges{node{...T}}}}}} fragment T on TextMessage{`
	ids := make([]any, 100)
	for i := range ids {
		ids[i] = "1"
	}
	for aliases, want := range map[int]*ExceededError{
		49: nil,
		50: nil,
		51: {Limit: LimitValues, Max: 1_000_000, Actual: 1_020_000, Costliest: "nodes.messages.nodes", PageSize: 98},
	} {
		document, errs := g.Parse(text + numbered("a%d:content ", aliases) + "}")
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		got := g.CheckCost(document, document.Operations[0], map[string]any{"v": ids})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d aliases (-want +got):\n%s", aliases, diff)
		}
	}
}

// The page size in an error is the largest that would be accepted.
func TestCheckCost_PageSize(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{Cost: 100, Nodes: 1000})
	for query, want := range map[string]ExceededError{
		`query($n:Int=$){conversations(first:$n){nodes{messages{totalCount}}}}`:                                                                          {Limit: LimitCost, Costliest: "conversations.nodes.messages", PageSize: 99},
		`query($n:Int=$){a:conversations(first:$n){nodes{m:members{user{id}}}} b:conversations(first:$n filter:{search:"b"}){nodes{members{user{id}}}}}`: {Limit: LimitCost, Costliest: "a.nodes.m", PageSize: 23},
		`query($n:Int=$){conversation(id:1){messages(first:$n){nodes{__typename ... on TextMessage{createdBy{id} files{id}}}}}}`:                         {Limit: LimitNodes, Costliest: "conversation.messages.nodes.files", PageSize: 142},
		`query($n:Int=$){nodes(ids:[` + strings.Repeat("1 ", 40) + `]){... on Conversation{messages(first:$n){nodes{... on TextMessage{files{id}}}}}}}`:  {Limit: LimitNodes, Costliest: "nodes.messages.nodes.files", PageSize: 3},
		`query($n:Int=$){conversations(first:$n){nodes{id}} ` + numbered("a%[1]d:conversation(id:%[1]d){messages{totalCount}}", 51) + `}`:                {Limit: LimitCost, Costliest: "conversations"},
	} {
		g.limits.RootFields, g.limits.Aliases = 100, 100
		for _, size := range []int{200, want.PageSize, want.PageSize + 1} {
			document, errs := g.Parse(strings.Replace(query, "$)", fmt.Sprint(size)+")", 1))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			exceeded := g.CheckCost(document, document.Operations[0], map[string]any{"n": json.Number(fmt.Sprint(size))})
			switch {
			case size == want.PageSize && size > 0:
				if exceeded != nil {
					t.Errorf("%s: a size of %d is rejected: %v", query, size, exceeded)
				}
			case exceeded == nil:
				t.Errorf("%s: a size of %d is accepted", query, size)
			case size == 200:
				want.Max, want.Actual = exceeded.Max, exceeded.Actual
				if diff := cmp.Diff(want, *exceeded); diff != "" {
					t.Errorf("%s (-want +got):\n%s", query, diff)
				}
			}
		}
	}
}

// Fields that share a call cost one in any order.
func TestEstimate_SharedCalls(t *testing.T) {
	t.Parallel()
	g := newChecker(t, Limits{})
	for _, fields := range []string{"sentMessage{id} messageEdge{cursor}", "messageEdge{cursor} sentMessage{id}"} {
		if got := costOf(t, g, "mutation{sendMessage(input:{conversationId:1}){"+fields+"}}", ""); got.calls != 3 {
			t.Errorf("%s: want 3 calls, got %d", fields, got.calls)
		}
	}
}
