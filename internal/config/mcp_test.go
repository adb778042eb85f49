package config

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// mcpProgram has the flags of the command mcp.
type mcpProgram struct {
	MCP MCP `cmd:"" name:"mcp"`
}

func parseMCP(t *testing.T, arguments ...string) (MCP, error) {
	t.Helper()
	var given mcpProgram
	parser, err := kong.New(&given)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"mcp"}, arguments...))
	return given.MCP, err
}

func TestMCP(t *testing.T) {
	t.Setenv("MITTWALD_API_TOKEN", "secret-token")
	given, err := parseMCP(t, "--writes", "--max-calls=3", "--documents=testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	config := given.GatewayConfig(nil, nil, "1")
	if !config.MCP.Enabled || !config.MCP.Writes || config.MCP.MaxCalls != 3 || len(config.MCP.Documents) == 0 || given.CallerToken().IsZero() {
		t.Errorf("%+v", config.MCP)
	}
	_, err = parseMCP(t, "--token=other-token")
	if err == nil || !strings.Contains(err.Error(), "visible to every user") || strings.Contains(err.Error(), "other-token") {
		t.Errorf("got %v", err)
	}
}

func TestMCP_RequiresToken(t *testing.T) {
	t.Setenv("MITTWALD_API_TOKEN", "")
	if _, err := parseMCP(t); err == nil || !strings.Contains(err.Error(), "MITTWALD_API_TOKEN") {
		t.Errorf("got %v", err)
	}
}

// Settings may be in a file, but not the token itself.
func TestMCP_File(t *testing.T) {
	t.Setenv("MITTWALD_API_TOKEN", "secret-token")
	got, err := parseMCP(t, "--config", write(t, "writes: true\nmax-calls: 3\n"))
	if err != nil || !got.Writes || got.MaxCalls != 3 {
		t.Errorf("%v: %+v", err, got)
	}
	_, err = parseMCP(t, "--config", write(t, "token: other-token\n"))
	if err == nil || !strings.Contains(err.Error(), "token must not be in the file; set token-file or MITTWALD_API_TOKEN") || strings.Contains(err.Error(), "other-token") {
		t.Errorf("got %v", err)
	}
}
