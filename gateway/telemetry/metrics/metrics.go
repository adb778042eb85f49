// Package metrics defines the gateway's Prometheus metrics. Label values come from closed sets: no label contains a token,
// an ID or free text from a caller or mStudio.
package metrics

import (
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/rest"
)

// Metrics are the gateway's metrics. They are safe for concurrent use.
type Metrics struct {
	definitions []Definition

	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
	requestsRunning prometheus.Gauge
	closed          *prometheus.CounterVec
	rateExceeded    *prometheus.CounterVec

	operationLimit   prometheus.Gauge
	operations       *prometheus.CounterVec
	operationSeconds *prometheus.HistogramVec
	operationCalls   *prometheus.HistogramVec
	errors           *prometheus.CounterVec
	tools            *prometheus.CounterVec

	calls        *prometheus.CounterVec
	callSeconds  *prometheus.HistogramVec
	callsRunning prometheus.Gauge
	retries      *prometheus.CounterVec
	failures     *prometheus.CounterVec
	rateLeft     prometheus.Observer
	rateWait     *prometheus.HistogramVec
	rateRejected *prometheus.CounterVec
	shared       prometheus.Counter
	drift        *prometheus.CounterVec

	remembered prometheus.Gauge
	forgotten  prometheus.Counter

	memory atomic.Value // func() (used, limit int64)

	live  live
	share share

	loads, fetches, publicHits prometheus.Counter
	batchKeys                  prometheus.Observer
}

// New registers all metrics. Each collection calls breaker.
func New(registry prometheus.Registerer, breaker func() rest.BreakerState) (*Metrics, error) {
	r := &registrar{registry: registry}
	m := &Metrics{
		requests:        r.counters("http_requests_total", "HTTP requests by route and response status.", "route", "method", "status"),
		requestSeconds:  r.histograms("http_request_duration_seconds", "Duration of HTTP requests.", latencies(), "route"),
		requestsRunning: r.gauge("http_requests_in_flight", "HTTP requests in progress."),
		closed:          r.counters("connections_closed_total", "Connections closed at a limit: of all connections, of a client address, or of bytes being received.", "limit"),
		rateExceeded:    r.counters("rate_exceeded_total", "Operations and requests that were rejected because the caller or the client address had sent too many per minute.", "limit"),

		operationLimit:   r.gauge("operations_in_flight_limit", "Operations that may run concurrently: --max-in-flight, or fewer while the processors are overloaded."),
		operations:       r.counters("operations_total", "Executed operations by name and type. outcome is error if the response has errors, and ok otherwise.", "operation", "type", "outcome"),
		operationSeconds: r.histograms("operation_duration_seconds", "Duration of operations including their mStudio calls.", latencies(), "operation", "type"),
		operationCalls:   r.histograms("operation_upstream_calls", "mStudio calls per operation.", calls(), "type"),
		errors:           r.counters("errors_total", "Errors in responses by extensions.code.", "code"),
		tools:            r.counters("tool_calls_total", "Calls of tools by AI assistants. outcome is ok, partial (some of the data is missing, or some changes were not made), invalid (arguments), too_large (result), unknown (the change may have been made) or error.", "tool", "outcome"),

		calls:        r.counters("upstream_calls_total", "mStudio calls by route and status class of the last attempt; none means no response.", "method", "route", "status"),
		callSeconds:  r.histograms("upstream_call_duration_seconds", "Duration of mStudio calls including all attempts.", latencies(), "method", "route"),
		callsRunning: r.gauge("upstream_calls_in_flight", "mStudio calls in progress."),
		retries:      r.counters("upstream_retries_total", "Repeated attempts of failed mStudio calls.", "method", "route"),
		failures:     r.counters("upstream_failures_total", "Failed attempts of mStudio calls by reason, and attempts that were not sent.", "method", "route", "reason"),
		rateLeft:     r.histogram("upstream_rate_remaining_ratio", "Remaining share of the caller's rate limit, as reported by mStudio for each call.", shares()),
		rateWait:     r.histograms("upstream_rate_wait_seconds", "Time that the mStudio calls of an operation have waited for the caller's rate limit, all together, if they have.", latencies(), "lane"),
		rateRejected: r.counters("upstream_rate_rejected_total", "Operations that lost calls because the caller's rate limit has no room: too_large for any window, no_room to wait, or a deadline before the window ends.", "lane", "reason"),
		shared:       r.counter("upstream_shared_calls_total", "mStudio calls that were saved because another operation of the caller was making the same call."),
		drift:        r.counters("upstream_drift_total", "Places in responses of mStudio that differ from the schema.", "kind", "route", "field", "value"),

		loads:      r.counter("loader_asked_total", "mStudio objects that resolvers requested."),
		fetches:    r.counter("loader_fetched_total", "Requested objects that the operation had not fetched before."),
		publicHits: r.counter("public_kept_total", "Lookups of categories and upload rules served from the cache for all callers."),
		remembered: r.gauge("writes_remembered", "Writes of the last ten minutes that are remembered for idempotencyKey and ifLastMessage."),
		forgotten:  r.counter("writes_forgotten_total", "Writes that were forgotten within ten minutes because there were too many."),
		batchKeys:  r.histogram("loader_batch_keys", "Objects fetched together.", []float64{1, 2, 5, 10, 25, 50, 100}),
	}
	m.live.register(r)
	r.gaugeFunc("memory_used_bytes", "Memory that operations use for their data and responses, including responses that clients have not read yet.", func() float64 {
		used, _ := m.memoryUse()
		return used
	})
	r.gaugeFunc("memory_limit_bytes", "Memory that operations may use.", func() float64 {
		_, limit := m.memoryUse()
		return limit
	})
	r.states("upstream_breaker_state", "1 for the current state of the circuit breakers for mStudio calls: open if that of any route is open, otherwise closed.",
		[]string{string(rest.BreakerClosed), string(rest.BreakerOpen)}, func() string { return string(breaker()) })
	m.share.register(r)
	m.definitions = r.definitions
	return m, errors.Join(r.errs...)
}

