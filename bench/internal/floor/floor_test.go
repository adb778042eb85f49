package floor

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/bench/internal/shape"
	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// Responses must equal the gateway's byte for byte.
func TestHandler_EqualsGateway(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	ids := someIDs(t, server)
	upstream.TakeCalls()
	for _, tested := range append(shape.All(ids), shape.Inbox(100), shape.Inbox(10)) {
		if tested.Floor == "" {
			continue
		}
		want := server.Query(t, gatewaytest.Token(), tested.GraphQL, nil)
		wantCalls := upstream.TakeCalls()
		got := get(t, upstream.URL, tested.Floor)
		if diff := firstDifference(string(want.Body), got); diff != "" {
			t.Errorf("%s: %s", tested.Name, diff)
		}
		if diff := cmp.Diff(wantCalls, upstream.TakeCalls()); diff != "" {
			t.Errorf("%s: calls (-gateway +floor):\n%s", tested.Name, diff)
		}
	}
}

// Responses must also be equal for the conversation from the future and for an unknown ID.
func TestHandler_UnusualConversations(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{})
	for _, id := range []string{sandbox.FutureConversationID, "00000000-0000-4000-8000-000000000000"} {
		for _, tested := range shape.All(slices.Repeat([]string{id}, shape.DistinctIDs)) {
			if tested.Name != "detail" && tested.Name != "aliases" {
				continue
			}
			want := server.Query(t, gatewaytest.Token(), tested.GraphQL, nil)
			if diff := firstDifference(string(want.Body), get(t, upstream.URL, tested.Floor)); diff != "" {
				t.Errorf("%s of %s: %s", tested.Name, id, diff)
			}
		}
	}
}

func someIDs(t *testing.T, server *gatewaytest.Server) []string {
	t.Helper()
	answer := server.Query(t, gatewaytest.Token(), "{ conversations(first: 10) { nodes { id } } }", nil)
	var found struct {
		Data struct {
			Conversations struct{ Nodes []struct{ ID string } }
		}
	}
	if err := json.Unmarshal(answer.Body, &found); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, node := range found.Data.Conversations.Nodes {
		ids = append(ids, node.ID)
	}
	return ids
}

func get(t *testing.T, upstream, path string) string {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	request.Header.Set("Authorization", "Bearer "+gatewaytest.Token())
	answer := httptest.NewRecorder()
	Handler(mstudio.New(upstream)).ServeHTTP(answer, request)
	return answer.Body.String()
}

// firstDifference returns the surroundings of the first difference.
func firstDifference(want, got string) string {
	if want == got {
		return ""
	}
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	around := func(text string) string { return text[max(0, at-80):min(len(text), at+80)] }
	return cmp.Diff(around(want), around(got))
}

func TestScanner(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, json, want string }{
		{"a string", `"a" `, `"a"`},
		{"a string with a quote", `"a\"b",`, `"a\"b"`},
		{"a string that ends in a backslash", `"a\\",`, `"a\\"`},
		{"braces in strings", `{"a}":"{\"["} , 1`, `{"a}":"{\"["}`},
		{"nested", ` [[1,{"a":[]}],2]]`, `[[1,{"a":[]}],2]`},
		{"a number", `-1.5e3}`, `-1.5e3`},
		{"a word", "null\n", `null`},
		{"a string without an end", `"abc`, `"abc`},
		{"an object without an end", `{"a":[`, `{"a":[`},
		{"nothing", ` `, ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := scanner{data: []byte(test.json)}
			if diff := cmp.Diff(test.want, string(s.value())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, raw, want string }{
		{"escapes of the answer", `"a\n\"\\\t\r"`, `"a\n\"\\\t\r"`},
		{"other escapes", `"\u00e4\/\b\u2028"`, "\"ä/\\u0008\u2028\""},
		{"null", `null`, `null`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, string(appendText(nil, []byte(test.raw)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, test := range []struct{ raw, want string }{
		{`"2026-08-21T09:30:00.125Z"`, `"2026-08-21T09:30:00.125Z"`},
		{`"2026-08-21T09:30:00.120Z"`, `"2026-08-21T09:30:00.120Z"`},
		{`"2026-08-21T09:30:10.000Z"`, `"2026-08-21T09:30:10.000Z"`},
		{`"2026-08-21T11:30:00.120+02:00"`, `"2026-08-21T09:30:00.120Z"`},
		{`"2026-08-21T09:30:00.123456789Z"`, `"2026-08-21T09:30:00.123Z"`},
		{`"yesterday"`, `"1970-01-01T00:00:00.000Z"`},
	} {
		t.Run(test.raw, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, string(newUTC([]byte(test.raw)).append(nil))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Invalid documents must not cause a panic or a hang.
func FuzzProjection(f *testing.F) {
	f.Add([]byte(`[{"messageId":"a","createdAt":"2026-08-21T09:30:00.125Z","files":[{"id":"x"}],"createdBy":{}}]`))
	f.Add([]byte(`[{"a":`))
	f.Add([]byte(`[}`))
	f.Fuzz(func(_ *testing.T, body []byte) {
		appendHistory(nil, messages(body, nil))
		for _, row := range readList(body, 1) {
			row.append(nil)
		}
		appendMembers(nil, body)
	})
}
