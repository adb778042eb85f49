package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// live are the metrics of subscriptions.
type live struct {
	streams *prometheus.GaugeVec
	polls   *prometheus.CounterVec
	changes *prometheus.CounterVec
	delay   prometheus.Observer
	dropped *prometheus.CounterVec

	state atomic.Pointer[func() LiveState]
}

// LiveState is what is watched at a moment.
type LiveState struct {
	Callers, Subscriptions, Leads int
	Stretch                       float64
}

// register registers the metrics.
func (l *live) register(r *registrar) {
	l.streams = r.gauges("live_streams", "Open streams by transport: sse, multipart or websocket.", "transport")
	l.polls = r.counters("live_polls_total", "Polls for subscriptions by result: unchanged, changed, or the code of the error.", "result")
	l.changes = r.counters("live_changes_total", "Changes that polls have found for subscriptions, by kind.", "kind")
	l.delay = r.histogram("live_delay_seconds", "Time from a new message to its event.", []float64{0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300})
	l.dropped = r.counters("live_dropped_total", "Times that one RESYNC replaced the events of a subscription (slow_reader, memory, too_many changes, late_rows, or an old_cursor), or that a stream was closed (write_timeout), by reason.", "reason")
	r.gaugeFunc("live_subscriptions", "Subscriptions in progress.", func() float64 { return float64(l.now().Subscriptions) })
	r.gaugeFunc("live_watchers", "Callers whose conversations are polled.", func() float64 { return float64(l.now().Callers) })
	r.gaugeFunc("live_leader", "Callers for whom this replica polls in place of others; 0 without other replicas.", func() float64 { return float64(l.now().Leads) })
	r.gaugeFunc("live_stretch", "Factor of all polling intervals that keeps the polls within --live-polls; 1 means none.", func() float64 { return l.now().Stretch })
}

// now returns a zero state if nothing can be watched.
func (l *live) now() LiveState {
	if state := l.state.Load(); state != nil {
		return (*state)()
	}
	return LiveState{}
}

// ObserveLive sets the function that returns what is watched.
func (m *Metrics) ObserveLive(state func() LiveState) { m.live.state.Store(&state) }

// StreamStarted increments the open streams. The caller must call end when the stream ends.
func (m *Metrics) StreamStarted(transport string) (end func(reason string)) {
	open := m.live.streams.WithLabelValues(transport)
	open.Inc()
	return func(reason string) {
		open.Dec()
		if reason == "write_timeout" {
			m.Dropped(reason)
		}
	}
}

// Polled counts a poll.
func (m *Metrics) Polled(result string) { m.live.polls.WithLabelValues(result).Inc() }

// Changed counts a change. The delay is the time since the message that caused it, or 0 if there is none.
func (m *Metrics) Changed(kind string, delay time.Duration) {
	m.live.changes.WithLabelValues(kind).Inc()
	if delay > 0 {
		m.live.delay.Observe(delay.Seconds())
	}
}

// Dropped counts lost events or a stream.
func (m *Metrics) Dropped(reason string) { m.live.dropped.WithLabelValues(reason).Inc() }
