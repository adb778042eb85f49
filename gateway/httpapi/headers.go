package httpapi

// The gateway's own headers, in the canonical form of net/http, which saves rewriting them.
const (
	RequestIDHeader    = "X-Request-Id"
	ExplainHeader      = "X-Explain"
	PriorityHeader     = "X-Priority"
	EventReachedHeader = "X-If-Event-Reached"
	EventIDHeader      = "X-Event-Id"
)
