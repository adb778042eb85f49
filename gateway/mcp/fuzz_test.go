package mcp_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/mcp"
)

// Whatever a model sends as arguments is answered in the protocol. Arguments of the tool's schema are never of a wrong type.
func FuzzArguments(f *testing.F) {
	server, _ := start(f, gateway.Config{MCP: mcp.Config{Writes: true}})
	tools := listTools(f, server)
	names, schemas := slices.Sorted(maps.Keys(tools)), map[string]*jsonschema.Resolved{}
	for i, name := range names {
		schemas[name] = resolve(f, tools[name].InputSchema)
		for _, given := range []string{
			`{}`, `null`, `[]`, `{"first":3,"state":"CLOSED","after":null}`, `{"id":"` + ticketID + `","last":2}`, `{"search":"a","first":1e1}`,
			`{"ids":["` + ticketID + `",7]}`, `{"tool":"inbox","arguments":{"first":2.0}}`, `{"title":"t","message":"m","idempotencyKey":""}`,
			`{"first":-1}`, `{"first":99999999999999999999}`, `{"id":{"id":{}}}`, `{"first":1,"first":2}`, `{"\u0000":"\ud800"}`,
		} {
			f.Add(uint8(i), given)
		}
	}
	f.Fuzz(func(t *testing.T, tool uint8, given string) {
		name := names[int(tool)%len(names)]
		response := server.Do(t, newRequest(t, server, http.MethodPost,
			`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+name+`","arguments":`+given+`}}`))
		var value any
		if json.Unmarshal([]byte(given), &value) != nil {
			return
		}
		switch response.Status {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			return
		case http.StatusOK:
		default:
			t.Fatalf("%d %s", response.Status, response.Body)
		}
		got := decode[answer](t, response.Body)
		if got.Error != nil {
			return
		}
		text := decode[result](t, got.Result).text()
		if strings.Contains(text, "INTERNAL_SERVER_ERROR") {
			t.Errorf("%s: %s", name, text)
		}
		if strings.Contains(text, wrongType) && schemas[name].Validate(value) == nil {
			t.Errorf("%s: the schema accepts %s: %s", name, given, text)
		}
	})
}

// wrongType begins the errors of variables.
const wrongType = "GRAPHQL_VALIDATION_FAILED"
