// Package metrics counts what the gateway does, for Prometheus. No label holds anything that a caller or mStudio chose
// freely: no token, no id, no text.
package metrics

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/rest"
)

// Metrics is everything that is counted. It is safe for concurrent use.
type Metrics struct {
	definitions []Definition

	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
	requestsRunning prometheus.Gauge

	operations       *prometheus.CounterVec
	operationSeconds *prometheus.HistogramVec
	operationCalls   *prometheus.HistogramVec
	errors           *prometheus.CounterVec

	calls        *prometheus.CounterVec
	callSeconds  *prometheus.HistogramVec
	callsRunning prometheus.Gauge
	retries      *prometheus.CounterVec
	rateLeft     prometheus.Histogram
	drift        *prometheus.CounterVec

	asked, fetched, kept prometheus.Counter
	batchKeys            prometheus.Histogram
}

// New registers all metrics. breaker is asked for its state whenever the metrics are collected.
func New(registry prometheus.Registerer, breaker func() rest.BreakerState) (*Metrics, error) {
	r := &registrar{registry: registry}
	m := &Metrics{
		requests:        r.counters("http_requests_total", "HTTP requests, by route and status of the answer.", "route", "method", "status"),
		requestSeconds:  r.histograms("http_request_duration_seconds", "How long HTTP requests took.", latencies(), "route"),
		requestsRunning: r.gauge("http_requests_in_flight", "HTTP requests that are being answered."),

		operations:       r.counters("operations_total", "Operations that were executed, by name and kind; outcome is ok, or error if the answer has any.", "operation", "type", "outcome"),
		operationSeconds: r.histograms("operation_duration_seconds", "How long operations took, all their calls included.", latencies(), "operation", "type"),
		operationCalls:   r.histograms("operation_upstream_calls", "Calls of mStudio that one operation made.", calls(), "type"),
		errors:           r.counters("errors_total", "Entries in the errors of answers, by extensions.code.", "code"),

		calls:        r.counters("upstream_calls_total", "Calls of mStudio, by route and class of the last attempt's status; none means that there was no answer.", "method", "route", "status"),
		callSeconds:  r.histograms("upstream_call_duration_seconds", "How long calls of mStudio took, all attempts included.", latencies(), "method", "route"),
		callsRunning: r.gauge("upstream_calls_in_flight", "Calls of mStudio that are waiting for an answer."),
		retries:      r.counters("upstream_retries_total", "Further attempts at calls that had failed.", "method", "route"),
		rateLeft:     r.histogram("upstream_rate_remaining_ratio", "How much of the caller's rate mStudio said was left, as a share, at each call.", shares()),
		drift:        r.counters("upstream_drift_total", "Values that mStudio sent and the schema does not have.", "field", "value"),

		asked:     r.counter("loader_asked_total", "Things of mStudio that resolvers asked for."),
		fetched:   r.counter("loader_fetched_total", "Of these, those that the operation had not fetched yet."),
		kept:      r.counter("categories_kept_total", "How often the list of categories that is kept for all callers was enough."),
		batchKeys: r.histogram("loader_batch_keys", "How many things were fetched together.", []float64{1, 2, 5, 10, 25, 50, 100}),
	}
	r.breaker(breaker)
	m.definitions = r.definitions
	return m, errors.Join(r.errs...)
}

// Definitions describes all metrics. They are the same each time.
func (m *Metrics) Definitions() []Definition { return m.definitions }

func latencies() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15}
}

func calls() []float64 { return []float64{0, 1, 2, 5, 10, 25, 50, 100, 250} }

func shares() []float64 { return []float64{0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1} }

// RequestStarted counts a request in. The function that it returns counts it out.
func (m *Metrics) RequestStarted() (ended func()) {
	m.requestsRunning.Inc()
	return m.requestsRunning.Dec
}

// Request is an HTTP request that was answered.
type Request struct {
	// Route is the pattern that it matched, "" if none. Method is one of HTTP's own.
	Route, Method string
	Status        int
	Duration      time.Duration
	// Codes are those of the entries in the answer's errors.
	Codes []string
}

// Answered counts a request.
func (m *Metrics) Answered(r Request) {
	route := r.Route
	if _, path, found := strings.Cut(route, " "); found {
		route = path // the pattern begins with a method
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, r.Method, strconv.Itoa(r.Status)).Inc()
	m.requestSeconds.WithLabelValues(route).Observe(r.Duration.Seconds())
	for _, code := range r.Codes {
		m.errors.WithLabelValues(code).Inc()
	}
}

// Operation is an operation that was executed.
type Operation struct {
	// Name is one of not too many, and Type is query, mutation or subscription.
	Name, Type string
	Duration   time.Duration
	// Failed says that its answer has errors.
	Failed bool
	// Calls is how many calls of mStudio it made.
	Calls int
	// Asked, Fetched and Kept are what its loaders have counted.
	Asked, Fetched, Kept int64
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
	m.asked.Add(float64(max(o.Asked, 0)))
	m.fetched.Add(float64(o.Fetched))
	m.kept.Add(float64(o.Kept))
}

// Batch counts things that were fetched together.
func (m *Metrics) Batch(keys int) { m.batchKeys.Observe(float64(keys)) }

// Drift counts a value that the schema does not have.
func (m *Metrics) Drift(field, value string) { m.drift.WithLabelValues(field, value).Inc() }

// CallStarted counts a call of mStudio in, by its method and path template. The function that it returns counts it out.
func (m *Metrics) CallStarted(method, route string) (ended func(rest.CallResult)) {
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

// class keeps apart what operators have to keep apart: a caller's rate that is used up is no fault of its program.
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
