package mcp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ticketID is a conversation that the agency can read.
const ticketID = "e75fead9-213f-5585-aeb3-59327a7b3b59"

// start starts a gateway with tools and a sandbox.
func start(t testing.TB, config gateway.Config) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	return startWith(t, config, sandbox.Config{})
}

func startWith(t testing.TB, config gateway.Config, upstream sandbox.Config) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	config.MCP.Enabled = true
	calls := gatewaytest.NewUpstream(t, upstream)
	return gatewaytest.NewServer(t, calls, config), calls
}

func diff(t *testing.T, name string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// rpc returns the body of a JSON-RPC call.
func rpc(t testing.TB, method string, params any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// newRequest returns a request of the agency.
func newRequest(t testing.TB, server *gatewaytest.Server, method, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.Base+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Authorization": {"Bearer " + gatewaytest.Token()}, "Content-Type": {"application/json"},
		"Accept": {"application/json, text/event-stream"}, "Mcp-Protocol-Version": {"2025-06-18"},
	}
	return request
}

// answer is a response to a JSON-RPC call.
type answer struct {
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
	}
}

func post(t testing.TB, server *gatewaytest.Server, method string, params any) answer {
	t.Helper()
	response := server.Do(t, newRequest(t, server, http.MethodPost, rpc(t, method, params)))
	return decode[answer](t, response.Body)
}

func decode[T any](t testing.TB, text []byte) (value T) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// result is the result of a tool.
type result struct {
	Content           []struct{ Type, Text string }
	StructuredContent json.RawMessage
	IsError           bool
	Meta              map[string]any `json:"_meta"`
}

// text returns all texts of a result.
func (r result) text() string {
	var texts []string
	for _, content := range r.Content {
		texts = append(texts, content.Text)
	}
	return strings.Join(texts, "\n")
}

type arguments = map[string]any

func callTool(t *testing.T, server *gatewaytest.Server, name string, given arguments) result {
	t.Helper()
	got := post(t, server, "tools/call", map[string]any{"name": name, "arguments": given})
	if got.Error != nil {
		t.Fatalf("%s: %+v", name, *got.Error)
	}
	return decode[result](t, got.Result)
}

// listed is a tool as clients see it.
type listed struct {
	Name, Title, Description  string
	InputSchema, OutputSchema json.RawMessage
	Annotations               map[string]bool
}

func listTools(t testing.TB, server *gatewaytest.Server) map[string]listed {
	t.Helper()
	list := decode[struct{ Tools []listed }](t, post(t, server, "tools/list", nil).Result)
	tools := map[string]listed{}
	for _, tool := range list.Tools {
		tools[tool.Name] = tool
	}
	return tools
}

// wantFailure checks that a tool has failed with a message.
func wantFailure(t *testing.T, got result, want string) {
	t.Helper()
	if !got.IsError || !strings.Contains(got.text(), want) {
		t.Errorf("want an error with %q, got %t %s", want, got.IsError, got.text())
	}
	if got.StructuredContent != nil {
		t.Errorf("an error has data: %s", got.StructuredContent)
	}
}
