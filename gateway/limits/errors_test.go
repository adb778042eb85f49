package limits_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/limits"
)

func newChecker(t *testing.T, allowed limits.Limits) *limits.Checker {
	t.Helper()
	text, err := os.ReadFile("../../graph/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	g, err := limits.New(gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: string(text)}), allowed)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func messages(g *limits.Checker, text string) []string {
	_, errs := g.Parse(text)
	var found []string
	for _, err := range errs {
		found = append(found, err.Message)
	}
	return found
}

// Error messages never repeat a value from the document.
func TestParse_ErrorsHaveNoValues(t *testing.T) {
	t.Parallel()
	g := newChecker(t, limits.Limits{})
	for text, want := range map[string]string{
		`{conversations(first:"canary"){totalCount}}`:                                         `The value must be an Int, a whole number of 32 bits.`,
		`{conversations(first:0.5){totalCount}}`:                                              `The value must be an Int, a whole number of 32 bits.`,
		`{conversations(first:{a:"canary: Did you mean \"id\"?"}){totalCount}}`:               `The value must be an Int, a whole number of 32 bits.`,
		`{conversations(first:["canary"]){totalCount}}`:                                       `The value must be an Int, a whole number of 32 bits.`,
		`{conversations(filter:{search:{a:"canary"}}){totalCount}}`:                           `The value must be a String.`,
		`{conversations(filter:{states:"canary: x"}){totalCount}}`:                            `The value must be a value of the enum "ConversationState".`,
		`{conversations(filter:{states:"OPENED"}){totalCount}}`:                               `The value must be a value of the enum "ConversationState". Did you mean "OPEN"?`,
		`{conversations(filter:{states:"x Did you mean canary?"}){totalCount}}`:               `The value must be a value of the enum "ConversationState".`,
		`{conversations(filter:{states:canary}){totalCount}}`:                                 `The value must be a value of the enum "ConversationState".`,
		`{conversations(filter:{states:OPENED}){totalCount}}`:                                 `The value must be a value of the enum "ConversationState". Did you mean "OPEN"?`,
		`{conversations(filter:"canary, found canary"){totalCount}}`:                          `The value must be an object of type "ConversationFilter".`,
		`{conversations(filter:{serch:"canary"}){totalCount}}`:                                `Field "serch" is not defined by type "ConversationFilter". Did you mean "search"?`,
		`{conversations(orderBy:[{direction:ASC}]){totalCount}}`:                              `Field "ConversationOrder.field" of required type "ConversationOrderField!" was not provided.`,
		`{conversation(id:["canary"]){id}}`:                                                   `The value must be an ID, a String or a whole number.`,
		`{conversation(id:"""canary"""){messages(includeInternal:"""canary"""){totalCount}}}`: `The value must be a Boolean.`,
		`{conversation(id:1 "canary"){id}}`:                                                   `Expected Name, found String`,
		`{conversation(id:1) "canary"}`:                                                       `Expected Name, found String`,
		`{viewer{id}} "canary"`:                                                               `Unexpected <EOF>`,
		`"canary"`:                                                                            `Unexpected <EOF>`,
		`Bearer canary`:                                                                       `Unexpected Name`,
		`fragment F canary User{id}`:                                                          `Expected "on", found Name`,
		`fragment F """canary"""`:                                                             `Expected "on", found BlockString`,
		`fragment on on User{id}`:                                                             `Unexpected Name`,
		`{a(b:"\canary")}`:                                                                    `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`{a(b:"\ucanary")}`:                                                                   `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`{a(b:"\u12`:                                                                          `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`{a(b:"canary`:                                                                        `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`{a(b:01canary)}`:                                                                     `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`{a(b:1.canary)}`:                                                                     `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`?canary`:                                                                             `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		`'canary'`:                                                                            `The document contains a malformed string or number, or a character that GraphQL does not allow.`,
		"":                                                                                    `Unexpected <EOF>`,
		`fragment F on User{id}`:                                                              `no operation provided`,
		`query{viewer{` + strings.Repeat("x", 9000) + `}}`:                                    `Cannot query field "` + strings.Repeat("x", 280) + " …",
	} {
		got := messages(g, text)
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%.100s (-want +got):\n%s", text, diff)
		}
		if strings.Contains(strings.Join(got, " "), "canary") {
			t.Errorf("%.100s: %s", text, got)
		}
	}
}

// The parser limits nesting. The default token limit rejects such documents first.
func TestParse_LimitsNesting(t *testing.T) {
	t.Parallel()
	g := newChecker(t, limits.Limits{Tokens: 1 << 20, Bytes: 1 << 20, Depth: 1 << 20, Fields: 1 << 20})
	for _, text := range []string{
		strings.Repeat("{a", 100_000), "{a(b:" + strings.Repeat("[", 100_000), "{a(b:" + strings.Repeat("{c:", 100_000),
		strings.Repeat("{...", 100_000), "query($v:" + strings.Repeat("[", 100_000),
	} {
		if diff := cmp.Diff([]string{"exceeded maximum nesting depth of 1000"}, messages(g, text)); diff != "" {
			t.Errorf("%.10s (-want +got):\n%s", text, diff)
		}
	}
}

// Validation errors suggest names unless HideSuggestions is set.
func TestParse_Suggestions(t *testing.T) {
	t.Parallel()
	open, silent := newChecker(t, limits.Limits{}), newChecker(t, limits.Limits{HideSuggestions: true})
	for text, want := range map[string]string{
		`{viewer{nam}}`:                                           `Cannot query field "nam" on type "User".`,
		`{node(id:1){title}}`:                                     `Cannot query field "title" on type "Node".`,
		`{viewer}`:                                                `Field "viewer" of type "User" must have a selection of subfields.`,
		`{conversation(ids:1,id:1){id}}`:                          `Unknown argument "ids" on field "Query.conversation".`,
		`{viewer@skip(iff:true,if:true){id}}`:                     `Unknown argument "iff" on directive "@skip".`,
		`{viewer{...F}} fragment F on Usr{id}`:                    `Unknown type "Usr".`,
		`{conversations(filter:{serch:"a"}){totalCount}}`:         `Field "serch" is not defined by type "ConversationFilter".`,
		`{conversations(filter:{states:OPENED}){totalCount}}`:     `The value must be a value of the enum "ConversationState".`,
		`{conversations(filter:{states:"OPENED"}){totalCount}}`:   `The value must be a value of the enum "ConversationState".`,
		`{conversations(filter:{states:["OPENED"]}){totalCount}}`: `The value must be a value of the enum "ConversationState".`,
		`{__schema{typs{name}}}`:                                  `Cannot query field "typs" on type "__Schema".`,
		`{conversations(orderBy:{field:TITEL}){totalCount}}`:      `The value must be a value of the enum "ConversationOrderField".`,
		`query($v:ConversationFiltr){conversations{totalCount}}`:  ``,
	} {
		if hidden := messages(silent, text); want != "" && (len(hidden) != 1 || hidden[0] != want) {
			t.Errorf("%s: %q", text, hidden)
		} else if strings.Contains(strings.Join(hidden, " "), "Did you mean") {
			t.Errorf("%s: %q", text, hidden)
		}
		if shown := messages(open, text); want != "" && (len(shown) != 1 || !strings.HasPrefix(shown[0], want+" Did you mean ")) {
			t.Errorf("%s: %q", text, shown)
		}
	}
}

// Parse reports at most Limits.Errors errors.
func TestParse_LimitsErrors(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 400 {
		fmt.Fprintf(&text, "n%d ", i)
	}
	for limit, want := range map[int]int{0: 5, 1: 1, 7: 7, 1000: 400} {
		if got := messages(newChecker(t, limits.Limits{Errors: limit}), "{viewer{"+text.String()+"}}"); len(got) != want {
			t.Errorf("limit %d: %d errors, want %d", limit, len(got), want)
		}
	}
}
