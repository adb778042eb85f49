package metrics

import "github.com/prometheus/client_golang/prometheus"

// prefix is the prefix of all metric names.
const prefix = "mstudio_graphql_"

// Definition describes a metric, for the documentation.
type Definition struct {
	Name, Kind string
	Labels     []string
	Help       string
}

// registrar creates and registers metrics and collects their definitions.
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
	metric := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	r.add("counter", name, help, labels, metric)
	return metric
}

func (r *registrar) counter(name, help string) prometheus.Counter {
	return r.counters(name, help).WithLabelValues()
}

func (r *registrar) gauge(name, help string) prometheus.Gauge {
	return r.gauges(name, help).WithLabelValues()
}

func (r *registrar) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	metric := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, labels)
	r.add("gauge", name, help, labels, metric)
	return metric
}

func (r *registrar) gaugeFunc(name, help string, value func() float64) {
	r.add("gauge", name, help, nil, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: prefix + name, Help: help}, value))
}

func (r *registrar) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	metric := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: buckets}, labels)
	r.add("histogram", name, help, labels, metric)
	return metric
}

func (r *registrar) histogram(name, help string, buckets []float64) prometheus.Observer {
	return r.histograms(name, help, buckets).WithLabelValues()
}

// states registers one gauge per state. Its value is 1 for the current one.
func (r *registrar) states(name, help string, candidates []string, current func() string) {
	for _, candidate := range candidates {
		options := prometheus.GaugeOpts{Name: prefix + name, Help: help, ConstLabels: prometheus.Labels{"state": candidate}}
		err := r.registry.Register(prometheus.NewGaugeFunc(options, func() float64 {
			if current() == candidate {
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
