package mcp

// Config configures a [Server]. Only tags and Documents are settings of the operator. Zero means the default.
type Config struct {
	Enabled        bool `name:"mcp" env:"MCP" help:"Serve documents as tools for AI assistants (Model Context Protocol) at /mcp. Callers send their own mStudio API token."`
	Writes         bool `name:"mcp-writes" env:"MCP_WRITES" help:"Also offer documents with mutations as tools. Use assistants that request confirmation before they call one."`
	MaxCalls       int  `name:"mcp-max-calls" default:"25" min:"1" env:"MCP_MAX_CALLS" help:"Maximum mStudio calls of one call of a tool."`
	MaxResultBytes int  `name:"mcp-max-result-bytes" default:"65536" min:"1" env:"MCP_MAX_RESULT_BYTES" help:"Maximum size of the data that a tool returns, in bytes."`

	// Documents are the documents to offer, by ID. Default: the built-in ones.
	Documents map[string]string `kong:"-"`
}
