package rest

import (
	"context"
	"net/http"
	"strconv"
)

// Trace is told of the calls that are made for a context, as [net/http/httptrace.ClientTrace] is of requests. So one
// operation can be followed through everything it does, the calls that it makes for others too included. Its functions
// are called by many goroutines at once; those that are nil are not called.
type Trace struct {
	// Call is called when a call begins, once it need not wait for its turn any longer. op is method and path template,
	// such as "GET /conversations/{conversationId}". The call is made with the context that it returns. ended is called
	// once, with how the call went.
	Call func(ctx context.Context, op string) (inner context.Context, ended func(CallResult))
	// Unknown is called when an enum or a union in a response has a value that this package does not know. place is
	// type and field in terms of this package, such as "Conversation.status", and value is what the API sent: "" if it
	// sent nothing where it must. value may be as long as the response and share its memory, so clone it to keep it.
	Unknown func(place, value string)
}

// CallResult is how a call went.
type CallResult struct {
	// Code is that of the [Error], "" if there was none.
	Code Code
	// Status is the HTTP status of the last attempt's answer, 0 if there was none.
	Status int
	// Attempts is how many requests were made, 0 while the breaker is open.
	Attempts int
	// RateLimit is how many calls the caller may make in a while, and RateRemaining how many of them are left. Both are
	// 0 if the API does not say so, as it may for a call that failed.
	RateLimit, RateRemaining int
}

type traceKey struct{}

// WithTrace returns a context whose calls are watched.
func WithTrace(ctx context.Context, trace *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, trace)
}

// traceOf returns the context's trace, nil if there is none.
func traceOf(ctx context.Context) *Trace {
	trace, _ := ctx.Value(traceKey{}).(*Trace)
	return trace
}

// withTrace tells the context's trace of each call.
func withTrace(next handler) handler {
	return func(ctx context.Context, c *call) (got *answer, err error) {
		trace := traceOf(ctx)
		if trace == nil || trace.Call == nil {
			return next(ctx, c)
		}
		ctx, ended := trace.Call(ctx, c.op())
		defer func() { ended(c.resultOf(got, err)) }()
		return next(ctx, c)
	}
}

func (c *call) resultOf(got *answer, err error) CallResult {
	result := CallResult{Attempts: c.attempts}
	if got != nil {
		result.Status = got.status
		result.readRate(got.header)
	}
	result.blame(err)
	return result
}

// blame takes over what an error says.
func (r *CallResult) blame(err error) {
	if failure, ok := err.(*Error); ok { //nolint:errorlint // what a handler returns is not wrapped
		r.Code, r.Status = failure.Code, failure.Status
	}
}

// readRate reads what is left of the caller's rate. Calls that do not count against it have no such headers.
func (r *CallResult) readRate(header http.Header) {
	limit, limitErr := strconv.ParseUint(header.Get("X-RateLimit-Limit"), 10, 31)
	remaining, remainingErr := strconv.ParseUint(header.Get("X-RateLimit-Remaining"), 10, 31)
	if limitErr == nil && remainingErr == nil && remaining <= limit {
		r.RateLimit, r.RateRemaining = int(limit), int(remaining)
	}
}
