package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/rest"
)

// prefix is that of all our metrics.
const prefix = "mstudio_graphql_"

// Definition describes a metric, for the documentation.
type Definition struct {
	Name, Kind string
	Labels     []string
	Help       string
}

// registrar makes metrics, registers them, and remembers what they are.
type registrar struct {
	registry    prometheus.Registerer
	definitions []Definition
	errs        []error
}

func (r *registrar) add(kind, name, help string, labels []string, metric prometheus.Collector) {
	r.definitions = append(r.definitions, Definition{Name: prefix + name, Kind: kind, Labels: labels, Help: help})
	if err := r.registry.Register(metric); err != nil {
		r.errs = append(r.errs, err)
	}
}

func (r *registrar) counters(name, help string, labels ...string) *prometheus.CounterVec {
	made := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	r.add("counter", name, help, labels, made)
	return made
}

func (r *registrar) counter(name, help string) prometheus.Counter {
	made := prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + name, Help: help})
	r.add("counter", name, help, nil, made)
	return made
}

func (r *registrar) gauge(name, help string) prometheus.Gauge {
	made := prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + name, Help: help})
	r.add("gauge", name, help, nil, made)
	return made
}

func (r *registrar) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	made := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: buckets}, labels)
	r.add("histogram", name, help, labels, made)
	return made
}

func (r *registrar) histogram(name, help string, buckets []float64) prometheus.Histogram {
	made := prometheus.NewHistogram(prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: buckets})
	r.add("histogram", name, help, nil, made)
	return made
}

// breaker is 1 for the state that the breaker is in and 0 for the others.
func (r *registrar) breaker(state func() rest.BreakerState) {
	const name, help = "upstream_breaker_state", "1 for the state that the breaker for calls of mStudio is in: closed, half-open or open."
	for _, one := range []rest.BreakerState{rest.BreakerClosed, rest.BreakerHalfOpen, rest.BreakerOpen} {
		options := prometheus.GaugeOpts{Name: prefix + name, Help: help, ConstLabels: prometheus.Labels{"state": string(one)}}
		err := r.registry.Register(prometheus.NewGaugeFunc(options, func() float64 {
			if state() == one {
				return 1
			}
			return 0
		}))
		if err != nil {
			r.errs = append(r.errs, err)
		}
	}
	r.definitions = append(r.definitions, Definition{Name: prefix + name, Kind: "gauge", Labels: []string{"state"}, Help: help})
}
