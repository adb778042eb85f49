package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// share are the metrics of what replicas share.
type share struct {
	commands *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	dropped  prometheus.Counter

	state atomic.Pointer[func() string]
}

func (s *share) register(r *registrar) {
	r.states("share_state", "1 for the current state of Valkey: closed (in use), open (no answer in time), readonly (it rejects writes) or refused (wrong password or certificate). All are 0 without --valkey-url.",
		[]string{"closed", "open", "readonly", "refused"}, s.now)
	s.commands = r.counters("share_commands_total", "Commands to Valkey by use and result; garbage counts values that were ignored because of their format.", "use", "result")
	s.seconds = r.histograms("share_seconds", "Duration of commands to Valkey.", []float64{0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1}, "use")
	s.dropped = r.counter("share_dropped_total", "Writes to Valkey that were dropped because it did not answer or too many were waiting.")
}

// now returns an empty state without a store.
func (s *share) now() string {
	if state := s.state.Load(); state != nil {
		return (*state)()
	}
	return ""
}

// ObserveShare sets the function that returns the state of what replicas share.
func (m *Metrics) ObserveShare(state func() string) { m.share.state.Store(&state) }

// Shared counts a command.
func (m *Metrics) Shared(use, result string, took time.Duration) {
	m.share.commands.WithLabelValues(use, result).Inc()
	m.share.seconds.WithLabelValues(use).Observe(took.Seconds())
}

// ShareGarbage counts a value that was ignored.
func (m *Metrics) ShareGarbage(use string) { m.share.commands.WithLabelValues(use, "garbage").Inc() }

// ShareDropped counts a write that was not sent.
func (m *Metrics) ShareDropped() { m.share.dropped.Inc() }