// Definitions returns the definitions of all metrics in a fixed order.
func (m *Metrics) Definitions() []Definition { return m.definitions }

// ObserveMemory sets the function that returns the memory that operations use, and the limit.
func (m *Metrics) ObserveMemory(use func() (used, limit int64)) { m.memory.Store(use) }

// memoryUse returns zeros without a function.
func (m *Metrics) memoryUse() (used, limit float64) {
	use, ok := m.memory.Load().(func() (used, limit int64))
	if !ok {
		return 0, 0
	}
	inUse, most := use()
	return float64(inUse), float64(most)
}

func latencies() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15}
}

func calls() []float64 { return []float64{0, 1, 2, 5, 10, 25, 50, 100, 250} }

func shares() []float64 { return []float64{0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1} }

// RequestStarted increments the requests in progress. The caller must call end when the request ends.
func (m *Metrics) RequestStarted() (end func()) {
	m.requestsRunning.Inc()
	return m.requestsRunning.Dec
}

// The limits of requests per minute, as labels of a metric.
const (
	RateOfCaller  = "caller"
	RateOfAddress = "address"
)

// RateExceeded counts a request beyond a limit per minute.
func (m *Metrics) RateExceeded(limit string) { m.rateExceeded.WithLabelValues(limit).Inc() }

// ConnectionClosed counts a connection that was closed at a limit.
func (m *Metrics) ConnectionClosed(limit string) { m.closed.WithLabelValues(limit).Inc() }

// Request is a completed HTTP request.
type Request struct {
	// Route is the path pattern that the request matched, or "none". Method is a standard method or "other".
	Route, Method string
	Status        int
	Duration      time.Duration
	// Codes are the codes of the response's errors.
	Codes []string
}

// Answered counts a request.
func (m *Metrics) Answered(r Request) {
	m.requests.WithLabelValues(r.Route, r.Method, strconv.Itoa(r.Status)).Inc()
	m.requestSeconds.WithLabelValues(r.Route).Observe(r.Duration.Seconds())
	for _, code := range r.Codes {
		m.errors.WithLabelValues(code).Inc()
	}
}

