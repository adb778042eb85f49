package rest

import (
	"context"
	"errors"
)

// Trace is a set of hooks for the calls made with a context, like [net/http/httptrace.ClientTrace]. The hooks may be
// called concurrently. Any hook may be nil.
type Trace struct {
	// Call is called when a call begins, after it has acquired its slot. op is method and path template, such as "GET
	// /conversations/{conversationId}". The call uses the returned context. ended is called once with the result.
	Call func(ctx context.Context, op string) (inner context.Context, ended func(CallResult))
	// Failed is called for each failed attempt, and for one that was not sent or whose response could not be decoded. ctx is
	// that of the call.
	Failed func(ctx context.Context, failure *Error)
	// Drift is called for each place in a response that differs from the schema. Most repetitions of an object within a
	// response count once.
	Drift func(Drift)
	// Document is called with each response to a read and its path template, before it is decoded. It must not keep or change
	// the body, which may contain anything.
	Document func(route string, body []byte)
}

// CallResult is the result of a call.
type CallResult struct {
	// Code is the code of the [Error], "" on success.
	Code Code
	// Status is the HTTP status of the last response, 0 if there was none.
	Status int
	// Attempts is the number of requests sent, 0 if there was no connection or the breaker rejected the call.
	Attempts int
	// RateLimit is the number of calls that the caller may make per window, and RateRemaining how many are left. Both
	// are 0 if the API omits them.
	RateLimit, RateRemaining int
}

type traceKey struct{}

// WithTrace returns a context whose calls are reported to trace.
func WithTrace(ctx context.Context, trace *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, trace)
}

// traceOf returns the context's trace, one without hooks if there is none.
func traceOf(ctx context.Context) *Trace {
	if trace, ok := ctx.Value(traceKey{}).(*Trace); ok {
		return trace
	}
	return &Trace{}
}

// failed reports err, which may be nil.
func (t *Trace) failed(ctx context.Context, err error) {
	if failure, ok := err.(*Error); ok && t.Failed != nil { //nolint:errorlint // handlers return unwrapped errors
		t.Failed(ctx, failure)
	}
}

// withTrace reports each call to the context's trace.
func withTrace(next handler) handler {
	return func(ctx context.Context, c *call) (got *response, err error) {
		trace := traceOf(ctx)
		if trace.Call == nil {
			return next(ctx, c)
		}
		ctx, ended := trace.Call(ctx, c.op())
		defer func() { ended(c.resultOf(got, err)) }()
		return next(ctx, c)
	}
}

func (c *call) resultOf(got *response, err error) CallResult {
	result := CallResult{Attempts: c.attempts}
	if got != nil {
		result.Status = got.status
	}
	if c.rate != nil {
		result.RateLimit, result.RateRemaining = c.rate.Limit, c.rate.Remaining
	}
	result.setError(err)
	return result
}

// unreadable returns the error for a 2xx response that cannot be decoded, and reports it to the context's Trace.
func (c *call) unreadable(ctx context.Context, cause error) *Error {
	failure := c.fail(BadResponse, cause)
	if errors.Is(cause, errNoMemory) {
		failure.Code = Canceled
	} else {
		c.drifted(ctx, DriftDocument, "")
	}
	traceOf(ctx).failed(ctx, failure)
	return failure
}

// drifted reports a response that differs as a whole, or in a header, to the context's Trace.
func (c *call) drifted(ctx context.Context, kind DriftKind, field string) {
	if report := traceOf(ctx).Drift; report != nil {
		report(Drift{Kind: kind, Route: c.route, Field: field})
	}
}

// setError copies code and status of an error.
func (r *CallResult) setError(err error) {
	if failure, ok := err.(*Error); ok { //nolint:errorlint // handlers return unwrapped errors
		r.Code, r.Status = failure.Code, failure.Status
	}
}
