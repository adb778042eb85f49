package telemetry

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/rest"
)

// Begin starts observing a request and sets X-Request-Id. The returned writer and request replace the arguments. end
// writes the access log and counts the request.
func (t *Telemetry) Begin(w http.ResponseWriter, r *http.Request) (observed *ResponseWriter, request *http.Request, end func()) {
	start := time.Now()
	record := &Record{RequestID: requestID(r), address: t.addressOf(r), telemetry: t, start: start}
	w.Header().Set(httpapi.RequestIDHeader, record.RequestID)
	observed = &ResponseWriter{ResponseWriter: w}
	ctx := rest.WithTrace(context.WithValue(r.Context(), recordKey{}, record), t.upstream)
	if t.tracer != nil {
		ctx = withParent(ctx, r.Header)
	}
	r = r.WithContext(ctx)
	counted := t.countRequest(r, record, observed, start)
	return observed, r, func() {
		defer counted()
		if record.stream != 0 {
			observed.status = record.stream
			return
		}
		t.logRequest(r, record, observed)
	}
}

func (t *Telemetry) addressOf(r *http.Request) string {
	if address := httpapi.ClientAddress(r, t.proxies); address.IsValid() {
		return address.String()
	}
	return ""
}

// withParent makes spans children of the request's traceparent. It ignores tracestate and baggage, which are free text
// from an untrusted client. None of the headers is forwarded to mStudio.
func withParent(ctx context.Context, header http.Header) context.Context {
	const traceparent = "traceparent"
	given := propagation.MapCarrier{traceparent: header.Get(traceparent)}
	return propagation.TraceContext{}.Extract(ctx, given)
}

// countRequest counts the start of a request and returns a function for its end.
func (t *Telemetry) countRequest(r *http.Request, record *Record, w *ResponseWriter, start time.Time) func() {
	if t.metrics == nil {
		return func() {}
	}
	end := t.metrics.RequestStarted()
	return func() {
		end()
		t.metrics.Answered(metrics.Request{
			Route: routeOf(r), Method: knownMethod(r.Method), Status: w.code(), Duration: time.Since(start), Codes: record.codes,
		})
	}
}