// OperationsLimited sets the maximum of concurrent operations.
func (m *Metrics) OperationsLimited(maximum int) { m.operationLimit.Set(float64(maximum)) }

// WritesRemembered sets the number of remembered writes, and counts those that were forgotten early.
func (m *Metrics) WritesRemembered(count, forgotten int) {
	m.remembered.Set(float64(count))
	m.forgotten.Add(float64(forgotten))
}

// Operation is a completed operation.
type Operation struct {
	// Name is a label from a bounded set. Type is query, mutation or subscription.
	Name, Type string
	Duration   time.Duration
	// Failed reports that the response has errors.
	Failed bool
	// Calls is the number of mStudio calls.
	Calls int
	// Shared is the number of further calls that other operations made. Waited is how long the calls have waited for the rate
	// limit, all together.
	Shared int
	Waited time.Duration
	// Lane is the priority that the rate limit gave the operation. RateRejected is the reason why it was rejected, empty if it
	// was not.
	Lane, RateRejected string
	// Loads, Fetches and PublicHits are the loader's statistics.
	Loads, Fetches, PublicHits int64
}

// Executed counts an operation.
func (m *Metrics) Executed(o Operation) {
	outcome := "ok"
	if o.Failed {
		outcome = "error"
	}
	m.operations.WithLabelValues(o.Name, o.Type, outcome).Inc()
	m.operationSeconds.WithLabelValues(o.Name, o.Type).Observe(o.Duration.Seconds())
	m.operationCalls.WithLabelValues(o.Type).Observe(float64(o.Calls))
	m.shared.Add(float64(o.Shared))
	if o.Waited > 0 {
		m.rateWait.WithLabelValues(o.Lane).Observe(o.Waited.Seconds())
	}
	if o.RateRejected != "" {
		m.rateRejected.WithLabelValues(o.Lane, o.RateRejected).Inc()
	}
	m.loads.Add(float64(max(o.Loads, 0)))
	m.fetches.Add(float64(o.Fetches))
	m.publicHits.Add(float64(o.PublicHits))
}

// ToolCalled counts a call of a tool. Both labels must be bounded.
func (m *Metrics) ToolCalled(tool, outcome string) { m.tools.WithLabelValues(tool, outcome).Inc() }

// Batch counts the keys of a batch.
func (m *Metrics) Batch(keys int) { m.batchKeys.Observe(float64(keys)) }

// Drift counts a place in a response that differs from the schema. Its labels must be bounded.
func (m *Metrics) Drift(found rest.Drift) {
	m.drift.WithLabelValues(string(found.Kind), found.Route, found.Field, found.Value).Inc()
}

// AttemptFailed counts a failed attempt. route is a path template.
func (m *Metrics) AttemptFailed(method, route string, reason rest.Reason) {
	m.failures.WithLabelValues(method, route, string(reason)).Inc()
}

// CallStarted increments the mStudio calls in progress. The caller must call end when the call ends. route is a path
// template.
func (m *Metrics) CallStarted(method, route string) (end func(rest.CallResult)) {
	started := time.Now()
	m.callsRunning.Inc()
	return func(result rest.CallResult) {
		m.callsRunning.Dec()
		m.calls.WithLabelValues(method, route, class(result.Status)).Inc()
		m.callSeconds.WithLabelValues(method, route).Observe(time.Since(started).Seconds())
		if result.Attempts > 1 {
			m.retries.WithLabelValues(method, route).Add(float64(result.Attempts - 1))
		}
		if result.RateLimit > 0 {
			m.rateLeft.Observe(float64(result.RateRemaining) / float64(result.RateLimit))
		}
	}
}

// class returns the class of a status. 429 is its own class, because an exhausted rate limit is not a programming error.
func class(status int) string {
	switch {
	case status == 0:
		return "none"
	case status == 429:
		return "429"
	case status >= 200 && status < 600:
		return strconv.Itoa(status/100) + "xx"
	}
	return "other"
}
