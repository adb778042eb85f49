package mcp_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/mcp"
)

// mutations changes some responses of an upstream.
type mutations struct {
	mu     sync.Mutex
	random *rand.Rand
	share  float64 // of the responses
}

// seed restarts the sequence. Only the order of concurrent calls differs between runs.
func (m *mutations) seed(seed uint64, share float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.random, m.share = rand.New(rand.NewPCG(seed, 1)), share
}

func (m *mutations) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		body := m.change(recorded.Body.Bytes())
		maps.Copy(w.Header(), recorded.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(body)
	})
}

func (m *mutations) change(body []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	var value any
	if m.random.Float64() >= m.share || json.Unmarshal(body, &value) != nil {
		return body
	}
	for range 1 + m.random.IntN(8) {
		value = changeValue(m.random, value)
	}
	changed, err := json.Marshal(value)
	if err != nil {
		return body
	}
	return changed
}

// changeValue replaces a random value within value, more often a deep one.
func changeValue(random *rand.Rand, value any) any {
	if random.IntN(20) > 0 {
		switch value := value.(type) {
		case map[string]any:
			if len(value) > 0 {
				keys := slices.Sorted(maps.Keys(value))
				key := keys[random.IntN(len(keys))]
				value[key] = changeValue(random, value[key])
			}
			return value
		case []any:
			if len(value) > 0 {
				i := random.IntN(len(value))
				value[i] = changeValue(random, value[i])
			}
			return value
		}
	}
	others := []any{nil, 7, 1.5, true, "text", "", []any{}, map[string]any{}, map[string]any{"value": value}, []any{value, value}}
	return others[random.IntN(len(others))]
}

// Whatever mStudio sends, the data of each tool has the form that the tool promises: clients reject other data.
func TestOutput_HasItsSchema(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MCP: mcp.Config{Writes: true}})
	changes := &mutations{}
	upstream.Intercept(changes.wrap)
	tools := listTools(t, server)
	schemas := map[string]*jsonschema.Resolved{}
	for name, tool := range tools {
		schemas[name] = resolve(t, tool.OutputSchema)
	}
	returned := map[string]int{}
	for round := range rounds {
		changes.seed(uint64(round), float64(round%4)/4)
		for _, call := range []struct {
			tool  string
			given arguments
		}{
			{"inbox", arguments{"first": 4, "state": []any{nil, "OPEN", "CLOSED"}[round%3]}},
			{"waiting_for_me", nil},
			{"find_tickets", arguments{"search": "e"}},
			{"ticket", arguments{"id": ticketID}},
			{"ticket", arguments{"id": serviceRequestID}},
			{"agency_dashboard", arguments{"customers": 2}},
			{"my_projects", nil},
			{"topics", nil},
			{"open_ticket", arguments{"title": "Title", "message": "Text"}},
			{"answer_ticket", arguments{"id": ticketID, "text": fmt.Sprint("Text ", round)}},
			{"close_tickets", arguments{"ids": []string{ticketID}}},
		} {
			got := callTool(t, server, call.tool, call.given)
			if got.StructuredContent == nil {
				continue
			}
			returned[call.tool]++
			if err := schemas[call.tool].Validate(decode[any](t, got.StructuredContent)); err != nil {
				t.Fatalf("round %d: %s: %v: %.500s", round, call.tool, err, got.StructuredContent)
			}
		}
	}
	for name := range tools {
		if name != "estimate_cost" && returned[name] < rounds/4 {
			t.Errorf("%s: only %d of %d calls returned data", name, returned[name], rounds)
		}
	}
}

var update = flag.Bool("update", false, "rewrite testdata/tools.json")

// rounds is the number of different states of mStudio.
const rounds = 16

// serviceRequestID is a conversation with service requests.
const serviceRequestID = "1c2cf498-4ab6-5330-82fc-6c60b647f4cf"

// Clients cache the list of tools, and a model reads all of it. A change must be intended.
func TestTools_List(t *testing.T) {
	t.Parallel()
	const file = "testdata/tools.json"
	server, _ := start(t, gateway.Config{MCP: mcp.Config{Writes: true}})
	got := toolList(t, server)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "tools/list", string(want), string(got))
}

func toolList(t *testing.T, server *gatewaytest.Server) []byte {
	t.Helper()
	var indented bytes.Buffer
	list := decode[struct{ Tools json.RawMessage }](t, post(t, server, "tools/list", nil).Result)
	if err := json.Indent(&indented, list.Tools, "", "  "); err != nil {
		t.Fatal(err)
	}
	indented.WriteByte('\n')
	return indented.Bytes()
}
