package telemetry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/rest"
)

// Record collects what the access log and the metrics report about one request. It holds no document, variable or
// token.
type Record struct {
	RequestID string
	Caller    string     // fingerprint of the token
	Usage     rest.Usage // of upstream calls

	telemetry *Telemetry
	start     time.Time
	stream    int         // status of a stream that may outlive the handler, or 0
	address   string      // of the client, "" if unknown
	operation string      // the name chosen by the client
	codes     []string    // of the errors in the response
	traceID   string      // "" without traces
	accepted  atomic.Bool // whether mStudio has accepted the token

	mu      sync.Mutex
	reasons []string // why attempts of upstream calls failed, sorted and distinct
}

type recordKey struct{}

// RecordOf returns the record of the request. If ctx has no record, it returns a new, unused one.
func RecordOf(ctx context.Context) *Record {
	if found, ok := ctx.Value(recordKey{}).(*Record); ok {
		return found
	}
	return &Record{}
}

// Accepted reports whether mStudio has accepted the caller's token in this request.
func (r *Record) Accepted() bool { return r.accepted.Load() }

// Accept records that mStudio has accepted the caller's token outside of this request.
func (r *Record) Accept() { r.accepted.Store(true) }

// SetOperation records the operation's name.
func (r *Record) SetOperation(name string) { r.operation = shortText(name) }

// AddErrors records the errors of the response.
func (r *Record) AddErrors(errs gqlerror.List) {
	for _, err := range errs {
		r.codes = append(r.codes, fmt.Sprint(err.Extensions["code"]))
	}
}

// addReason records why an attempt failed. Abandoned calls may still run when the request ends.
func (r *Record) addReason(reason rest.Reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, found := slices.BinarySearch(r.reasons, string(reason)); !found {
		r.reasons = slices.Insert(r.reasons, at, string(reason))
	}
}

// allReasons returns the reasons separated by commas.
func (r *Record) allReasons() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.reasons, ",")
}

// Share returns a context with a record of its own for one of several operations that a request runs at the same time.
func Share(ctx context.Context) context.Context {
	of := RecordOf(ctx)
	return context.WithValue(ctx, recordKey{}, &Record{RequestID: of.RequestID, Caller: of.Caller, address: of.address})
}
