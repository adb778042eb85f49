package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written writes text to a file in a temporary directory.
func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const explainedText = `
query Inbox($first: Int = 10) { conversations(first: $first) { nodes { ...Row } } }
query Ticket($id: ID!) { conversation(id: $id) { ...Row members { user { id } } } }
query Topics { conversationCategories { name } }
fragment Row on Conversation { id messages { totalCount } }
`

func TestExplainCommand(t *testing.T) {
	t.Parallel()
	file := written(t, "queries.graphql", explainedText)
	const others = " Ticket: typically 3 calls, at least 1, at most 3; most for conversation.messages; up to 22 objects\n" +
		" Topics: typically 1 calls, at least 0, at most 1; most for conversationCategories; up to 50 objects\n"
	tests := map[string]struct {
		arguments []string
		variables string
		want      string // without file names
		fails     bool
	}{
		"no limit": {
			want: " Inbox: typically 11 calls, at least 1, at most 12; most for conversations.nodes.messages; up to 21 objects\n" + others,
		},
		"below the limit": {
			arguments: []string{"--max", "11"},
			want:      " Inbox: typically 11 calls, at least 1, at most 12; most for conversations.nodes.messages; up to 21 objects\n" + others,
		},
		"above the limit": {
			arguments: []string{"--max", "10"}, fails: true,
			want: " Inbox: typically 11 calls, at least 1, at most 12 (more than 10); most for conversations.nodes.messages; up to 21 objects\n" + others,
		},
		"the maximum is above the limit": {
			arguments: []string{"--max", "11", "--compare", "maximum"}, fails: true,
			want: " Inbox: typically 11 calls, at least 1, at most 12 (more than 11); most for conversations.nodes.messages; up to 21 objects\n" + others,
		},
		"the maximum is the limit": {
			arguments: []string{"--max", "12", "--compare", "maximum"},
			want:      " Inbox: typically 11 calls, at least 1, at most 12; most for conversations.nodes.messages; up to 21 objects\n" + others,
		},
		"with variables": {
			arguments: []string{"--max", "25"}, variables: `{"first": 50, "id": "x"}`, fails: true,
			want: " Inbox: typically 51 calls, at least 1, at most 52 (more than 25); most for conversations.nodes.messages; up to 101 objects\n" + others,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arguments := append([]string{"explain", file}, test.arguments...)
			if test.variables != "" {
				arguments = append(arguments, "--variables", written(t, "variables.json", test.variables))
			}
			var stdout bytes.Buffer
			err := Run(t.Context(), arguments, &stdout, io.Discard)
			if errors.Is(err, errTooExpensive) != test.fails || err != nil && !test.fails {
				t.Errorf("error: %v", err)
			}
			got := string(bytes.ReplaceAll(stdout.Bytes(), []byte(file), nil))
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// The output names filters that would make a field cheaper.
func TestExplainCommand_Hints(t *testing.T) {
	t.Parallel()
	file := written(t, "q.graphql", `{ waiting: conversations(filter: {statuses: [WAITING]}) { totalCount } open: conversations(filter: {states: [OPEN], statuses: [WAITING]}) { totalCount } }`)
	var stdout bytes.Buffer
	if err := Run(t.Context(), []string{"explain", file}, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := file + ": typically 8 calls, at least 1, at most 54; most for waiting; up to 2 objects\n" +
		"  waiting reads a full list: filter.search or filter.states would shorten it\n"
	if d := cmp.Diff(want, stdout.String()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// The output names variables that have no value and may change the estimate.
func TestExplainCommand_UnknownVariables(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`query($n: Int, $a: String) { conversations(first: $n, after: $a, filter: {search: $a}) { totalCount } }`:                                    "$n",
		`query($d: OrderDirection!, $f: ConversationOrderField!) { conversations(orderBy: {field: $f, direction: $d}) { totalCount } }`:              "",
		`query($s: ConversationStatusFilter!) { conversations(filter: {statuses: [$s]}) { totalCount } }`:                                            "",
		`query($s: [ConversationStatusFilter!]) { conversations(filter: {statuses: $s}) { totalCount } }`:                                            "$s",
		`query($s: [ConversationState!]) { conversations(filter: {states: $s}) { totalCount } }`:                                                     "",
		`query($s: [ConversationState!], $c: ID!, $q: String) { conversations(filter: {states: $s, search: $q, categoryIds: [$c]}) { totalCount } }`: "$s, $q",
		`query($m: MessageAuthor) { conversations(filter: {lastMessageBy: $m}) { totalCount } }`:                                                     "$m",
		`query($i: ID!) { conversation(id: $i) { messages { totalCount } } }`:                                                                        "",
		`query($i: [ID!]!) { nodes(ids: $i) { id } }`:                                                                                                "$i",
		`query($b: Boolean!) { viewer { id @include(if: $b) } }`:                                                                                     "$b",
		`query($f: ConversationFilter) { conversations(filter: $f) { totalCount } }`:                                                                 "$f",
	} {
		var stdout bytes.Buffer
		if err := Run(t.Context(), []string{"explain", written(t, "q.graphql", text)}, &stdout, io.Discard); err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(stdout.String(), "\n  no value for ")
		if got = strings.TrimSuffix(got, " (use --variables)\n"); got != want {
			t.Errorf("%s: want %q, got %q", text, want, got)
		}
	}
}

func TestExplainCommand_Fails(t *testing.T) {
	t.Parallel()
	good := written(t, "good.graphql", `query($id: ID!) { conversation(id: $id) { id } }`)
	tests := map[string][]string{
		"no argument":            {},
		"missing file":           {filepath.Join(t.TempDir(), "none.graphql")},
		"invalid document":       {written(t, "bad.graphql", "\n{ nope }")},
		"one invalid document":   {good, written(t, "bad.graphql", "{ viewer }")},
		"no operation":           {written(t, "empty.graphql", "# nothing\n")},
		"variables are an array": {good, "--variables", written(t, "v.json", "[1]")},
		"variables are null":     {good, "--variables", written(t, "v.json", "null")},
		"string for a number":    {written(t, "size.graphql", `query($n: Int) { conversations(first: $n) { totalCount } }`), "--variables", written(t, "v.json", `{"n": "100"}`)},
		"missing variable":       {good, "--variables", written(t, "v.json", "{}")},
	}
	for name, arguments := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := Run(t.Context(), append([]string{"explain"}, arguments...), io.Discard, io.Discard); err == nil {
				t.Error("no error")
			}
		})
	}
}
